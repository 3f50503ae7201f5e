"""What pytest's plugin sees of a project: its tests, what each sends, and which wrong applications they notice."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from json import dumps, loads
from pathlib import Path
from typing import Any, TypeAlias

from workbook.mysql.login import cursor
from workbook.replay.contract import EXIT_CODES
from workbook.say import _
from workbook.student.check import Broken, look
from workbook.student.ground import PROBE, Ground, Program
from workbook.student.inside import Schema, Settings

TIMES = 5
"""So many times as long as the project's code may take to answer, its tests may take to end."""
TestsOf: TypeAlias = "Callable[[str], Tests]"
"""The tests as one looks at them who asks for another request than the chapter's: `tests_of("DELETE /v1/x/{id}")`."""
TestsUnder: TypeAlias = Callable[..., set[str]]
"""The tests that fail under other variables: `tests_under(TZ="UTC")`."""


@dataclass(frozen=True)
class Failure:
    """A phase of a test that failed: where it broke, the first line of what it said, and all of it."""

    test: str
    phase: str
    place: str
    says: str
    message: str

    def __str__(self) -> str:
        """As a sentence."""
        return f"{self.test}{f' ({self.place})' if self.place else ''}: {self.says}"


@dataclass
class Run:
    """What was seen of the tests, whatever the route; `exit` is None when pytest never came to its end.

    `tests` has the requests that each sends, `noticed` by route and wrong application the words with which each sender
    failed (empty when it passed), `databases` those that were to be logged in to: `on_own`, also the student's own.
    """

    output: str
    failures: list[Failure]
    exit: int | None = None
    tests: dict[str, list[str]] = field(default_factory=dict)
    noticed: dict[str, dict[str, dict[str, str]]] = field(default_factory=dict)
    databases: list[str] = field(default_factory=list)
    on_own: bool = False

    @property
    def ended(self) -> str:
        """Pytest's exit code in words, or its last telling line when it never came to its end."""
        lines = [line.strip() for line in self.output.splitlines() if line.strip()] or ["pytest printed nothing"]
        errors = [line.removeprefix("E").strip() for line in lines if line.startswith("E ")]
        return (errors or lines)[-1] if self.exit is None else EXIT_CODES.get(self.exit, str(self.exit))


class Tests:
    """The run as a chapter looks at it: from its own request, `POST /v1/mysql/meetings`.

    `failing` are the failures of tests that send it (also with a slash at its end), `others_failing` of those that send
    none at all, `elsewhere` of all others. `sent_instead` is None when a test sends it, else what is sent with its
    method. `never_green` tells why tests fail even when the application does what is asked; `fooled_by` are the wrong
    applications with which every other test is content.
    """

    def __init__(self, run: Run, route: str) -> None:
        self.route = route
        kinds: tuple[dict[tuple[str, str], Failure], ...] = {}, {}, {}
        for each in run.failures:
            sends = run.tests.get(each.test)
            asks = sends and any(request.rstrip("/") == route for request in sends)
            # One for all that break in the same place with the same words.
            kinds[0 if asks else 2 if sends else 1].setdefault((each.place or each.test, each.says), each)
        self.failing, self.others_failing, self.elsewhere = (list(kind.values()) for kind in kinds)
        known = run.noticed.get(route, {})
        wrong = {name: of for name, of in known.items() if not name.startswith("right")}
        right = next((of for name, of in known.items() if name not in wrong), None)
        sent = {request for requests in run.tests.values() for request in requests}
        alike = sorted(request for request in sent if request.split(" ")[0] == route.split(" ")[0])
        self.sent_instead = ", ".join(alike) if right is None else None
        self.never_green = {test: said for test, said in (right or {}).items() if said}
        fair = [test for test, said in (right or {}).items() if not said]
        self.fooled_by = [name for name, of in wrong.items() if fair and all(of.get(test) == "" for test in fair)]


@look
def tests(run: Run, ground: Ground, route: str) -> Tests:
    """The student's tests, as the chapter looks at them."""
    if run.exit not in (0, 1):
        raise Broken(f"pytest: {run.ended}")
    found = Tests(run, route)
    if found.elsewhere:
        count, first = len({each.test for each in found.elsewhere}), found.elsewhere[0]
        values = {"number": count, "failure": first}
        remark = _(
            "Tests of other requests fail, which count for nothing here: {number}, the first {failure}", **values
        )
        ground.remarks += [remark] if remark not in ground.remarks else []
    return found


@look
def tests_of(run: Run, ground: Ground) -> TestsOf:
    """The student's tests, as one looks at them who asks for another request than the chapter's."""
    return lambda route: tests(run, ground, route)


@look
def run(ground: Ground, python: Path, settings: Settings | None = None, schema: Schema | None = None) -> Run:
    """Run the tests. Raises Broken when they do not come to an end in time."""
    own = ground.make("suite")
    with cursor(ground.throwaway, own) as ask:
        ask.execute("SET foreign_key_checks = 0")
        for statement in (schema.migrated if schema else {}).values():
            ask.execute(statement)
    students = settings.database if settings else ""
    wrong = dumps({route: list(map(str, files)) for route, files in ground.wrong.items()})
    found = _pytest(ground, python, own, WORKBOOK_OWN=students, WORKBOOK_WRONG=wrong)
    # A conftest.py may refuse the database by its name, and log in nowhere.
    refused = any(own in failure.says for failure in found.failures)
    found.on_own = refused or not {own, students}.isdisjoint(found.databases)
    return found


@look
def tests_under(ground: Ground, python: Path) -> TestsUnder:
    """The student's tests under other variables of the environment."""

    def failing(**values: str) -> set[str]:
        found = _pytest(ground, python, ground.make("under"), **values)
        if found.exit not in (0, 1):
            raise Broken(_("pytest does not run."))
        return {failure.test for failure in found.failures}

    return failing


def _pytest(ground: Ground, python: Path, name: str, **values: str) -> Run:
    """Run pytest with our plugin in a copy of the project, on the database `name`. Raises Broken: it does not end."""
    told, plugins = ground.scratch / f"told-{name}", ground.scratch / "plugins"
    plugins.mkdir(exist_ok=True)
    for each in ("probe", "plugin"):
        shutil.copyfile(PROBE.with_name(f"{each}.py"), plugins / f"workbook_{each}.py")
    values |= ground.throwaway.environment(name) | {"PYTHONPATH": str(plugins), "WORKBOOK_TOLD": str(told)}
    values["WORKBOOK_LOGIN"] = dumps(ground.login())
    options = ["-p", "workbook_plugin", "-p", "no:cacheprovider", "-q", "--override-ini=addopts="]
    program = Program(ground, [str(python), "-m", "pytest", *options], values)
    with program.within(TIMES * ground.seconds):
        program.process.wait()
    seen: dict[str, Any] = loads(program.named(told.read_text(encoding="utf-8"))) if told.exists() else {}
    failures = [Failure(**each) for each in seen.pop("failures", ())]
    ground.heard += [each.message for each in failures] or ([program.printed] if program.process.returncode else [])
    return Run(program.printed, failures, **seen)
