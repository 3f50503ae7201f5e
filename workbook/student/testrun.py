"""The student's tests, run once as they are and once with each wrong application, on a server that is nobody's."""

import contextlib
import json
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from workbook.login import cursor, databases
from workbook.runner.contract import EXIT_CODES
from workbook.say import _
from workbook.student.check import Broken, look
from workbook.student.ground import PROBE, Databases, Ground, hanging
from workbook.student.inside import Schema, Settings

TIMES = 5
"""So many times as long as the project's code may take to answer, its tests may take to end."""
TestsUnder: TypeAlias = Callable[..., set[str]]
"""The tests that fail under other variables: `tests_under(TZ="UTC")`."""
MARK = "workbook_precious"
"""A table that no test has any business with: it is there afterwards unless a test dropped the database."""
RIGHT = "right"
"""The name of the application that does what is asked."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A phase of a test that failed: where it broke, and the first line of what it said."""

    test: str
    phase: str
    place: str
    says: str
    message: str

    def __str__(self) -> str:
        """As a sentence."""
        return f"{self.test}{f' ({self.place})' if self.place else ''}: {self.says}"


@dataclass(frozen=True, slots=True)
class Run:
    """What was seen of the tests, whatever the route.

    Attributes:
        exit: pytest's exit code, None when it never came to its end.
        failures: what failed in the run as they are.
        tests: all that were run, with the requests that they send, `POST /v1/meetings`.
        noticed: for each route and wrong application, the message with which each sender failed; empty when it passed.
        on_own: whether they use the database that the student develops on.
        databases: the databases that were to be logged in to.
        output: what was on the screen.
    """

    exit: int | None
    failures: tuple[Failure, ...]
    tests: dict[str, frozenset[str]]
    noticed: dict[tuple[str, str], dict[str, str]]
    on_own: bool
    databases: frozenset[str]
    output: str

    @property
    def ended(self) -> str:
        """Pytest's exit code in words, or its last telling line when it never came to its end."""
        if self.exit is not None:
            return EXIT_CODES.get(self.exit, str(self.exit))
        lines = [line.strip() for line in self.output.splitlines() if line.strip()]
        errors = [line.removeprefix("E").strip() for line in lines if line.startswith("E ")]
        return (errors or lines or ["pytest printed nothing"])[-1]


@dataclass(frozen=True, slots=True)
class Tests:
    """The run as a chapter looks at it: from its own request.

    Attributes:
        run: the whole run.
        route: `POST /v1/mysql/meetings`.
    """

    run: Run
    route: str

    @property
    def failing(self) -> list[Failure]:
        """The failures of tests that send this request, one with a slash at its end included, and one at each place."""
        return _one_a_place([each for each in self.run.failures if self._about(each.test)])

    @property
    def others_failing(self) -> list[Failure]:
        """The failures of tests that send no request at all: they are the ground under the others."""
        return _one_a_place([each for each in self.run.failures if not self.run.tests.get(each.test)])

    @property
    def sent_instead(self) -> str | None:
        """None when a test sends this very request; else what is sent with its method, or an empty text."""
        if (self.route, RIGHT) in self.run.noticed:
            return None
        sent = {request for requests in self.run.tests.values() for request in requests}
        method = self.route.partition(" ")[0]
        return ", ".join(sorted(request for request in sent if request.startswith(f"{method} ")))

    @property
    def never_green(self) -> dict[str, str]:
        """What is said by the tests that fail even when the application does what is asked."""
        failed = {test: said for test, said in self._with(RIGHT).items() if said}
        return {test: _first_error(said) for test, said in failed.items()}

    @property
    def fair(self) -> list[str]:
        """The tests that are content with an application that does what is asked."""
        return [test for test, said in self._with(RIGHT).items() if not said]

    @property
    def fooled_by(self) -> list[str]:
        """The wrong applications with which every fair test is content."""
        wrong = [name for route, name in self.run.noticed if route == self.route and name != RIGHT]
        return [name for name in wrong if self.fair and all(self._with(name).get(test) == "" for test in self.fair)]

    def _with(self, name: str) -> dict[str, str]:
        return self.run.noticed.get((self.route, name), {})

    def _about(self, test: str) -> bool:
        return any(request.rstrip("/") == self.route for request in self.run.tests.get(test, ()))


def _one_a_place(failures: list[Failure]) -> list[Failure]:
    """One failure for all that break in the same place with the same words."""
    return list({(each.place or each.test, each.says): each for each in reversed(failures)}.values())[::-1]


def _first_error(message: str) -> str:
    return next((line[1:].strip() for line in message.splitlines() if line.startswith("E ")), "")


@look
def tests(run: Run, ground: Ground, route: str) -> Tests:
    """The student's tests, as the chapter looks at them."""
    if run.exit not in (0, 1):
        raise Broken(f"pytest: {run.ended}")
    found = Tests(run, route)
    told = {str(each) for each in [*found.failing, *found.others_failing]}
    elsewhere = [
        each
        for each in run.failures
        if str(each) not in told and run.tests.get(each.test) and not found._about(each.test)
    ]
    if elsewhere:
        remark = _(
            "Tests of other requests fail, which count for nothing here: {number}, the first {failure}",
            number=len({each.test for each in elsewhere}),
            failure=elsewhere[0],
        )
        ground.remarks += [remark] if remark not in ground.remarks else []
    return found


@look
def plugins(ground: Ground) -> Path:
    """The folder from which pytest takes our plugin."""
    folder = ground.scratch / "plugins"
    folder.mkdir()
    (folder / "workbook_probe.py").symlink_to(PROBE)
    (folder / "workbook_plugin.py").symlink_to(PROBE.with_name("plugin.py"))
    return folder


@look
def run(
    ground: Ground,
    python: Path,
    plugins: Path,
    databases: Databases,
    settings: Settings | None = None,
    schema: Schema | None = None,
) -> Run:
    """Run the tests. Raises Broken when they do not come to an end in time."""
    own = databases.make("suite")
    made = schema.migrated if schema else {}
    with cursor(databases.server, own) as ask:
        ask.execute("SET foreign_key_checks = 0")
        for statement in [*made.values(), f"CREATE TABLE {MARK} (id INT PRIMARY KEY)"]:
            ask.execute(statement)
    values = {
        "WORKBOOK_OWN": settings.database if settings else "",
        "WORKBOOK_WRONG": json.dumps({route: list(map(str, files)) for route, files in ground.wrong.items()}),
    }
    lines, output = _pytest(ground, [str(python), str(plugins)], databases, own, values)
    here = own in _databases(lines) or not _kept(databases, own)
    return _digest(lines, output, here, (own, "the database that you develop on"))


@look
def tests_under(ground: Ground, python: Path, plugins: Path, databases: Databases) -> TestsUnder:
    """The student's tests under other variables of the environment."""

    def failing(**values: str) -> set[str]:
        lines, _output = _pytest(ground, [str(python), str(plugins)], databases, databases.make("under"), values)
        if not any(line.get("exit") in (0, 1) for line in lines):
            raise Broken(_("pytest does not run."))
        return {line["test"] for line in lines if line.get("outcome") == "failed"}

    return failing


def _pytest(
    ground: Ground, programs: list[str], databases: Databases, name: str, values: dict[str, str]
) -> tuple[list[dict[str, Any]], str]:
    """Run pytest with our plugin in a copy of the project; what the plugin told, and what was printed.

    Args:
        programs: the interpreter, and the folder of the plugin.
        name: the database that `MYSQL_DB` names.

    Raises:
        Broken: it does not come to its end; the sentence names the line where it hangs.
    """
    root = ground.copy()
    told, log = root.with_name("told"), root.with_name("output")
    told.touch()
    login = {key: value for key, value in databases.login(name).items() if key != "db"}
    values = (
        databases.server.environment(name)
        | values
        | {
            "PYTHONPATH": programs[1],
            "WORKBOOK_LOGIN": json.dumps(login),
            "WORKBOOK_TOLD": str(told),
            "WORKBOOK_PATIENCE": str(TIMES * ground.seconds),
        }
    )
    options = ["-p", "workbook_plugin", "-p", "no:cacheprovider", "-q", "--override-ini=addopts="]
    process = ground.start([programs[0], "-m", "pytest", *options], root, values, log)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait((TIMES + 1) * ground.seconds)
    stuck = hanging(Path(f"{told}.hangs"), root, TIMES * ground.seconds, ended=process.poll() is not None)
    if stuck:
        raise Broken(stuck)
    lines, output = (file.read_text(encoding="utf-8", errors="replace").replace(f"{root}/", "") for file in (told, log))
    found = [json.loads(line) for line in lines.splitlines()]
    ground.heard += [line["message"] for line in found if line.get("outcome") == "failed"] or (
        [output] if process.returncode else []
    )
    return found, output


def _databases(lines: list[dict[str, Any]]) -> frozenset[str]:
    """The databases that the tests logged in to."""
    return frozenset(next((line["databases"] for line in lines if "databases" in line), ()))


def _kept(made: Databases, name: str) -> bool:
    if name not in databases(made.server):
        return False
    with cursor(made.server, name) as ask:
        ask.execute(f"SHOW TABLES LIKE '{MARK}'")
        return ask.fetchone() is not None


def _digest(lines: list[dict[str, Any]], output: str, on_own: bool, forbidden: tuple[str, ...]) -> Run:
    noticed: dict[tuple[str, str], dict[str, str]] = {}
    for line in lines:
        if "wrong" in line:
            noticed.setdefault((line["route"], line["wrong"]), {})[line["of"]] = line["message"]
    phases = [line for line in lines if "test" in line]
    failures = tuple(_failure(line) for line in phases if line["outcome"] == "failed")
    tests = {
        line["test"]: frozenset[str]() for line in phases if line["phase"] == "call" or line["outcome"] == "failed"
    }
    sent = {line["sends"]: frozenset(line["to"]) for line in lines if "sends" in line}
    return Run(
        next((line["exit"] for line in lines if "exit" in line), None),
        failures,
        {test: sent.get(test, nothing) for test, nothing in tests.items()},
        noticed,
        on_own or any(name in failure.says for name in forbidden for failure in failures),
        _databases(lines),
        output,
    )


def _failure(line: dict[str, Any]) -> Failure:
    lines = [each.strip() for each in line["message"].splitlines() if each.strip()]
    errors = [each.removeprefix("E").strip() for each in lines if each.startswith("E ")]
    says = line.get("says") or (errors[-1] if errors else lines[-1] if lines else "")
    return Failure(line["test"], line["phase"], line.get("place", ""), says, line["message"])
