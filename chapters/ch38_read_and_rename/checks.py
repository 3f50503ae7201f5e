"""How chapter 38 looks: a route that reads a meeting or says there is none, and paths without a database's name."""

from urllib.parse import quote

from workbook.student.shape import Shape
from workbook.student.vocabulary import Answer, Api, Broken, Found, Tests, check, fooled, look, said, untested

MOVED = {"/v1/mysql/meetings": "/v1/meetings"}
ODD = {"256 letters": "a" * 256, "a NUL": "\0", "an emoji": "\U0001f600", "a quote": "' OR 1 = 1 -- "}


@look
def made(api: Api) -> list[str]:
    """Two meetings, by the codes that a client got for them."""
    found = [api.post("/v1/meetings").json["url_code"] for _ in range(2)]
    if len({*found}) < 2:
        raise Broken("same")
    return found


def asked(api: Api, code: str) -> Answer:
    """Ask for a meeting as a client does."""
    return api.get(f"/v1/meetings/{quote(code, safe='')}")


@check(after="ch36/post_answers_a_code", broken="broken")
def a_meeting_is_read(made: list[str], api: Api, route: str) -> Found:
    """Each of two meetings is given by its own code."""
    for code in made:
        answer = asked(api, code)
        if answer.raised:
            yield "broken", {"said": answer.raised}
        elif answer.status == 404:
            yield "not_there", {"route": route, "body": answer.body[:200], "paths": ", ".join(api.paths)}
        elif answer.status != 200:
            yield "status", {"route": route, "status": answer.status, "body": answer.body[:200]}
        elif not isinstance(answer.json, dict) or answer.json.get("url_code") != code:
            yield "another", {"route": route, "code": code, "body": answer.body[:200]}
        if answer.raised or answer.status != 200:
            return


@check(after=a_meeting_is_read)
def none_is_404(made: list[str], api: Api, route: str) -> Found:
    """A code that no meeting has is a 404, in the course's words."""
    for other in (made[0].swapcase(), "xY7"):
        answer, wanted = asked(api, other), f"meeting with url_code: {other} not found"
        if answer.status == 200 and answer.json == asked(api, made[0]).json:
            yield "case", {"code": made[0], "other": other}
        elif answer.status != 404:
            yield "raises", {"route": route, **said(answer)}
        elif answer.fields.get("detail") != wanted:
            yield "words", {"body": answer.body[:200], "wanted": f'{{"detail": "{wanted}"}}'}
            return


@check(after=none_is_404)
def no_code_breaks_it(api: Api, route: str) -> Found:
    """What no meeting can be called is refused or not found."""
    for what, code in ODD.items():
        answer = asked(api, code)
        if answer.status not in (404, 422):
            yield "breaks", {"what": what, "route": route, **said(answer)}
            return


@check(after=a_meeting_is_read)
def no_path_names_a_database(api: Api) -> Found:
    """The old paths are gone."""
    for path in api.paths:
        if path.startswith("/v1/mysql"):
            yield "named", {"path": path}


@check(after="ch35/tests_run")
def reading_is_tested(tests: Tests) -> Found:
    """All tests of the route pass, and one of them sends the request."""
    return untested(tests, elsewhere="elsewhere")


@check(after=("ch35/the_ground_is_sound", reading_is_tested))
def the_reading_tests_can_tell(tests: Tests) -> Found:
    """A wrong application turns a test red."""
    return fooled(tests)


def reached(project: Shape, route: str) -> bool:
    """The application names the route."""
    return bool(project.asking(route, tests=False))
