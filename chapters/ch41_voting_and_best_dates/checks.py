"""How chapter 41 looks: what each vote does to a day, whose day it may be, and which days are the best."""

from workbook.student.shape import Shape
from workbook.student.vocabulary import Answer, Api, Broken, Found, TestsOf, check, fooled, said, untested

VOTE, READ = "PATCH /v1/participant_dates/{vote}", "GET /v1/meetings/{url_code}"
DATES = ["2026-12-30", "2026-12-31", "2027-01-01", "2027-01-02"]
CAN, BEST, CANNOT = (True, False), (True, True), (False, False)
WORDS = [("star", BEST), ("on", BEST), ("off", CANNOT), ("unstar", CANNOT), ("star", BEST), ("unstar", CAN)]
LAST = [("off", CANNOT), ("on", CAN)]
ELECTIONS = [  # what a wrong answer is a sign of, who says what of which day, and the days that are then the best
    ("earliest", [], [0, 1, 2]),
    ("people", [("off", 0, 0)], [1, 2, 3]),
    ("stars", [("star", 1, 3)], [3, 1, 2]),
    ("people", [("star", 1, 0), ("star", 2, 0)], [3, 1, 2]),
    ("impossible", [("off", who, day) for who in range(3) for day in range(3)], [3]),
]


def made(api: Api) -> str:
    """The code of a new meeting of four days."""
    code = str(api.post("/v1/meetings").json["url_code"])
    api.patch(f"/v1/meetings/{code}/date_range", json={"start_date": DATES[0], "end_date": DATES[-1]})
    return code


def joined(api: Api, code: str) -> list[int]:
    """The numbers of the days of a new participant."""
    answer = api.post("/v1/participants", json={"meeting_url_code": code, "name": "Mina"})
    if answer.status != 200:
        raise Broken(answer.raised or answer.body[:200])
    return [each["id"] for each in answer.json["participant_dates"]]


def vote(api: Api, word: str, code: str, day: int) -> Answer:
    """Vote as a client does."""
    return api.patch(f"/v1/participant_dates/{word}", json={"participant_date_id": day, "meeting_url_code": code})


def votes(api: Api, code: str) -> list[tuple[bool, bool]]:
    """What the meeting says of each day of each participant."""
    days = [day for each in api.get(f"/v1/meetings/{code}").json["participants"] for day in each["dates"]]
    return [(day["enabled"], day["starred"]) for day in days]


@check(after=("ch38/a_meeting_is_read", "ch39/a_range_is_set_once"))
def each_word_does_its_own(api: Api) -> Found:
    """Two of the same change one day, once, and answer the meeting."""
    code = made(api)
    day = joined(api, code)[1]
    for word, wanted in WORDS + LAST:
        for name, answer in [("status", vote(api, word, code, day)), ("again", vote(api, word, code, day))]:
            if answer.status != 200:
                yield name, {"word": word, **said(answer)}
                return
        if (found := votes(api, code)) != [CAN, wanted, CAN, CAN]:
            values = {"word": word, "enabled": found[1][0], "starred": found[1][1]}
            yield "others" if found[1] == wanted else "does", values
            return


@check(after=each_word_does_its_own)
def a_day_of_another_meeting_is_404(api: Api) -> Found:
    """It changes nothing, and neither does a day or a meeting that is not there."""
    one, other = made(api), made(api)
    mine, theirs = joined(api, one)[0], joined(api, other)[0]
    for code, day in ((one, theirs), (one, 0), ("xY7", mine)):
        answer, what = vote(api, "off", code, day), f"participant date with id: {day}"
        wanted = f"{what if code == one else f'meeting with url_code: {code}'} not found"
        if answer.status != 404:
            yield "let_in", {"what": wanted, **said(answer)}
        elif votes(api, one) + votes(api, other) != [CAN] * 8:
            yield "changed", {}
        elif answer.fields.get("detail") != wanted:
            yield "words", {"body": answer.body[:200], "wanted": wanted}


@check(after=each_word_does_its_own)
def the_best_dates_are_named(api: Api) -> Found:
    """Most who can come, then most stars, then the earliest; at most three."""
    code = made(api)
    if (best := api.get(f"/v1/meetings/{code}").json.get("best_dates")) != []:
        yield "lacks" if best is None else "nobody", {"found": best}
        return
    days = [joined(api, code) for who in range(3)]
    for name, ballots, wanted in ELECTIONS:
        for word, who, day in ballots:
            vote(api, word, code, days[who][day])
        best = api.get(f"/v1/meetings/{code}").json["best_dates"]
        if best != [DATES[day] for day in wanted]:
            yield name, {"found": ", ".join(best), "wanted": ", ".join(DATES[day] for day in wanted)}
            return


@check(after="ch35/tests_run")
def voting_is_tested(tests_of: TestsOf) -> Found:
    """The tests of the votes pass, and there are some."""
    return untested(tests_of(VOTE))


@check(after=("ch35/the_ground_is_sound", voting_is_tested))
def the_voting_tests_can_tell(tests_of: TestsOf) -> Found:
    """A wrong application turns a test red; of those for the reading, only this chapter's count here."""
    return fooled(tests_of(VOTE), tests_of(READ))


@check(after=each_word_does_its_own)
def what_goes_wrong_is_described(api: Api, route: str) -> Found:
    """The description has a 404, or all of 4XX, for the vote."""
    paths = api.get(api.description).fields.get("paths", {})
    told = {status for path in paths if "participant_date" in path for status in paths[path]["patch"]["responses"]}
    if not told & {"404", "4XX", "default"}:
        yield "undescribed", {"route": route, "told": ", ".join(sorted(told))}


def reached(project: Shape, route: str) -> bool:
    """The application names the route, whatever the word at its end."""
    return bool(project.asking(VOTE, tests=False))
