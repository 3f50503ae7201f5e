"""Mistakes that are no file of a project: in the environment, on the server, in a step of the workflow."""

import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from workbook.lesson.model import Mistake, Session
from workbook.login import cursor, quoted
from workbook.mysql.server import Server
from workbook.student import gitrepo

WORKFLOW = ".github/workflows/ci.yml"
TEST_STEP = "run: uv run coverage run -m pytest\n"


@dataclass(frozen=True, slots=True)
class Ground:
    """What a mistake is planted in."""

    page: Mistake
    root: Path
    server: Server
    database: str
    monkeypatch: pytest.MonkeyPatch


def wrong_password(ground: Ground) -> None:
    ground.monkeypatch.setenv("MYSQL_PASSWORD", "12345")


def wrong_port(ground: Ground) -> None:
    ground.monkeypatch.setenv("MYSQL_PORT", "1")


def no_database(ground: Ground) -> None:
    with cursor(ground.server) as ask:
        ask.execute(f"DROP DATABASE {quoted(ground.database)}")


def only_the_dotenv_logs_in(ground: Ground) -> None:
    """The page's `.env` says who logs in; here the environment would win."""
    for name in ("MYSQL_USER", "MYSQL_PASSWORD"):
        ground.monkeypatch.delenv(name)


def step_of_the_page(ground: Ground) -> None:
    """The step of the workflow becomes the script that the page shows."""
    first = next(block for block in ground.page.blocks if isinstance(block, Session))
    typed = first.exchanges[0].typed
    quoted_script = re.match(r"bash -e -c '([^']+)'", typed)
    script = (quoted_script[1] if quoted_script else typed).replace(
        "uv run pytest -q -x", "uv run coverage run -m pytest"
    )
    lines = "".join(f"          {line}\n" for line in script.splitlines())
    _change(ground.root, TEST_STEP, f"run: |\n{lines}")


def variable_that_nobody_reads(ground: Ground) -> None:
    """The job's `env` as in the notes, and a database with another name than the default."""
    _change(ground.root, "      MYSQL_DB: when2meet_vod\n", "      MYSQL_DATABASE: meetings_ci\n")
    _change(ground.root, "          MYSQL_DATABASE: when2meet_vod\n", "          MYSQL_DATABASE: meetings_ci\n")


def _change(root: Path, right: str, wrong: str) -> None:
    file = root / WORKFLOW
    text = file.read_text()
    assert text.count(right) == 1
    file.write_text(text.replace(right, wrong))
    gitrepo.commit_all(root, "Plant a mistake")
