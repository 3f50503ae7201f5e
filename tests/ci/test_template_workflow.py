"""The template's own workflow, really run: green as it is, red when something is broken."""

import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.ci.conftest import WORKFLOW, Ran, commit, git
from workbook.ci import run
from workbook.place import TEMPLATE
from workbook.runner import machine

pytestmark = pytest.mark.slow

Plant = Callable[[str, str, str], None]


@pytest.fixture(scope="session")
def owned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The template as its owner has it: copied, locked, committed."""
    folder = tmp_path_factory.mktemp("owned") / "my-app"
    shutil.copytree(
        TEMPLATE, folder, ignore=shutil.ignore_patterns("__pycache__", ".pytest_cache", ".venv", ".env", "uv.lock")
    )
    uv = machine.uv()
    assert uv
    subprocess.run([uv, "lock", "--quiet"], cwd=folder, check=True)
    git(folder, "init", "--quiet", "--initial-branch=main")
    commit(folder, "Start from the template")
    return folder


@pytest.fixture
def plant(owned: Path, tmp_path: Path) -> Plant:
    """Change one place of a file and commit it, in a clone."""
    git(tmp_path, "clone", "--quiet", str(owned), "my-app")

    def change(file: str, right: str, wrong: str) -> None:
        path = tmp_path / "my-app" / file
        text = path.read_text()
        assert text.count(right) == 1
        path.write_text(text.replace(right, wrong))
        commit(path.parent, f"Break {file}")

    return change


def ran(project: Path, capfd: pytest.CaptureFixture[str]) -> Ran:
    code = run(Path(WORKFLOW), project, None)
    return Ran(code, capfd.readouterr().out)


def test_it_is_green_and_leaves_the_project_alone(owned: Path, capfd: pytest.CaptureFixture[str]) -> None:
    code, said = ran(owned, capfd)

    assert code == 0, said
    steps = re.findall(r"^(\w+) +(.*) \(\d+\.\d s\)$", said, re.MULTILINE)
    assert steps == [
        ("ok", "Check out the repository"),
        ("ok", "Install uv"),
        ("ok", "Install the packages"),
        ("ok", "Build the tables with the migrations"),
        ("ok", "Look for a change without a migration"),
        ("ok", "Run the tests"),
        ("ok", "Report the coverage"),
    ]
    assert max(map(len, said.splitlines())) <= 80
    assert git(owned, "status", "--porcelain", "--ignored") == ""


def test_a_broken_test_is_red_and_named(plant: Plant, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    plant("app/apis/v1/meeting_router.py", '"/v1/mysql/meetings"', '"/v1/mysql/meeting"')

    code, said = ran(tmp_path / "my-app", capfd)

    assert code == 1
    assert "The job failed at the step “Run the tests”: exit code 1.\n" in said
    assert "  FAILED app/tests/apis/v1/test_meeting_router_mysql.py::test_create_meeting_saves_it" in said
    assert re.search(r"\n  =+ 2 failed, \d+ passed in [\d.]+s =+\n", said)
    assert "skipped  Report the coverage\n" in said


def test_a_wrong_database_name_is_red_and_named(
    plant: Plant, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    plant(WORKFLOW, "MYSQL_DB: when2meet_vod", "MYSQL_DB: when2meet")

    code, said = ran(tmp_path / "my-app", capfd)

    assert code == 1
    assert "The job failed at the step “Build the tables with the migrations”: exit code 1.\n" in said
    assert "  asyncmy.errors.OperationalError: (1049, \"Unknown database 'when2meet'\")\n" in said


def test_a_model_that_changed_without_a_migration_is_red(
    plant: Plant, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    plant("app/tortoise_models/meeting.py", "max_length=255", "max_length=100")

    code, said = ran(tmp_path / "my-app", capfd)

    assert code == 1
    assert "The job failed at the step “Look for a change without a migration”: exit code 1.\n" in said


def test_a_lock_file_that_does_not_fit_is_red(plant: Plant, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    plant("pyproject.toml", '    "httpx==0.28.1",\n', "")

    code, said = ran(tmp_path / "my-app", capfd)

    assert code == 1
    assert "The job failed at the step “Install the packages”" in said
    assert "The lockfile at `uv.lock` needs to be updated" in " ".join(said.split())
