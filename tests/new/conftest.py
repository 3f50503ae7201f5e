"""A workbook as far as copier is concerned, with versions and an address, in folders of the test's own."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from workbook.place import CLONE

COPIER = (sys.executable, "-m", "copier")
UPDATE = (*COPIER, "update", "--defaults", "--quiet")


@pytest.fixture
def template(tmp_path: Path) -> Path:
    """Somebody's clone of the workbook, with nothing published and no address."""
    return cloned(tmp_path / "workbook")


def cloned(clone: Path) -> Path:
    """Put as much of the workbook as copier needs into this folder, committed."""
    ignored = shutil.ignore_patterns("__pycache__", ".pytest_cache", ".venv", ".env")
    shutil.copytree(CLONE / "template_app", clone / "template_app", ignore=ignored)
    shutil.copytree(CLONE / "starter", clone / "starter")
    shutil.copy(CLONE / "copier.yml", clone)
    shutil.copy(CLONE / "LICENSE", clone)
    run("git", "init", "--quiet", "--initial-branch=main", cwd=clone)
    commit(clone)
    return clone


@pytest.fixture
def address(template: Path) -> Path:
    """Where that clone is published, as its one setting says, in a version and with a chapter's tag beside it."""
    return published(template)


def published(template: Path) -> Path:
    """Publish a clone beside it: the address."""
    bare = template.with_name("published.git")
    run("git", "init", "--quiet", "--bare", "--initial-branch=main", str(bare), cwd=template)
    (template / "pyproject.toml").write_text(f'[tool.workbook]\n# Where it is.\nrepository = "{bare}"\nmax_skips = 7\n')
    release(template, bare, "2026.1.0", "2026.1/ch37")
    return bare


def release(template: Path, address: Path, *tags: str) -> None:
    """Publish what the clone holds as a version."""
    commit(template)
    for tag in tags:
        run("git", "tag", tag, cwd=template)
    run("git", "push", "--quiet", "--tags", str(address), "main", cwd=template)


def copied(source: Path, project: Path, *options: str) -> Path:
    """A project by `copier copy` alone, committed by its first person."""
    command = [*COPIER, "copy", "--defaults", "--quiet", "--data=project_name=my-shop", *options]
    run(*command, str(source), str(project), cwd=project.parent)
    run("git", "init", "--quiet", cwd=project)
    commit(project)
    return project


BALLOT = {
    "tortoise_models/ballot.py": """from tortoise import Model, fields

from app.tortoise_models.base_model import BaseModel


class BallotModel(BaseModel, Model):
    choice = fields.CharField(max_length=40)

    class Meta:
        table = "ballots"
""",
    "services/ballot_service.py": """from app.tortoise_models.ballot import BallotModel


async def service_create_ballot() -> BallotModel:
    return await BallotModel.create(choice="yes")
""",
    "apis/v1/ballot_router.py": """from fastapi import APIRouter

from app.services.ballot_service import service_create_ballot

ballot_router = APIRouter(prefix="/v1/ballots", include_in_schema=False)


@ballot_router.post("")
async def api_create_ballot() -> int:
    return (await service_create_ballot()).id
""",
    "tests/apis/v1/test_ballot_router.py": """import httpx

from app.tortoise_models.ballot import BallotModel


async def test_a_ballot_is_saved(client: httpx.AsyncClient) -> None:
    answer = await client.post("/v1/ballots")
    assert await BallotModel.filter(id=answer.json()).count() == 1
""",
}


def grow(template: Path) -> None:
    """Bring the template a model more with all that goes with it, but for a migration, and a change of the ground."""
    app = template / "template_app/app"
    for path, text in BALLOT.items():
        (app / path).write_text(text)
    config, main = app / "configs/tortoise_config.py", app / "main.py"
    edit(config, '    "aerich.models"', '    "app.tortoise_models.ballot",\n    "aerich.models"')
    edit(config, '"connect_timeout": 5', '"connect_timeout": 6')
    edit(main, "from app.apis.v1.", "from app.apis.v1.ballot_router import ballot_router\nfrom app.apis.v1.")
    main.write_text(main.read_text() + "app.include_router(ballot_router)\n")


def edit(file: Path, before: str, after: str) -> None:
    text = file.read_text()
    assert before in text, file
    file.write_text(text.replace(before, after, 1))


def tree(project: Path) -> dict[str, tuple[str, int]]:
    """Each file of a project that git would keep, with its text and whether it can be run."""
    kept = run("git", "ls-files", "--cached", "--others", "--exclude-standard", cwd=project).splitlines()
    files = [(path, project / path) for path in sorted(set(kept)) if (project / path).exists()]
    return {path: (file.read_text(), file.stat().st_mode & 0o111) for path, file in files}


def run(*command: str, cwd: Path, code: int = 0, env: dict[str, str] | None = None) -> str:
    """Run a command as the project's owner; fail with what it said unless it exits with the code."""
    done = subprocess.run(command, cwd=cwd, env=env or owner(), capture_output=True, text=True)
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout + (done.stderr if code else "")


def owner() -> dict[str, str]:
    """The environment of the project's owner: `.env` alone says which server."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("PYTEST_", "MYSQL_", "WORKBOOK_"))}
    who = {f"GIT_{role}_{what}": "moon@example.org" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    return kept | who


def commit(repository: Path) -> None:
    run("git", "add", "--all", cwd=repository)
    run("git", "commit", "--quiet", "--allow-empty", "--message", "A change", cwd=repository)
