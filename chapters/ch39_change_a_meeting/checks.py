"""How chapter 39 looks: a meeting's fields, the three doors that change them, and what people push through."""

from datetime import date, timedelta

from workbook.student.shape import Shape
from workbook.student.vocabulary import Answer, Api, Found, Tests, TestsOf, check, fooled, said, untested

FIELDS = {"start_date": None, "end_date": None, "title": "", "location": ""}
TITLE = "PATCH /v1/meetings/{url_code}/title"
NO_TEXTS = {"null": None, "a number": 7, "NaN": float("nan"), "256 letters": "a" * 256, "a NUL": "a\0b"}
HALF = {"half a character": "\ud800", "a terminal's escape": "\x1b[2J", "a line break": "a\n"}
NO_DATES = {"0": 0, "a time of day": "2026-12-30T00:00:00", "the year 999": "0999-12-31", "month 13": "2026-13-01"}
START = date(2026, 12, 30)


def made(api: Api) -> str:
    """The code of a new meeting."""
    return str(api.post("/v1/meetings").json["url_code"])


def meeting(api: Api, code: str) -> dict[str, object]:
    """What the application says of a meeting."""
    return dict(api.get(f"/v1/meetings/{code}").json or {})


def set_range(api: Api, code: str, days: int) -> Answer:
    """Set a range that ends so many days after its start."""
    body = {"start_date": f"{START}", "end_date": f"{START + timedelta(days)}"}
    return api.patch(f"/v1/meetings/{code}/date_range", json=body)


@check(after="ch38/a_meeting_is_read")
def a_meeting_has_its_fields(api: Api) -> Found:
    """What nobody has set is null or an empty text."""
    found = meeting(api, made(api))
    for field, value in FIELDS.items():
        if field not in found:
            yield "lacks", {"field": field, "body": found}
        elif found[field] != value:
            yield "value", {"field": field, "value": repr(found[field]), "wanted": "null" if value is None else '""'}


@check(after=(a_meeting_has_its_fields, "ch38/none_is_404"))
def title_and_location_are_changed(api: Api) -> Found:
    """Each is saved, and another meeting keeps its own."""
    one, other = made(api), made(api)
    for field in ("title", "location"):
        answer = api.patch(f"/v1/meetings/{one}/{field}", json={field: "Lunch"})
        if answer.status != 204:
            yield "status", {"field": field, **said(answer)}
        elif meeting(api, one).get(field) != "Lunch":
            yield "lost", {"field": field}
        elif meeting(api, other).get(field) != "":
            yield "everywhere", {"field": field}


@check(after=title_and_location_are_changed)
def nonsense_is_refused(api: Api) -> Found:
    """What is no text is a 422 that does not send it back."""
    code = made(api)
    for what, text in {**NO_TEXTS, **HALF}.items():
        answer = api.patch(f"/v1/meetings/{code}/title", json={"title": text})
        if answer.status != 422:
            yield "let_in", {"what": what, **said(answer)}
            return
    if "secret" in api.patch(f"/v1/meetings/{code}/title", json={"title": ["secret"]}).body:
        yield "sent_back", {}


@check(after=(a_meeting_has_its_fields, "ch38/none_is_404"))
def a_range_is_set_once(api: Api) -> Found:
    """62 days at most, not backwards, and only once."""
    code, end = made(api), START + timedelta(62)
    steps = {"long": 63, "backwards": -1, "status": 62, "again": 3}
    for name, days in steps.items():
        answer = set_range(api, code, days)
        if answer.status != (200 if name == "status" else 422):
            yield name, said(answer)
            return
    if (meeting(api, code)["start_date"], meeting(api, code)["end_date"]) != (f"{START}", f"{end}"):
        yield "lost", {"body": meeting(api, code)}


@check(after=a_range_is_set_once)
def only_days_are_taken(api: Api) -> Found:
    """What is no date is a 422."""
    code = made(api)
    for what, value in NO_DATES.items():
        answer = api.patch(f"/v1/meetings/{code}/date_range", json={"start_date": value, "end_date": f"{START}"})
        if answer.status != 422 or "start_date" not in answer.body:
            yield "let_in", {"what": what, **said(answer)}
            return


@check(after="ch35/tests_run")
def changing_is_tested(tests: Tests, tests_of: TestsOf) -> Found:
    """The tests of both routes pass, and there are some."""
    return untested(tests, tests_of(TITLE))


@check(after=("ch35/the_ground_is_sound", changing_is_tested))
def the_changing_tests_can_tell(tests: Tests, tests_of: TestsOf) -> Found:
    """A wrong application turns a test red."""
    return fooled(tests, tests_of(TITLE))


def reached(project: Shape, route: str) -> bool:
    """The application names the route."""
    return bool(project.asking(route, tests=False))
