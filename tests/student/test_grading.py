"""The student's tests are graded by what they notice, and the code by what it does, whatever things are called."""

from pathlib import Path

import pytest

from tests.student.conftest import ProjectAt
from tests.student.judging import missing, verdicts

TEST = "app/tests/apis/v1/test_meeting_router_mysql.py"
HEAD = "import httpx\nfrom app.tortoise_models.meeting import MeetingModel\n\n\n"
REQUEST = (
    'async def test_it(client: httpx.AsyncClient) -> None:\n    response = await client.post("/v1/mysql/meetings")\n'
)
STATUS = "    assert response.status_code == 200\n"
FOUND = '    assert await MeetingModel.filter(url_code=response.json()["url_code"]).exists()\n'
COUNT = "    assert await MeetingModel.all().count() == 1\n"

NEVER_SAVED = "never saved: look into the database"
ANOTHER = "is not the saved one"
TWO = "saves two meetings"
STATUS_201 = "status is 201"


@pytest.mark.parametrize(
    ("body", "missed"),
    [
        (STATUS, [NEVER_SAVED, ANOTHER, TWO]),
        (STATUS + COUNT, [ANOTHER]),
        (STATUS + FOUND, [TWO]),
        (FOUND + COUNT, [STATUS_201]),
        (STATUS + FOUND + COUNT, []),
    ],
)
def test_each_wrong_application_that_a_test_takes_for_right_is_named(
    body: str, missed: list[str], project_at: ProjectAt
) -> None:
    root = project_at("ch35")
    (root / TEST).write_text(HEAD + REQUEST + body)
    (root / "app/tests/test_database.py").unlink()

    found = missing(verdicts(root, "ch35"))

    said = found.pop("the_test_can_tell", ())
    assert len(said) == len(missed)
    assert all(part in sentence for part, sentence in zip(missed, said, strict=True))
    assert found == {}


def test_a_test_that_can_never_be_green_is_told(project_at: ProjectAt) -> None:
    root = project_at("ch35")
    (root / TEST).write_text(HEAD + REQUEST + '    assert response.json()["code"]\n')

    (sentence,) = missing(verdicts(root, "ch35"))["a_test_asks_for_the_route"]

    assert "test_it fails even when the application does what is asked: KeyError: 'code'" in sentence


def test_an_application_with_other_names_passes(project_at: ProjectAt) -> None:
    root = project_at("ch36")
    for path in ("app/services", "app/dtos", "app/apis", "app/utils", "app/tests/apis", "app/tests/utils"):
        _remove(root / path)
    (root / "app/main.py").unlink()
    (root / "app/server.py").write_text(OTHER_NAMES)
    conftest = (root / "conftest.py").read_text()
    (root / "conftest.py").write_text(conftest.replace("from app.main import app", "from app.server import api as app"))
    (root / "app/tests/test_links.py").write_text(
        HEAD + REQUEST + STATUS + FOUND + COUNT + '    other = (await client.post("/v1/mysql/meetings")).json()\n'
        "    assert other != response.json()\n"
    )

    assert missing(verdicts(root, "ch36", "application_describes_itself")) == {}


def _remove(folder: Path) -> None:
    for file in sorted(folder.rglob("*"), reverse=True):
        file.rmdir() if file.is_dir() else file.unlink()


OTHER_NAMES = """
import secrets
import string
from contextlib import asynccontextmanager

from fastapi import FastAPI
from tortoise.contrib.fastapi import RegisterTortoise

from app.configs.tortoise_config import TORTOISE_ORM
from app.tortoise_models.meeting import MeetingModel


@asynccontextmanager
async def database(api):
    async with RegisterTortoise(api, config=TORTOISE_ORM):
        yield


api = FastAPI(lifespan=database)


@api.post("/v1/mysql/meetings")
async def new_link():
    link = "".join(secrets.choice(string.ascii_letters) for _ in range(20))
    row = MeetingModel(url_code=link)
    await row.save()
    return {"url_code": row.url_code}
"""
