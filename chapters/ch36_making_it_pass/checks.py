"""How chapter 36 looks: a route that saves a meeting under a code of its own, and tests that would notice otherwise."""

import re
from dataclasses import dataclass

from workbook.student.shape import Shape
from workbook.student.vocabulary import Answer, Api, Found, Rows, Tests, check, look

EDGES = (62, 62**2, 62**5 + 61, 2**128 - 1, 2**127 - 1)
"""UUIDs at which a conversion to base 62 goes wrong first: a digit more, all digits, and two that end alike."""
SHORTEST, LEAST = 8, 4
"""A code of fewer letters, or with fewer that differ from the one before, can be guessed."""


@dataclass(frozen=True)
class Posted:
    """Three requests, and one for each UUID at an edge, with the codes that were answered; None where none was."""

    answers: list[Answer]
    edges: dict[int, Answer]

    @property
    def codes(self) -> list[str]:
        """The codes of the three."""
        return [code for answer in self.answers if (code := code_of(answer))]

    @property
    def all(self) -> set[str]:
        """All codes that were answered."""
        return {code for answer in [*self.answers, *self.edges.values()] if (code := code_of(answer))}


@look
def posted(api: Api, route: str) -> Posted:
    """Create meetings as a client does."""
    path = route.partition(" ")[2]
    return Posted([api.post(path) for _ in range(3)], {edge: api.post(path, uuids=[edge]) for edge in EDGES})


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
def each_post_saves_one(posted: Posted, rows: Rows) -> Found:
    """Three requests leave three rows, each with the code that was answered."""
    table = rows(
        "SELECT table_name FROM information_schema.columns WHERE table_schema = DATABASE() AND column_name = 'url_code'"
    )
    saved = {code for (name,) in table for (code,) in rows(f"SELECT url_code FROM {name}")}
    lost = [code for code in (*posted.codes, *sorted(posted.all)) if code not in saved]
    more = sorted(saved - posted.all)
    if len(set(posted.codes)) < len(posted.codes):
        yield "same", {}
    elif lost:
        yield "lost", {"code": lost[0]}
    elif more:
        yield "more", {"code": more[0]}


@check(after=post_answers_a_code)
def codes_hold_at_the_edges(posted: Posted) -> Found:
    """Every UUID becomes a code of its own, and no code leads to the next."""
    for edge, answer in posted.edges.items():
        if answer.taken and code_of(answer) is None:
            yield "edge", {"number": edge, "said": answer.raised or answer.body[:200]}
            return
    one, other, *_ = posted.codes
    differing = sum(a != b for a, b in zip(one, other, strict=True)) if len(one) == len(other) else len(one)
    if min(map(len, posted.codes)) < SHORTEST or differing < LEAST:
        yield "guessed", {"one": one, "other": other}


@check(after="ch35/tests_run")
def tests_are_green(tests: Tests) -> Found:
    """All tests of the route pass, and one of them sends the request."""
    for failure in tests.failing:
        yield "fails", {"failure": failure}
    if tests.sent_instead is not None and not tests.failing:
        yield "elsewhere" if tests.sent_instead else "nobody", {"route": tests.route, "sent": tests.sent_instead}


@check(after=("ch35/the_ground_is_sound", tests_are_green))
def the_tests_can_tell(tests: Tests) -> Found:
    """A wrong application turns a test red: all that chapter 35 asks, and a code that is given twice."""
    for test, said in tests.never_green.items():
        yield "never_green", {"test": test, "said": said}
    for wrong in tests.fooled_by:
        yield wrong, {}


def reached(project: Shape, route: str) -> bool:
    """The application names the route."""
    return bool(project.asking(route, tests=False))
