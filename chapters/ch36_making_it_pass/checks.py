"""What chapter 36 asks: a route that saves a meeting under a code of its own, and tests that would notice otherwise."""

import json
import re
from pathlib import Path
from typing import Any

from workbook.language import text
from workbook.login import cursor, quoted
from workbook.student.check import Check, checks_of
from workbook.student.ground import Ground
from workbook.student.seen import Broken, Seen, sentence
from workbook.student.testrun import exit_of, models_database, tests_of, told

CODE = re.compile(r"[0-9A-Za-z]{1,22}")
MISSED = {
    "same_code_twice": text(
        "Your tests still pass when every meeting gets the same code: create more than one.",
        "모든 모임이 같은 코드를 받아도 테스트가 통과해요. 두 개 이상 만들어 보세요.",
    ),
}


def post_answers_a_code(ground: Ground) -> list[str]:
    """`POST` answers 200 with a `url_code` of letters and digits, and nothing else."""
    for answer in _answers(ground):
        if answer.get("error"):
            return [sentence(answer["error"])]
        if answer["status"] == 404:
            paths = ", ".join(_posted(ground).first("paths") or []) or text("none", "없음")
            return [
                text(
                    f"POST {ground.path} answers 404. The application's paths: {paths}.",
                    f"POST {ground.path}의 응답이 404예요. 앱의 경로: {paths}.",
                )
            ]
        if answer["status"] != 200:
            return [
                text(
                    f"POST {ground.path} answers {answer['status']}, not 200: {answer['body'][:200]}",
                    f"POST {ground.path}의 응답이 200이 아니라 {answer['status']}이에요: {answer['body'][:200]}",
                )
            ]
        if _code(answer) is None:
            return [
                text(
                    f"POST {ground.path} answers {answer['body'][:200]}, no url_code of 1 to 22 letters and digits.",
                    f"POST {ground.path}의 응답 {answer['body'][:200]}에 글자와 숫자 1~22자의 url_code가 없어요.",
                )
            ]
    return []


def each_post_saves_one(ground: Ground) -> list[str]:
    """Three requests leave three rows, each with the code that was answered."""
    codes = [_code(answer) for answer in _answers(ground)]
    if None in codes:
        raise Broken(text("The route does not answer a url_code yet.", "라우트가 아직 url_code를 답하지 않아요."))
    saved = _saved(ground)
    answered = [str(code) for code in codes] + [str(code) for code in map(_code, _posted(ground).all("edge")) if code]
    found = []
    if len(set(codes)) < len(codes):
        found.append(text("Two requests were answered with the same url_code.", "두 요청이 같은 url_code를 받았어요."))
    lost = [code for code in answered if code not in saved]
    if lost:
        found.append(
            text(
                f"The url_code {lost[0]} was answered, and no row has it.",
                f"url_code {lost[0]}을(를) 답했는데 그런 행이 없어요.",
            )
        )
    more = [code for code in saved if code not in answered]
    if more and not lost and not found:
        found.append(
            text(
                f"A request saved a row that it did not answer: {more[0]}.", f"답하지 않은 행을 저장했어요: {more[0]}."
            )
        )
    return found


def codes_hold_at_the_edges(ground: Ground) -> list[str]:
    """Also for the UUIDs at which a conversion to base 62 goes wrong first."""
    if any(_code(answer) is None for answer in _answers(ground)):
        raise Broken(text("The route does not answer a url_code yet.", "라우트가 아직 url_code를 답하지 않아요."))
    for answer in _posted(ground).all("edge"):
        if answer["taken"] and _code(answer) is None:
            said = sentence(answer["error"]) if answer.get("error") else answer["body"][:200]
            return [
                text(
                    f"A meeting whose UUID is {answer['edge']} as a number is not created: {said}",
                    f"UUID가 숫자로 {answer['edge']}인 모임이 만들어지지 않아요: {said}",
                )
            ]
    return []


def tests_are_green(ground: Ground) -> list[str]:
    """All tests pass, and one of them sends the request."""
    run = tests_of(ground)
    if run.exit not in (0, 1):
        raise Broken(f"pytest: {exit_of(run)}")
    failing = [told(each) for each in run.failures if each.test in run.senders]
    if not run.asks_for(ground.path) and not failing:
        said: str = _of_ch35()["nobody_sends"](ground, run)
        return [said]
    return failing


def the_tests_can_tell(ground: Ground) -> list[str]:
    """A wrong application turns a test red: all that chapter 35 asks, and a code that is given twice."""
    run = tests_of(ground)
    if run.exit not in (0, 1):
        raise Broken(f"pytest: {exit_of(run)}")
    if run.failures:
        raise Broken(text("First make all tests green.", "먼저 모든 테스트를 통과시키세요."))
    sentences: dict[str, str] = _of_ch35()["MISSED"] | MISSED
    return [said for plant, said in sentences.items() if run.misses(plant)]


def _of_ch35() -> dict[str, Any]:
    """What chapter 35's checks are made of: the test is the same, and so are the sentences."""
    folder = next(Path(__file__).parents[1].glob("ch35_*"))
    [look] = [check.look for check in checks_of("ch35", folder) if check.name == "the_test_can_tell"]
    return look.__globals__


def _posted(ground: Ground) -> Seen:
    if ground.own.error:
        raise Broken(sentence(ground.own.error))
    tables = ground.probe("schema", **models_database(ground))
    if not tables.first("migrated"):
        raise Broken(text("The migrations do not build the tables.", "마이그레이션이 테이블을 만들지 못해요."))
    return ground.probe("post")


def _answers(ground: Ground) -> list[dict[str, Any]]:
    seen = _posted(ground)
    answers = [line["posted"] for line in seen.all("posted")]
    if not answers:
        raise Broken(sentence(seen.error) if seen.error else text("There is no application.", "애플리케이션이 없어요."))
    return answers


def _code(answer: dict[str, Any]) -> str | None:
    """The answer's code, when it is one; None for anything else."""
    try:
        code = json.loads(answer["body"])["url_code"]
    except (ValueError, KeyError, TypeError):
        return None
    good = answer["status"] == 200 and isinstance(code, str) and CODE.fullmatch(code)
    return code if good else None


def _saved(ground: Ground) -> list[str]:
    with cursor(ground.server, ground.database) as ask:
        ask.execute(
            "SELECT table_name FROM information_schema.columns WHERE table_schema = %s AND column_name = 'url_code'",
            (ground.database,),
        )
        row = ask.fetchone()
        if row is None:
            raise Broken(text("No table has a url_code.", "url_code가 있는 테이블이 없어요."))
        ask.execute(f"SELECT url_code FROM {quoted(str(row[0]))}")
        return [str(code) for (code,) in ask.fetchall()]


CHECKS = [
    Check(
        name="post_answers_a_code",
        asks=text(
            "POST /v1/mysql/meetings answers 200 and a url_code", "POST /v1/mysql/meetings가 200과 url_code를 답해요"
        ),
        why=text("It is what every client of the course sends first.", "모든 클라이언트가 맨 먼저 보내는 요청이에요."),
        see="curl -s -X POST http://127.0.0.1:8000/v1/mysql/meetings",
        hints=(
            text("Which paths does the application itself say it has?", "앱 스스로는 어떤 경로가 있다고 하나요?"),
            text(
                "ch36, 'Make it pass', from '404: nobody listens there'.",
                "36장 'Make it pass'의 '404: nobody listens there'부터.",
            ),
            text(
                'A router with prefix="/v1/mysql/meetings", a @router.post("") that returns a DTO with url_code, and '
                "app.include_router(…) in app/main.py.",
                'prefix="/v1/mysql/meetings"인 라우터, url_code가 있는 DTO를 돌려주는 @router.post(""), '
                "app/main.py의 app.include_router(…).",
            ),
        ),
        look=post_answers_a_code,
    ),
    Check(
        name="each_post_saves_one",
        asks=text(
            "Each request saves one meeting, under the code it answers", "요청마다 답한 코드로 모임 하나를 저장해요"
        ),
        why=text("A link that leads to no row leads nowhere.", "행이 없는 링크는 아무 데도 이어지지 않아요."),
        see="SELECT id, url_code, created_at FROM meetings;",
        hints=(
            text("An object in Python is not a row in MySQL.", "파이썬 객체는 MySQL의 행이 아니에요."),
            text("ch36, '0 == 1: somebody has to save it'.", "36장 '0 == 1: somebody has to save it'."),
            "return await MeetingModel.create_meeting(Base62.encode(uuid.uuid4().int))",
        ),
        look=each_post_saves_one,
    ),
    Check(
        name="codes_hold_at_the_edges",
        asks=text("Every UUID becomes a code", "어떤 UUID도 코드가 돼요"),
        why=text(
            "An off-by-one error here is one meeting in some hundreds.",
            "여기서 하나 어긋나면 수백 개 중 하나의 모임이 실패해요.",
        ),
        see='uv run python -c "from app.utils.base62 import Base62; print(Base62.encode(62))"',
        hints=(
            text("What is left over when the number is exactly 62?", "숫자가 딱 62일 때 무엇이 남나요?"),
            text("ch36, 'Base62 at its edges'.", "36장 'Base62 at its edges'."),
            "while number >= len(DIGITS): number, remainder = divmod(number, len(DIGITS))",
        ),
        look=codes_hold_at_the_edges,
    ),
    Check(
        name="tests_are_green",
        asks=text("The tests of the route are green", "라우트의 테스트가 통과해요"),
        why=text(
            "The red test of chapter 35 was the order; this is the delivery.",
            "35장의 빨간 테스트가 주문이라면 이것은 납품이에요.",
        ),
        see="uv run pytest -q",
        hints=(
            text(
                "Read the message, change the smallest thing that changes it.",
                "메시지를 읽고, 그것을 바꾸는 가장 작은 것을 고치세요.",
            ),
            text("ch36, 'Make it pass', message by message.", "36장 'Make it pass'를 메시지별로."),
            text(
                "Is the path in the test the path of the route, without a slash at its end?",
                "테스트의 경로가 라우트의 경로와 같고 끝에 슬래시가 없나요?",
            ),
        ),
        look=tests_are_green,
    ),
    Check(
        name="the_tests_can_tell",
        asks=text("The tests can tell a wrong application from a right one", "테스트가 틀린 앱을 알아채요"),
        why=text(
            "We put wrong applications in the place of yours. A test that is content with them proves nothing.",
            "틀린 앱을 대신 넣어 봤어요. 거기에 만족하는 테스트는 아무것도 증명하지 못해요.",
        ),
        see=text("ch36, 'Test what you have claimed'", "36장 'Test what you have claimed'"),
        hints=(
            text("What could be wrong and still look right to the test?", "무엇이 틀려도 테스트에는 맞아 보일까요?"),
            text(
                "ch35, 'Is it a good test?'; ch36, 'Test what you have claimed'.",
                "35장 'Is it a good test?', 36장 'Test what you have claimed'.",
            ),
            'saved = await MeetingModel.all().order_by("id").values("url_code"); assert saved == answers',
        ),
        look=the_tests_can_tell,
    ),
]
