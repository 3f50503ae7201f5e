"""The student's tests, run as they are and once with each plant."""

import contextlib
from dataclasses import dataclass
from typing import Any

from workbook.login import cursor, databases
from workbook.runner.contract import EXIT_CODES
from workbook.student.ground import PACKAGE, TEST_SECONDS, Ground
from workbook.student.outdated import note_on
from workbook.student.probes.plants import PLANTS, RIGHT
from workbook.student.seen import Broken, Seen
from workbook.student.server import tables

MARK = "workbook_precious"
"""A table that no test has any business with: it is there afterwards unless a test dropped the database."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A phase of a test that failed: where it broke, and the first line of what it said."""

    test: str
    phase: str
    place: str
    says: str
    message: str


@dataclass(frozen=True, slots=True)
class TestRun:
    """What was seen of the tests.

    Attributes:
        exit: pytest's exit code, None when it never came to its end.
        failures: what failed in the run without plants.
        tests: all tests that were run, by their full name.
        senders: those that send a POST request to the application, and the paths.
        planted: for each plant, the message with which each sender failed; an empty text when it passed.
        databases: the databases that Tortoise was to connect to.
        kept: whether the database that stands for the student's own is as it was.
        output: what was on the screen.
    """

    exit: int | None
    failures: tuple[Failure, ...]
    tests: frozenset[str]
    senders: dict[str, tuple[str, ...]]
    planted: dict[str, dict[str, str]]
    databases: frozenset[str]
    kept: bool
    output: str

    def asks_for(self, path: str) -> bool:
        """Whether a test sends its request to exactly this path."""
        return any(path in paths for paths in self.senders.values())

    def misses(self, plant: str) -> bool:
        """Whether every test that is right about a right application is also content with this wrong one."""
        fair = [test for test, message in self.planted.get(RIGHT, {}).items() if message == ""]
        return bool(fair) and all(self.planted.get(plant, {}).get(test, "?") == "" for test in fair)


def tests_of(ground: Ground) -> TestRun:
    """Run the project's tests, once for all checks.

    Raises:
        Broken: they do not come to an end in time.
    """
    return ground.once("tests", lambda: _run(ground))


def suite_database(ground: Ground) -> str:
    """The database that `MYSQL_DB` names for the tests: it stands for the one that the student develops on.

    It is not the one that the probes use: tests that spoil it must not spoil what other checks see.
    """
    return ground.once("suite", lambda: ground.databases.make("suite"))


def _run(ground: Ground) -> TestRun:
    python = str(ground.python)
    name = suite_database(ground)
    with contextlib.suppress(Broken):
        ground.probe("schema", **models_database(ground))
        _copy_tables(ground, name)
    with cursor(ground.server, name) as ask:
        ask.execute(f"CREATE TABLE {MARK} (id INT PRIMARY KEY)")
    values = ground.server.environment(name) | {
        "WORKBOOK_PLANTS": ",".join(PLANTS),
        "WORKBOOK_OWN_DATABASE": str(ground.own.first("database") or ""),
    }
    plugins = ["-p", f"{PACKAGE}.plugin", "-p", "no:cacheprovider"]
    command = [python, "-m", "pytest", *plugins, "-q", "--override-ini=addopts="]
    return _digest(ground.run(command, values, seconds=TEST_SECONDS), _kept(ground, name))


def models_database(ground: Ground) -> dict[str, str]:
    """The variable that names the database which is built from the models."""
    return {"WORKBOOK_MODELS_DATABASE": ground.databases.make("models_test")}


def _copy_tables(ground: Ground, name: str) -> None:
    with cursor(ground.server, name) as ask:
        ask.execute("SET foreign_key_checks = 0")
        for statement in tables(ground.server, ground.database).values():
            ask.execute(statement)


def _kept(ground: Ground, name: str) -> bool:
    if name not in databases(ground.server):
        return False
    with cursor(ground.server, name) as ask:
        ask.execute(f"SHOW TABLES LIKE '{MARK}'")
        return ask.fetchone() is not None


def _digest(seen: Seen, kept: bool) -> TestRun:
    phases = seen.all("test")
    planted: dict[str, dict[str, str]] = {}
    for line in seen.all("plant"):
        planted.setdefault(line["plant"], {})[line["of"]] = (line["message"] or "failed") if line["failed"] else ""
    return TestRun(
        exit=seen.first("exit"),
        failures=tuple(_failure(line) for line in phases if line["outcome"] == "failed"),
        tests=frozenset(line["test"] for line in phases if line["phase"] == "call" or line["outcome"] == "failed"),
        senders={line["sends"]: tuple(line["to"]) for line in seen.all("sends")},
        planted=planted,
        databases=frozenset(seen.first("databases") or ()),
        kept=kept,
        output=seen.output,
    )


def _failure(line: dict[str, Any]) -> Failure:
    place = f"{line['file']}:{line['line']}" if line.get("file") else ""
    lines = [each.strip() for each in line["message"].splitlines() if each.strip()]
    errors = [each.removeprefix("E").strip() for each in lines if each.startswith("E ")]
    says = line.get("says") or (errors[-1] if errors else lines[-1] if lines else "")
    return Failure(line["test"], line["phase"], place, says, line["message"])


def told(failure: Failure) -> str:
    """A failure as a sentence, with a word on what is out of date where we know it."""
    where = f" ({failure.place})" if failure.place else ""
    return f"{failure.test}{where}: {failure.says}" + note_on(failure.message)


def exit_of(run: TestRun) -> str:
    """Pytest's exit code in words, with its last telling line."""
    if run.exit is None:
        lines = [line.strip() for line in run.output.splitlines() if line.strip()]
        errors = [line.removeprefix("E").strip() for line in lines if line.startswith("E ")]
        return (errors or lines or ["pytest printed nothing"])[-1] + note_on(run.output)
    return EXIT_CODES.get(run.exit, str(run.exit))
