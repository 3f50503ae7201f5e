"""The template's own workflow, really run: green as it is, red when something is broken."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.rehearsal.conftest import KEPT, WORKFLOW, commit
from workbook.history.git import git
from workbook.place import TEMPLATE
from workbook.rehearsal import run
from workbook.replay.ground import uv

pytestmark = pytest.mark.slow

SERVICE = "app/services/meeting_service.py"
MODEL = "app/tortoise_models/meeting.py"
NO_DATABASE = "No database. (1049, \"Unknown database 'other'\")"


@pytest.fixture(scope="session")
def owned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The template as its owner has it: copied, locked, committed."""
    folder = tmp_path_factory.mktemp("owned") / "my-app"
    no_copy = shutil.ignore_patterns("__pycache__", ".pytest_cache", ".venv", ".env", "uv.lock")
    shutil.copytree(TEMPLATE, folder, ignore=no_copy)
    subprocess.run([uv() or "uv", "lock", "--quiet"], cwd=folder, check=True)
    git(folder, "init", "--quiet", "--initial-branch=main")
    commit(folder, "Start from the template")
    return folder


def test_it_is_green_and_leaves_the_project_alone(owned: Path, capfd: pytest.CaptureFixture[str]) -> None:
    before = {path: path.lstat() for path in owned.rglob("*")}
    code, said = run(Path(WORKFLOW), owned, None), capfd.readouterr().out
    assert code == 0, said
    assert {path: path.lstat()[:7] for path in owned.rglob("*")} == {path: was[:7] for path, was in before.items()}
    steps = (owned / WORKFLOW).read_text().count("      - name: ")
    assert re.findall(r"^(\w+) +.* \(\d+\.\d s\)$", said, re.MULTILINE) == steps * ["ok"]
    assert max(map(len, said.splitlines())) <= 80


@pytest.mark.parametrize(
    ("file", "right", "wrong", "step", "reason"),
    [
        (SERVICE, "} not found", "} is gone", "Ask everything that can say no", "FAILED app/tests/"),
        (WORKFLOW, "MYSQL_DB: when2meet_vod", "MYSQL_DB: other", "Build the tables with the migrations", NO_DATABASE),
        (
            MODEL,
            "Field(max_length=255, unique",
            "Field(max_length=100, unique",
            "Look for a change without a migration",
            "exit code 1",
        ),
        ("pyproject.toml", '    "httpx==0.28.1",\n', "", "Install the packages", "The lockfile at `uv.lock` needs"),
    ],
    ids=["broken test", "wrong database", "forgotten migration", "lock that does not fit"],
)
def test_what_is_broken_is_red_and_named(
    file: str, right: str, wrong: str, step: str, reason: str, owned: Path, tmp_path: Path, capfd
) -> None:
    git(tmp_path, "clone", "--quiet", str(owned), "my-app")
    for test in (tmp_path / "my-app/app/tests").rglob("test_*.py"):
        if test.name != KEPT:
            test.unlink()
    path = tmp_path / "my-app" / file
    assert path.read_text().count(right) == 1
    path.write_text(path.read_text().replace(right, wrong))
    commit(tmp_path / "my-app", f"Break {file}")
    assert run(Path(WORKFLOW), tmp_path / "my-app", None) == 1
    said = capfd.readouterr().out
    assert f"The job failed at the step “{step}”" in said
    assert reason in " ".join(said.split())
