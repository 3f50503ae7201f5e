"""What pytest's plugin sees of a project: its tests, what each sends, and which wrong applications they notice."""

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
    `meant` has the requests that its source speaks of, `reached` the tests for whose requests MySQL was asked.
    """

    output: str
    failures: list[Failure]
    exit: int | None = None
    tests: dict[str, list[str]] = field(default_factory=dict)
    noticed: dict[str, dict[str, dict[str, str]]] = field(default_factory=dict)
    databases: list[str] = field(default_factory=list)
    meant: dict[str, list[str]] = field(default_factory=dict)
    reached: list[str] = field(default_factory=list)
    on_own: bool = False

    @property
    def ended(self) -> str:
        """Pytest's exit code in words, or its last telling line when it never came to its end."""
        lines = [line.strip() for line in self.output.splitlines() if line.strip()] or ["pytest printed nothing"]
        errors = [line.removeprefix("E").strip() for line in lines if line.startswith("E ")]
        return (errors or lines)[-1] if self.exit is None else EXIT_CODES.get(self.exit, str(self.exit))

    @property
    def leaves_rows(self) -> bool:
        """Whether a test says something else when it is run again in the same session, with what it left behind."""
        own = {failure.test for failure in self.failures}
        for route, of in self.noticed.items():
            green = {test for test in {*self.reached} - own if not self.of_another(test, route)}
            for name, said in of.items():
                again = of.get(f"again {name}", said)
                if any(bool(said[test]) != bool(again[test]) for test in said):
                    return True
                if name.startswith("right") and any(said[test] and test in green for test in said):
                    return True
        return False

    def of_another(self, test: str, route: str) -> bool:
        """Whether a test, or a file that cannot be collected, is about other requests than the route."""
        asks = self.tests.get(test) or self.meant.get(test) or [route]
        if route not in (each.rstrip("/") for each in asks):
            return True
        # One that asks for both, and fails even when the route does what is asked, fails for the other's sake.
        return len(asks) > 1 and any(
            of.get(test) for name, of in self.noticed.get(route, {}).items() if name.startswith("right")
        )


class Tests:
    """The run as a chapter looks at it: from its own request, `POST /v1/mysql/meetings`.

    `failing` are the failures of tests that send it (also with a slash at its end), `elsewhere` of those that are about
    other requests, `others_failing` of all others. `sent_instead` is None when a test sends it, else what is sent with
    its method. `never_green` tells why tests fail even when the application does what is asked: all of them, or those
    for which nothing reaches MySQL; `fooled_by` are the wrong applications with which every other test is content.
    """

    def __init__(self, run: Run, route: str) -> None:
        self.route = route
        kinds: tuple[dict[tuple[str, str], Failure], ...] = {}, {}, {}
        for each in run.failures:
            kind = 2 if run.of_another(each.test, route) else 0 if run.tests.get(each.test) else 1
            # One for all that break in the same place with the same words.
            kinds[kind].setdefault((each.place or each.test, each.says), each)
        self.failing, self.others_failing, self.elsewhere = (list(kind.values()) for kind in kinds)
        known = run.noticed.get(route, {})
        wrong = {name: of for name, of in known.items() if not name.startswith(("right", "again"))}
        right = next((of for name, of in known.items() if name not in wrong), None)
        sent = {request for requests in run.tests.values() for request in requests}
        alike = sorted(request for request in sent if request.split(" ")[0] == route.split(" ")[0])
        self.sent_instead = ", ".join(alike) if right is None else None
        fair = [test for test, said in (right or {}).items() if not said]
        unfair = {test: said for test, said in (right or {}).items() if said and not run.of_another(test, route)}
        self.never_green = {test: said for test, said in unfair.items() if not (fair and test in run.reached)}
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
    found = _beside(ground, python, "suite", settings, schema)
    for number, (route, of) in enumerate(found.noticed.items() if found.leaves_rows else ()):
        for name in [name for name in of if not name.startswith("again")]:
            alone = _beside(ground, python, f"{number}_{name}", settings, schema, WORKBOOK_ALONE=f"{route} {name}")
            of[name] = alone.noticed.get(route, {}).get(name, {})
    return found


def _beside(
    ground: Ground, python: Path, suffix: str, settings: Settings | None, schema: Schema | None, **values: str
) -> Run:
    """Run the tests beside a database that stands for the one that the student develops on."""
    own = ground.make(suffix)
    with cursor(ground.throwaway, own) as ask:
        ask.execute("SET foreign_key_checks = 0")
        for statement in (schema.migrated if schema else {}).values():
            ask.execute(statement)
    students = settings.database if settings else ""
    wrong = dumps({route: list(map(str, files)) for route, files in ground.wrong.items()})
    found = _pytest(ground, python, own, WORKBOOK_OWN=students, WORKBOOK_WRONG=wrong, **values)
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
    told = ground.scratch / f"told-{name}"
    values |= ground.throwaway.environment(name) | {"PYTHONPATH": str(PROBE), "WORKBOOK_TOLD": str(told)}
    values["WORKBOOK_LOGIN"] = dumps(ground.login())
    options = ["-q", "--override-ini=addopts=", "--continue-on-collection-errors"]
    own = ["-p", "workbook_plugin", "-p", "no:cacheprovider"]
    program = Program(ground, [str(python), "-m", "pytest", *own, *options], values)
    with program.within(TIMES * ground.seconds):
        program.process.wait()
    seen: dict[str, Any] = loads(program.named(told.read_text(encoding="utf-8"))) if told.exists() else {}
    failures = [Failure(**each) for each in seen.pop("failures", ())]
    ground.heard += [each.message for each in failures] or ([program.printed] if program.process.returncode else [])
    return Run(program.printed, failures, **seen)
