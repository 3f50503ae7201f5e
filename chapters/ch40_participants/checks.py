"""How chapter 40 looks: who joins and who leaves, all or nothing, and what reading them costs."""

from workbook.student.shape import Shape
from workbook.student.vocabulary import Answer, Api, Found, Rows, Tests, TestsOf, check, fooled, unlike, untested

LEAVE = "DELETE /v1/participants/{participant_id}"
DAYS = ["2026-12-30", "2026-12-31", "2027-01-01"]
DATE = {"id", "date", "enabled", "starred"}


def made(api: Api, days: bool = True) -> str:
    """The code of a new meeting, with a range of three days or none."""
    code = str(api.post("/v1/meetings").json["url_code"])
    if days:
        api.patch(f"/v1/meetings/{code}/date_range", json={"start_date": DAYS[0], "end_date": DAYS[-1]})
    return code


def join(api: Api, code: str, name: str = "Mina") -> Answer:
    """What a meeting answers to one who joins."""
    return api.post("/v1/participants", json={"meeting_url_code": code, "name": name})


@check(after="ch39/a_range_is_set_once")
def who_joins_gets_every_day(api: Api, rows: Rows) -> Found:
    """Every day is answered and saved, enabled and not starred."""
    answer, saved = join(api, made(api)), {row["id"]: row for row in rows.holding("enabled", "starred")}
    yield from unlike(status=(answer, 200))
    named = answer.fields.get("participant_dates", [])
    days, ids = [day["date"] for day in named], {day["id"] for day in named}
    if answer.status == 200 and days != DAYS:
        yield "days", {"start": DAYS[0], "end": DAYS[-1], "days": days}
    elif missing := ids - {*saved}:
        yield "unsaved", {"ids": sorted(missing, key=str)}
    elif any((saved[each]["enabled"], saved[each]["starred"]) != (1, 0) for each in ids):
        yield "off", {}


@check(after=who_joins_gets_every_day)
def nobody_joins_without_a_range(api: Api) -> Found:
    """404 for no meeting, 400 for one without a range."""
    return unlike(nowhere=(join(api, "xY7"), 404), no_range=(join(api, made(api, days=False)), 400))


@check(after=who_joins_gets_every_day)
def half_is_nothing(api: Api, rows: Rows) -> Found:
    """With the table of the days away for a moment, nobody is added."""
    code, before = made(api), rows("SELECT COUNT(*) FROM participants")
    rows("RENAME TABLE participant_dates TO workbook_away")
    try:
        join(api, code)
    finally:
        rows("RENAME TABLE workbook_away TO participant_dates")
    if rows("SELECT COUNT(*) FROM participants") != before:
        yield "left", {}


@check(after=who_joins_gets_every_day)
def who_leaves_takes_the_days(api: Api, rows: Rows) -> Found:
    """One of two leaves: the other and their days stay."""
    code = made(api)
    one, other = (join(api, code).fields.get("participant_id") for _ in range(2))
    answer, again = (api.delete(f"/v1/participants/{one}") for _ in range(2))
    there = {row["id"] for row in rows.holding("name", "meeting_id")}
    days = [row for row in rows.holding("participant_id", "date") if row["participant_id"] == other]
    if one in there and answer.status == 204:
        yield "stays", {}
    elif other not in there or len(days) != 3:
        yield "others", {}
    else:
        yield from unlike(status=(answer, 204), twice=(again, 404))


@check(after=who_joins_gets_every_day)
def participants_are_shown(api: Api) -> Found:
    """In the order in which they joined, with every field."""
    code = made(api)
    for name in ("b", "a"):
        join(api, code, name)
    answer = api.get(f"/v1/meetings/{code}")
    shown = answer.fields.get("participants")
    if not shown or not all(isinstance(each, dict) for each in shown):
        yield "lacks", {"body": answer.raised or answer.body[:200]}
    elif (names := [each.get("name") for each in shown]) != ["b", "a"]:
        yield "order", {"names": names}
    elif any({*each} != {"id", "name", "dates"} or any({*day} != DATE for day in each["dates"]) for each in shown):
        yield "fields", {"body": answer.body[:200]}


@check(after=participants_are_shown)
def reading_costs_the_same(api: Api) -> Found:
    """However many have joined, the number of statements is the same."""
    code, counts = made(api), []
    for more in (1, 3):
        for _ in range(more):
            join(api, code)
        counts.append(len(api.get(f"/v1/meetings/{code}").statements))
    if counts[0] != counts[1]:
        yield "grows", {"one": counts[0], "four": counts[1]}


@check(after="ch35/tests_run")
def joining_is_tested(tests: Tests, tests_of: TestsOf) -> Found:
    """The tests of both routes pass, and there are some."""
    return untested(tests, tests_of(LEAVE))


@check(after=("ch35/the_ground_is_sound", joining_is_tested))
def the_joining_tests_can_tell(tests: Tests, tests_of: TestsOf) -> Found:
    """A wrong application turns a test red."""
    return fooled(tests, tests_of(LEAVE))


def reached(project: Shape, route: str) -> bool:
    """The application names the route."""
    return bool(project.asking(route, tests=False))
