"""Projects that follow the course notes: with the packages of their day, and with their day's tests."""

import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.student.conftest import ProjectAt
from workbook.clinic import lastcheck
from workbook.history.git import persons_git
from workbook.place import PROGRESS
from workbook.student.checking import asked
from workbook.student.commands import app
from workbook.student.project import Progress

pytestmark = pytest.mark.slow

CONFTEST = """
import asyncio
from typing import Generator
from unittest.mock import Mock, patch

import pytest
import pytest_asyncio
from tortoise.backends.base.config_generator import generate_config
from tortoise.contrib.test import finalizer, initializer

from app.configs import config
from app.configs.tortoise_config import TORTOISE_APP_MODELS

URL = f"mysql://{config.MYSQL_USER}:{config.MYSQL_PASSWORD}@{config.MYSQL_HOST}:{config.MYSQL_PORT}/{config.MYSQL_DB}"
CONFIG = generate_config(f"{URL}_test", {"models": TORTOISE_APP_MODELS}, connection_label="models", testing=True)


@pytest.fixture(scope="session", autouse=True)
def initialize() -> Generator[None, None, None]:
    asyncio.set_event_loop(asyncio.new_event_loop())
    with patch("tortoise.contrib.test.getDBConfig", Mock(return_value=CONFIG)):
        initializer(modules=TORTOISE_APP_MODELS)
    yield
    finalizer()


@pytest_asyncio.fixture(autouse=True, scope="session")
def event_loop() -> None:
    pass
"""

TEST = """
import httpx
from tortoise.contrib.test import TestCase

from app.main import app
from app.tortoise_models.meeting import MeetingModel


class TestMeetingRouter(TestCase):
    async def test_api_create_meeting_mysql(self) -> None:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://test") as client:
            response = await client.post("/v1/mysql/meetings")
        assert response.status_code == 200
        assert (await MeetingModel.filter(url_code=response.json()["url_code"]).exists()) is True
"""

PINS = """
[project]
name = "when2meet"
version = "0.1.0"
requires-python = ">=3.11"
dependencies = [
    "aerich==0.8.1", "tomlkit==0.13.2", "cryptography==44.0.0", "fastapi==0.115.6", "pydantic-settings==2.7.1",
    "tortoise-orm[asyncmy]==0.23.0", "uvicorn==0.34.0",
]

[dependency-groups]
dev = ["httpx==0.28.1", "pytest==8.3.4", "pytest-asyncio==0.25.2"]

[tool.aerich]
tortoise_orm = "app.configs.tortoise_config.TORTOISE_ORM"
location = "./migrations"
src_folder = "./."

[tool.pytest.ini_options]
asyncio_default_fixture_loop_scope = "session"
"""


def lay_out(root: Path) -> None:
    """Turn chapter 36's end into a project of the notes' day."""
    shutil.rmtree(root / "app/tests")
    (root / "app/tests").mkdir()
    # The notes' Swagger UI is FastAPI's own; ours comes with a package that their pins do not have.
    (root / "app/apis/docs.py").unlink()
    main, fields = root / "app/main.py", root / "app/tortoise_models/fields.py"
    for file, text in {
        root / "app/tests/test_meeting_router.py": TEST,
        root / "conftest.py": CONFTEST,
        root / "pyproject.toml": PINS,
        main: "".join(line for line in main.read_text().splitlines(True) if "serve_docs" not in line),
        fields: fields.read_text().replace("CharField[str]", "CharField"),
    }.items():
        file.write_text(text)


def test_such_a_project_comes_from_adopt_to_a_useful_check(project_at: ProjectAt) -> None:
    root = project_at("ch36")
    lay_out(root)
    (root / PROGRESS).unlink()
    (root / "uv.lock").unlink()
    before = persons_git(root, "status", "--porcelain", "--", f":!{PROGRESS}")

    adopted, checked = (
        CliRunner().invoke(app, words).output for words in (["adopt", str(root)], ["check", "--project", str(root)])
    )

    assert "reached ch36" in adopted
    for output in (adopted, checked):
        assert "You are judged on your own versions" in output
        assert "cannot import name 'TestCase' from 'tortoise.contrib.test'" in " ".join(output.split())
    assert Progress.read(root).missing == {"ch36": ["ch36/the_tests_can_tell"]}, checked
    (said,) = (fault.sentences for fault in lastcheck.read(root))
    known = asked("ch36")[-1].sentences
    assert {*said} == {known["saves_two"], known["same_code_twice"]}
    assert persons_git(root, "status", "--porcelain", "--", f":!{PROGRESS}") == before
