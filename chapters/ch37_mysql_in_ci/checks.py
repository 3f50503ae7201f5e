"""How chapter 37 looks: a workflow that tests every push on a real MySQL, and that is red when it should be."""

import re

from workbook.student.shape import Shape
from workbook.student.vocabulary import (
    Found,
    Git,
    Ground,
    Rehearsal,
    TestsUnder,
    Workflow,
    check,
    events,
    mysql_services,
)

HERE, THERE = "Asia/Seoul", "UTC"
START = re.compile(r"\b(systemctl|service)\b.*\bmysqld?\b|/etc/init\.d/mysql")
TOTAL = re.compile(r"^TOTAL\s.*\d%")
TEST_ROW = re.compile(r"^(?P<file>\S*\b(?:test_(?!workbook_planted)\w+|\w+_test|conftest)\.py)\s+\d+\b.*\d%")
PLANTED_ROW = re.compile(r"^(\S*/)?workbook_planted\.py\s")
COMMANDS = {
    "no_run": r"uvicorn|fastapi (run|dev)",
    "no_test": r"pytest|make test",
    "no_tables": r"aerich upgrade|tortoise .*(upgrade|migrate)|python -m \S*migrat",
}


@check(broken="unread")
def workflow_is_read(workflow: Workflow) -> Found:
    """A workflow is committed where GitHub looks, and GitHub would take it."""
    yield from ()


@check(after=workflow_is_read)
def pushes_start_it(workflow: Workflow) -> Found:
    """A push to the main branch, or a pull request, starts it."""
    if not {"push", "pull_request"} & set(events(workflow)):
        yield "only", {"events": ", ".join(events(workflow))}


@check(after=workflow_is_read)
def mysql_is_waited_for(workflow: Workflow) -> Found:
    """A job has a MySQL: a service that the steps wait for and can reach, or the preinstalled one, started."""
    steps = [str(step.get("run", "")) for job in workflow.jobs.values() for step in job.get("steps", ())]
    services = mysql_services(workflow)
    if not services and not any(map(START.search, steps)):
        yield "absent", {}
    for service in services:
        if service.refusal:
            yield "stops", {"image": service.image, "why": service.refusal}
        elif not service.health:
            yield "no_wait", {"service": service.name}
        elif not service.ports:
            yield "no_port", {"service": service.name}


@check(after=workflow_is_read, lasts=False)
def job_is_green(rehearsal: Rehearsal) -> Found:
    """What is committed passes, and the tests were run."""
    red = rehearsal.red
    if red is not None:
        yield "red_step", {"step": red.failed or red.job, "because": rehearsal.why_red}
    elif rehearsal.step is None:
        yield "no_test", {}


@check(after=job_is_green, lasts=False)
def red_tests_are_red(rehearsal: Rehearsal) -> Found:
    """A failing test fails the step that runs it; so does an application that cannot be imported."""
    for kind in rehearsal.unnoticed():
        yield f"{kind}_swallowed", {"step": rehearsal.step.name, "job": rehearsal.step.job}


@check(after=job_is_green, lasts=False)
def forgotten_migration_is_red(rehearsal: Rehearsal) -> Found:
    """A model without its migration turns a job red."""
    if rehearsal.green_with_a_forgotten_migration():
        yield "green", {}


@check(after=job_is_green, lasts=False)
def coverage_is_of_the_application(rehearsal: Rehearsal) -> Found:
    """The job reports coverage: of every module of the application, and not of the tests."""
    if not any(map(TOTAL.match, rehearsal.lines)):
        yield "no_report", {}
        return
    tests = [row["file"] for row in map(TEST_ROW.match, rehearsal.lines) if row]
    if tests:
        yield "counts_tests", {"file": tests[0]}
    if not any(map(PLANTED_ROW.match, rehearsal.lines)):
        yield "hides_module", {}


@check(after=job_is_green, lasts=False)
def any_clock_will_do(tests_under: TestsUnder) -> Found:
    """The tests say the same on a machine in UTC and on one in Korea."""
    failed = tests_under(TZ=HERE)
    for test in sorted(failed - tests_under(TZ=THERE)) if failed else ():
        yield "only_there", {"test": test, "there": THERE, "here": HERE}


@check()
def readme_tells_the_way(git: Git, ground: Ground) -> Found:
    """A committed README names the commands that serve the application, test it, and build its tables."""
    files = git("ls-files", "--", ":(icase)README*").split()
    if not files:
        yield "absent", {}
        return
    said = (ground.project / files[0]).read_text(encoding="utf-8", errors="replace")
    for lacking, pattern in COMMANDS.items():
        if not re.search(pattern, said):
            yield lacking, {"file": files[0]}


def reached(project: Shape, route: str) -> bool:
    """A workflow speaks of MySQL."""
    return any(file.suffix != ".py" and "mysql" in text.lower() for file, text in project.texts.items())
