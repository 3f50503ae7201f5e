"""How chapter 40 looks: who joins gets every day or nothing, who leaves takes them along, and what reading costs."""

from workbook.student.shape import Shape
from workbook.student.vocabulary import Answer, Api, Found, Rows, Tests, TestsOf, check

DAYS = ["2026-12-30", "2026-12-31", "2027-01-01"]
NO_NAMES = {"null": None, "an empty text": "", "a space": " ", "256 letters": "a" * 256, "a NUL": "a\0b"}
WITH_DAYS = "SELECT table_name FROM information_schema.columns WHERE table_schema = DATABASE() AND column_name = %s"


def made(api: Api) -> str:
    """The code of a new meeting of three days."""
    code = str(api.post("/v1/meetings").json["url_code"])
    api.patch(f"/v1/meetings/{code}/date_range", json={"start_date": DAYS[0], "end_date": DAYS[-1]})
    return code


def join(api: Api, code: str, name: object = "Mina") -> Answer:
    return api.post("/v1/participants", json={"meeting_url_code": code, "name": name})


def people(api: Api, code: str) -> list[dict[str, list[dict[str, object]]]]:
    """Who takes part in a meeting, as its answer says."""
    return list((api.get(f"/v1/meetings/{code}").json or {}).get("participants") or [])


def said(answer: Answer) -> dict[str, object]:
    """Its status and its words, for a sentence."""
    return {"status": answer.status or 500, "said": answer.raised or answer.body[:200]}


@check(after="ch39/a_range_is_set_once")
def every_day_is_joined(api: Api) -> Found:
    """One row a day of the range, each with an id."""
    answer = join(api, made(api))
    days = (answer.json or {}).get("participant_dates") or []
    if answer.status != 200:
        yield "status", said(answer)
    elif [day["date"] for day in days] != DAYS:
        yield "days", {"body": answer.body[:200]}
    elif not all(day.get("id") for day in days):
        yield "ids", {"body": answer.body[:200]}


@check(after=every_day_is_joined)
def joining_is_refused(api: Api) -> Found:
    """No name, no meeting, no range."""
    code, empty = made(api), str(api.post("/v1/meetings").json["url_code"])
    asked = {f"{what} as a name": (join(api, code, name), 422, "") for what, name in NO_NAMES.items()}
    asked["A meeting that is not there"] = join(api, "xY7"), 404, "meeting with url_code: xY7 not found"
    asked["A meeting without a range"] = join(api, empty), 400, "start and end should be set."
    for what, (answer, wanted, words) in asked.items():
        if answer.status != wanted or words not in answer.body:
            yield "let_in", {"what": what, "wanted": f"{wanted} {words}".strip(), **said(answer)}
            return


@check(after=every_day_is_joined)
def nobody_joins_by_half(api: Api, rows: Rows) -> Found:
    """When the days cannot be saved, nobody has joined."""
    code = made(api)
    for (table,) in rows(WITH_DAYS, "starred"):
        rows(f"RENAME TABLE `{table}` TO `workbook_away`")
        join(api, code)
        rows(f"RENAME TABLE `workbook_away` TO `{table}`")
        if people(api, code):
            yield "left", {"table": table}


@check(after=every_day_is_joined)
def participants_are_read(api: Api) -> Found:
    """A meeting tells who takes part, in as many statements for four as for one."""
    one, four = made(api), made(api)
    names = ["Mina", "Ari", "Mina", "Bo"]
    for code, name in [(one, "Mina"), *((four, name) for name in names)]:
        join(api, code, name)
    days = [day for each in people(api, one) for day in each["dates"]]
    if [each["name"] for each in people(api, four)] != names:
        yield "names", {"wanted": ", ".join(names), "body": people(api, four)}
    elif [(day["date"], day["enabled"], day["starred"]) for day in days] != [(day, True, False) for day in DAYS]:
        yield "days", {"body": days}
    counted = [len(api.get(f"/v1/meetings/{code}").statements) for code in (one, four)]
    if counted[0] != counted[1]:
        yield "grows", {"one": counted[0], "four": counted[1]}


@check(after=participants_are_read)
def leaving_takes_the_days(api: Api, rows: Rows) -> Found:
    """A participant goes with their days, and nobody else does."""
    code = made(api)
    gone, stays = [join(api, code).json["participant_id"] for _ in range(2)]
    first, again = [api.delete(f"/v1/participants/{gone}") for _ in range(2)]
    if first.status != 204:
        yield "status", said(first)
    elif [each["id"] for each in people(api, code)] != [stays]:
        yield "others", {"body": people(api, code)}
    elif any(row["participant_id"] == gone for row in rows.holding("participant_id", "date")):
        yield "left", {}
    elif again.status != 404 or f"participant with id: {gone} not found" not in again.body:
        yield "unknown", {"id": gone, **said(again)}


@check(after=("ch35/tests_run", "ch35/the_ground_is_sound"))
def participants_are_tested(tests: Tests, tests_of: TestsOf) -> Found:
    """The tests of both routes pass, and a wrong application turns one red."""
    for each in (tests, tests_of("DELETE /v1/participants/{participant_id}")):
        for failure in each.failing:
            yield "fails", {"failure": failure}
        if each.failing:
            continue
        if each.sent_instead is not None:
            yield "nobody", {"route": each.route}
        for test, message in each.never_green.items():
            yield "never_green", {"test": test, "said": message}
        for wrong in each.fooled_by:
            yield wrong, {}


def reached(project: Shape, route: str) -> bool:
    """The application names the route."""
    return bool(project.asking(route, tests=False))
