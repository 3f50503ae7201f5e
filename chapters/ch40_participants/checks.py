"""How chapter 40 looks: who joins and who leaves, all or nothing, and what reading them costs."""

from datetime import date, timedelta
from typing import Any

from workbook.student.shape import Shape
from workbook.student.vocabulary import Answer, Api, Found, Rows, Tests, TestsOf, check

LEAVE = "DELETE /v1/participants/{participant_id}"
START, END = date(2026, 12, 30), date(2027, 1, 1)
DAYS = [f"{START + timedelta(n)}" for n in range(3)]
DATE = {"id", "date", "enabled", "starred"}


def made(api: Api, days: bool = True) -> str:
    """The code of a new meeting, with a range of three days or none."""
    code = str(api.post("/v1/meetings").json["url_code"])
    if days:
        api.patch(f"/v1/meetings/{code}/date_range", json={"start_date": f"{START}", "end_date": f"{END}"})
    return code


def join(api: Api, code: str, name: str = "Mina") -> Answer:
    """What a meeting answers to one who joins."""
    return api.post("/v1/participants", json={"meeting_url_code": code, "name": name})


def joined(api: Api, code: str, name: str = "Mina") -> Any:
    """The id of one who has joined."""
    return (join(api, code, name).json or {}).get("participant_id")


def dates(rows: Rows, participant: object) -> list[dict[str, Any]]:
    """The rows of a participant's days."""
    found = rows.holding("participant_id", "date", "enabled", "starred")
    return [row for row in found if row["participant_id"] == participant]


def said(answer: Answer) -> dict[str, object]:
    """Its status and its words, for a sentence."""
    return {"status": answer.status or 500, "said": answer.raised or answer.body[:200]}


@check(after="ch39/a_range_is_set_once")
def who_joins_gets_every_day(api: Api, rows: Rows) -> Found:
    """Every day is answered and saved, enabled and not starred."""
    answer = join(api, made(api))
    if answer.status != 200:
        yield "status", said(answer)
        return
    named, saved = answer.json["participant_dates"], dates(rows, answer.json["participant_id"])
    if [day["date"] for day in named] != DAYS:
        yield "days", {"start": START, "end": END, "days": [day["date"] for day in named]}
    elif missing := {day["id"] for day in named} - {row["id"] for row in saved}:
        yield "unsaved", {"ids": sorted(missing, key=str)}
    elif any((row["enabled"], row["starred"]) != (1, 0) for row in saved):
        yield "off", {}


@check(after=who_joins_gets_every_day)
def nobody_joins_without_a_range(api: Api) -> Found:
    """404 for no meeting, 400 for one without a range, in the course's words."""
    wanted = {
        "nowhere": (404, "meeting with url_code: xY7 not found"),
        "no_range": (400, "start and end should be set."),
    }
    for name, (status, words) in wanted.items():
        answer = join(api, "xY7" if name == "nowhere" else made(api, days=False))
        if answer.status != status:
            yield name, said(answer)
        elif answer.json != {"detail": words}:
            yield "words", {"body": answer.body[:200], "wanted": f'{{"detail": "{words}"}}'}


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
    one, other = joined(api, code), joined(api, code)
    answer, again = (api.delete(f"/v1/participants/{one}") for _ in range(2))
    there = {row["id"] for row in rows.holding("name", "meeting_id")}
    if answer.status != 204:
        yield "status", said(answer)
    elif one in there:
        yield "stays", {}
    elif other not in there or len(dates(rows, other)) != 3:
        yield "others", {}
    elif again.status != 404:
        yield "twice", said(again)


@check(after=who_joins_gets_every_day)
def participants_are_shown(api: Api) -> Found:
    """In the order in which they joined, with every field."""
    code = made(api)
    names = [name for name in ("b", "a") if joined(api, code, name)]
    answer = api.get(f"/v1/meetings/{code}")
    shown = (answer.json or {}).get("participants")
    if not shown or not all(isinstance(each, dict) for each in shown):
        yield "lacks", {"body": answer.raised or answer.body[:200]}
    elif [each.get("name") for each in shown] != names:
        yield "order", {"names": [each.get("name") for each in shown]}
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
    for each in (tests, tests_of(LEAVE)):
        for failure in each.failing:
            yield "fails", {"failure": failure}
        if each.sent_instead is not None and not each.failing:
            yield "nobody", {"route": each.route}


@check(after=("ch35/the_ground_is_sound", joining_is_tested))
def the_joining_tests_can_tell(tests: Tests, tests_of: TestsOf) -> Found:
    """A wrong application turns a test red."""
    for each in (tests, tests_of(LEAVE)):
        for wrong in each.fooled_by:
            yield wrong, {}


def reached(project: Shape, route: str) -> bool:
    """The application names the route."""
    return bool(project.asking(route, tests=False))
