"""How chapter 36 looks: a route that saves a meeting under a code of its own, and tests that would notice otherwise."""

import re
from dataclasses import dataclass

from workbook.student.shape import Shape
from workbook.student.vocabulary import Answer, Api, Found, Rows, Tests, check, fooled, look, untested

ONE = 0x6F1D3C5A9B2E4D7F8A1C0E5B7D9F2A46
EDGES = (62, 62**2, 62**5 + 61, 2**128 - 1, 2**127 - 1, ONE)
"""UUIDs at which a conversion to base 62 goes wrong first: a digit more, all digits, and two that end alike."""
LIKE = (*(ONE ^ 1 << bit for bit in (*range(0, 128, 8), 127)), ONE + 62**21, ONE // 62 * 62 + 12, ONE // 62 * 62 + 38)
"""UUIDs that differ in a bit, in the highest digit of base 62, and in the last one: letters of another case."""
SHORTEST, WHOLE = 8, 21
"""A code of fewer letters can be guessed; one that is made of all of a UUID has at least so many."""


@dataclass(frozen=True)
class Posted:
    """Three requests, the codes that were answered, and those that were saved then."""

    answers: list[Answer]
    codes: list[str]
    saved: set[str]


@look
def posted(api: Api, rows: Rows, route: str) -> Posted:
    """Create meetings as a client does."""
    answers = [api.post(route.partition(" ")[2]) for _ in range(3)]
    codes = [code for answer in answers if (code := code_of(answer))]
    return Posted(answers, codes, {row["url_code"] for row in rows.holding("url_code")})


@look
def coded(posted: Posted, api: Api, rows: Rows, route: str) -> list[tuple[int, Answer]]:
    """What is answered for each UUID, each time as the first meeting; for one of them, and for none (0), once more."""
    found = []
    for number in (*EDGES, *LIKE, ONE, 0):
        rows.empty("url_code")
        found.append((number, api.post(route.partition(" ")[2], uuids=[number] if number else ())))
    return found


def code_of(answer: Answer) -> str | None:
    """The answer's code, when it is one; None for anything else."""
    code = answer.json.get("url_code") if isinstance(answer.json, dict) else None
    good = answer.status == 200 and isinstance(code, str) and re.fullmatch(r"[0-9A-Za-z]{1,22}", code)
    return code if good else None


@check(after="ch33/application_describes_itself", broken="broken")
def post_answers_a_code(posted: Posted, api: Api, route: str) -> Found:
    """`POST` answers 200 with a `url_code` of letters and digits."""
    wrong = next((answer for answer in posted.answers if code_of(answer) is None), None)
    if wrong and wrong.raised:
        yield "broken", {"said": wrong.raised}
    elif wrong and wrong.status == 404:
        yield "not_there", {"route": route, "paths": ", ".join(api.paths) or "-"}
    elif wrong and wrong.status != 200:
        yield "status", {"route": route, "status": wrong.status, "body": wrong.body[:200]}
    elif wrong:
        yield "no_code", {"route": route, "body": wrong.body[:200]}


@check(after=post_answers_a_code)
def each_post_saves_one(posted: Posted) -> Found:
    """Three requests leave three rows, each with the code that was answered."""
    lost = [code for code in posted.codes if code not in posted.saved]
    more = sorted(posted.saved - set(posted.codes))
    if len(set(posted.codes)) < len(posted.codes):
        yield "same", {}
    elif lost:
        yield "lost", {"code": lost[0]}
    elif more:
        yield "more", {"code": more[0]}


def lost(coded: list[tuple[int, Answer]]) -> Found:
    """What of a UUID a code does not hold. That it is made of one is known by the same code for the same one."""
    of: dict[str, int] = {}
    for number, answer in [each for each in coded[:-2] if each[1].taken]:
        code = code_of(answer)
        if code is None:
            yield "edge", {"number": number, "said": answer.raised or answer.body[:200]}
        elif of.setdefault(code, number) != number:
            yield "alike", {"one": of[code], "other": number, "code": code}
        elif number == ONE and code == code_of(coded[-2][1]) and len(code) < WHOLE:
            yield "cut", {"number": number, "code": code, "letters": len(code)}


@check(after=post_answers_a_code)
def codes_hold_at_the_edges(posted: Posted, coded: list[tuple[int, Answer]]) -> Found:
    """Every UUID becomes a code of its own, and no code leads to the next."""
    one, other, third = posted.codes
    alike = [sum(map(str.__eq__, *pair)) for pair in ((one, other), (other, third))]
    if found := next(lost(coded), None):
        yield found
    elif min(map(len, posted.codes)) < SHORTEST or max(alike) > len(one) / 2:
        yield "guessed", {"one": one, "other": other}
    elif code_of(coded[-1][1]) == one:
        yield "foretold", {"code": one}


@check(after="ch35/tests_run")
def tests_are_green(tests: Tests) -> Found:
    """All tests of the route pass, and one of them sends the request."""
    return untested(tests, elsewhere="elsewhere")


@check(after=("ch35/the_ground_is_sound", tests_are_green))
def the_tests_can_tell(tests: Tests) -> Found:
    """A wrong application turns a test red: all that chapter 35 asks, and a code that is given twice."""
    return fooled(tests)


def reached(project: Shape, route: str) -> bool:
    """The application names the route."""
    return bool(project.asking(route, tests=False))
