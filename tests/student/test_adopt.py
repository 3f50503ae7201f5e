"""`workbook adopt` takes a repository of the student's own: it says what it is, and writes the progress file alone."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.student import terminal
from workbook.history.git import persons_git
from workbook.place import CLONE, PROGRESS
from workbook.say import Problem
from workbook.student.adopt import adopt
from workbook.student.check import Verdict, checks_of
from workbook.student.checking import diff, note, solution
from workbook.student.commands import app, inside
from workbook.student.project import Progress, chapter, chapters
from workbook.student.shape import look
from workbook.student.start import history, start

DEV = "[tool.poetry.group.dev.dependencies]\npytest = '8.3.4'\n"
POETRY_1 = f"[tool.poetry.dependencies]\npython = '^3.11'\nfastapi = '^0.115.6'\naerich = '0.8.1'\n{DEV}"
POETRY_2 = f"[project]\nrequires-python = '>=3.12'\ndependencies = ['fastapi (>=0.115,<0.116)']\n{DEV}"
NEEDED = "['fastapi>=0.1', 'tortoise-orm[asyncmy]==0.23.0']"
UV = f"[project]\ndependencies = {NEEDED}\n[dependency-groups]\ndev = ['pytest==9.2.0']\n"
LOCK = "[[package]]\nname = 'fastapi'\nversion = '0.115.14'\n"
MAIN = "from fastapi import FastAPI\nimport settings\n\napp = FastAPI()\n"
FACTS = """
packages     Poetry 1 (pyproject.toml)
versions     python ^3.11, fastapi ^0.115.6, aerich 0.8.1, pytest 8.3.4
application  server/__init__.py, main.py
settings     server/core (2)
models       server/tables (2)
tests        conftest.py, tests/test_a.py
migrations   db/models/0_2025_init.py
.env         none; the environment and the defaults of your settings serve
"""


def lay_out(root: Path, files: dict[str, str]) -> Path:
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    return root


def at(tag: str, root: Path) -> Path:
    """A repository as it is at a chapter's end, that nobody has adopted."""
    root.mkdir()
    persons_git(root, "init", "-q", "--template=")
    persons_git(root, "fetch", "-q", "--no-tags", str(history()), tag)
    persons_git(root, "reset", "-q", "--hard", "FETCH_HEAD")
    return root


@pytest.mark.parametrize(
    ("files", "packages", "pins"),
    [
        (
            {"pyproject.toml": POETRY_1, "poetry.lock": LOCK},
            "Poetry 1 (pyproject.toml, poetry.lock)",
            "python ^3.11 fastapi 0.115.14 aerich 0.8.1 pytest 8.3.4",
        ),
        (
            {"pyproject.toml": POETRY_2},
            "Poetry 2 (pyproject.toml)",
            "python >=3.12 fastapi >=0.115,<0.116 pytest 8.3.4",
        ),
        (
            {"pyproject.toml": UV, "uv.lock": LOCK},
            "uv (pyproject.toml, uv.lock)",
            "fastapi 0.115.14 tortoise-orm 0.23.0 pytest 9.2.0",
        ),
        (
            {
                "requirements.txt": "# why\nFastAPI==0.115.6  # web\n-r other.txt\n",
                "requirements-dev.txt": "pytest~=8.3\n",
            },
            "pip (requirements-dev.txt, requirements.txt)",
            "fastapi 0.115.6 pytest ~=8.3",
        ),
        (
            {"pyproject.toml": "[broken", "requirements.txt": "aerich\n"},
            "pip (pyproject.toml, requirements.txt)",
            "aerich",
        ),
        ({"main.py": MAIN}, "nothing says which", ""),
    ],
)
def test_it_says_who_manages_the_packages_and_which_versions_are_pinned(
    files: dict[str, str], packages: str, pins: str, tmp_path: Path
) -> None:
    found = look(lay_out(tmp_path, files))

    assert found.packages == packages
    words = " ".join(f"{name} {version}".strip() for name, version in found.pins.items())
    assert set(pins.split()) <= set(words.split())


@pytest.mark.parametrize("tag", [each.id for each in chapters() if (each.folder / "checks.py").exists()])
def test_it_names_the_chapter_that_is_reached_and_writes_the_progress_file_alone(tag: str, tmp_path: Path) -> None:
    root = at(tag, tmp_path / "mine")
    persons_git(root, "status")
    before = {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}

    adopted = adopt(None, root)

    assert (adopted.project, adopted.chapter.id) == (root, tag)
    assert "Today's" not in "\n".join(adopted.told), "what it names are today's versions"
    after = {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}
    assert {*after} - {*before} == {root / PROGRESS}
    assert before.items() <= after.items()
    assert persons_git(root, "status", "--porcelain") == f"?? {PROGRESS}\n"


def test_it_says_where_everything_is_and_what_todays_versions_would_say(tmp_path: Path) -> None:
    shape = {
        "pyproject.toml": POETRY_1,
        "main.py": "from fastapi import FastAPI\n\napp = FastAPI()\n",
        "server/__init__.py": "import fastapi\nfrom server.core import config\n\napp = fastapi.FastAPI()\n",
        "server/core/config.py": "from pydantic_settings import BaseSettings\n",
        "server/core/orm.py": "TORTOISE = {'connections': {}, 'apps': {}}\n",
        "server/tables/a.py": "from tortoise.models import Model\n\n\nclass A(Model):\n    pass\n",
        "server/tables/b.py": "from tortoise import models\n\n\nclass B(models.Model):\n    pass\n",
        "conftest.py": "import asyncio\nfrom tortoise.contrib.test import finalizer, initializer\n",
        "tests/test_a.py": "def test_a():\n    pass\n",
        "db/models/0_2025_init.py": "async def upgrade(db):\n    return ''\n",
        "broken.py": "def (:\n",
    }

    told = "\n".join(adopt("36", lay_out(tmp_path, shape)).told)

    assert FACTS in told
    says = "conftest.py:2: ImportError: cannot import name 'finalizer' from 'tortoise.contrib.test'"
    assert says in " ".join(told.split())
    assert "reached" not in told
    assert terminal.too_wide(told.splitlines()) == []


@pytest.mark.parametrize(
    ("files", "place", "root"),
    [
        ({"pyproject.toml": UV, ".git/HEAD": "", "app/main.py": MAIN}, "app", ""),
        ({".git/HEAD": "", "app/main.py": MAIN}, "app", ""),
        ({".git/HEAD": "", "backend/pyproject.toml": UV, "web/index.html": "", "main.py": MAIN}, "", "backend"),
        ({".git/HEAD": "", "compose.yaml": ""}, "", ""),
    ],
)
def test_the_project_is_found_around_a_folder_or_just_below_it(
    files: dict[str, str], place: str, root: str, tmp_path: Path
) -> None:
    assert adopt("ch33", lay_out(tmp_path, files) / place).project == tmp_path / root


@pytest.mark.parametrize(
    ("files", "place", "said"),
    [
        ({"thesis.txt": ""}, "", "holds no project: neither a pyproject.toml"),
        ({"a/pyproject.toml": "", "b/pyproject.toml": ""}, "", "holds several projects: a, b"),
        ({}, str(CLONE / "template_app"), "lies in the workbook itself"),
        ({}, "nowhere", "holds no project"),
        ({"pyproject.toml": "", f"{PROGRESS}.new/x": ""}, "", f"{PROGRESS} cannot be written: Is a directory"),
    ],
)
def test_what_cannot_be_adopted_is_refused_in_a_sentence(
    files: dict[str, str], place: str, said: str, tmp_path: Path
) -> None:
    lay_out(tmp_path, files)

    with pytest.raises(Problem, match=said) as refused:
        adopt(None, tmp_path / place)

    assert refused.value.code == 2
    assert not (tmp_path / PROGRESS).exists()


def test_start_adopts_what_is_there_and_goes_on_with_it_and_lays_nothing_into_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = at("ch36", tmp_path / "mine")
    monkeypatch.chdir(root)

    result = CliRunner().invoke(app, ["start", "ch35"], env={"WORKBOOK_LANG": "en"})

    assert result.exit_code == 0, result.output
    assert [words in result.output for words in ("uv (pyproject.toml)", "Next: workbook check", "aerich")] == [True] * 3
    assert "uv run" not in result.output
    assert Progress.read(root).current == "ch35"

    went = CliRunner().invoke(app, ["start", "ch36"], env={"WORKBOOK_LANG": "en"})
    assert "You go on with your own code" in went.output
    assert Progress.read(root).current == "ch36"
    with pytest.raises(Problem, match="This repository is your own"):
        start("ch36", None, fresh=True)
    assert persons_git(root, "status", "--porcelain") == f"?? {PROGRESS}\n"
    assert persons_git(root, "tag", "--list") + persons_git(root, "remote") == ""
    assert [line[-10:] for line in inside(root) if "ch34" in line or "ch35" in line] == ["(your own)", " (skipped)"]


def test_an_adopted_project_is_compared_with_a_chapter_it_does_not_have(tmp_path: Path) -> None:
    root = adopt("ch35", at("ch34", tmp_path / "mine")).project
    (root / "app/main.py").write_text("mine = True\n")
    Progress(current="ch35", asked={"ch35": 1}).write(root)

    assert "+mine = True" in diff(root, "ch35")
    assert solution(root, "ch35", "conftest.py").startswith("import os\n")
    assert persons_git(root, "tag", "--list") == ""


def test_the_progress_says_what_was_skipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))  # where no Docker is

    assert note(tmp_path, "ch32", [Verdict(each, "holds") for each in checks_of("ch32", chapter("ch32").folder)])

    progress = Progress.read(tmp_path)
    assert progress.without == {"ch32": "Docker"}
    progress.current = "ch34"
    progress.write(tmp_path)
    assert "without ch32 Docker" in (tmp_path / PROGRESS).read_text()
    lines = [line for line in inside(tmp_path) if "ch32" in line or "ch33" in line]
    assert [line.rpartition("(")[2] for line in lines] == ["without Docker)", "skipped)"]
