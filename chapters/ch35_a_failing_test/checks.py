"""How chapter 35 looks: tests with a database of their own, and a red one that only the right code turns green."""

from workbook.student.shape import Shape
from workbook.student.vocabulary import Broken, Found, Run, Tests, check


@check(broken="broken")
def tests_run(run: Run, route: str) -> Found:
    """Pytest finds tests and runs them to the end."""
    collected = [each for each in run.failures if each.phase == "collect" and not run.of_another(each.test, route)]
    for failure in collected:
        yield "broken", {"said": failure}
    if not collected and run.exit not in (0, 1):
        yield "ended", {"said": run.ended}


@check(after=tests_run)
def tests_keep_off_your_database(run: Run) -> Found:
    """No test connects to the database that the application uses, and it is as it was."""
    if run.on_own:
        yield "yours", {}
    elif not run.databases:
        if run.failures:
            raise Broken(str(run.failures[0]))
        yield "no_test_database", {}


@check(after=tests_run)
def the_ground_is_sound(tests: Tests) -> Found:
    """Every test that sends no request passes."""
    for failure in tests.others_failing:
        yield "fails", {"failure": failure}


@check(after=(the_ground_is_sound, "ch34/models_match_migrations"), lasts=False)
def a_test_asks_for_the_route(tests: Tests) -> Found:
    """A test sends the request, and passes with an application that does what is asked."""
    if tests.sent_instead is not None:
        yield "elsewhere" if tests.sent_instead else "nobody", {"route": tests.route, "sent": tests.sent_instead}
    for test, said in tests.never_green.items():
        yield "never_green", {"test": test, "said": said}


@check(after=a_test_asks_for_the_route, lasts=False)
def the_test_can_tell(tests: Tests) -> Found:
    """A wrong application turns a test red."""
    for wrong in tests.fooled_by:
        yield wrong, {}


def reached(project: Shape, route: str) -> bool:
    """A test names the route."""
    return bool(project.asking(route, tests=True))
