"""What chapter 35 asks: tests with a database of their own, and a red one that only the right code turns green."""

from workbook.language import text
from workbook.student.check import Check
from workbook.student.ground import Ground
from workbook.student.probes.plants import RIGHT
from workbook.student.seen import Broken
from workbook.student.testrun import Failure, TestRun, exit_of, suite_database, tests_of, told

MISSED = {
    "saves_nothing": text(
        "Your test still passes when the meeting is never saved: look into the database after the call.",
        "모임을 저장하지 않아도 테스트가 통과해요. 호출한 뒤 데이터베이스를 확인하세요.",
    ),
    "answers_another_code": text(
        "Your test still passes when the answer's url_code is not the saved one: look up that very code.",
        "응답의 url_code가 저장된 것과 달라도 테스트가 통과해요. 바로 그 코드로 찾아보세요.",
    ),
    "saves_two": text(
        "Your test still passes when one request saves two meetings: count the rows.",
        "요청 하나가 모임을 두 개 저장해도 테스트가 통과해요. 행 수를 세세요.",
    ),
    "answers_201": text(
        "Your test still passes when the status is 201: assert that it is 200.",
        "상태 코드가 201이어도 테스트가 통과해요. 200인지 확인하세요.",
    ),
}
"""What to say of a wrong application that no test notices."""


def tests_run(ground: Ground) -> list[str]:
    """Pytest finds tests and runs them to the end."""
    try:
        run = tests_of(ground)
    except Broken as broken:
        return [str(broken)]
    collected = [told(each) for each in run.failures if each.phase == "collect"]
    if collected or run.exit in (0, 1):
        return collected
    return [text(f"pytest: {exit_of(run)}", f"pytest: {exit_of(run)}")]


def tests_keep_off_your_database(ground: Ground) -> list[str]:
    """No test connects to the database that the application uses, and it is as it was."""
    run = _running(ground)
    own = suite_database(ground)
    named = (own, "the database that you develop on")
    refused = [each for each in run.failures if any(name in each.says for name in named)]
    if own in run.databases or refused or not run.kept:
        return [
            text(
                "Your tests use the database that MYSQL_DB names, the one that you develop on.",
                "테스트가 MYSQL_DB의 데이터베이스, 곧 개발에 쓰는 데이터베이스를 써요.",
            )
        ]
    if not any("test" in name for name in run.databases):
        if run.failures:
            raise Broken(told(run.failures[0]))
        return [
            text(
                "No test connects to a database whose name says that it is for tests.",
                "테스트용 이름의 데이터베이스에 연결하는 테스트가 없어요.",
            )
        ]
    return []


def the_ground_is_sound(ground: Ground) -> list[str]:
    """Every test that does not send the chapter's request passes."""
    run = _running(ground)
    if not run.tests:
        raise Broken(text("There is no test yet.", "아직 테스트가 없어요."))
    others = _first_of_each([each for each in run.failures if each.test not in run.senders])
    return [told(each) for each in others]


def a_test_asks_for_the_route(ground: Ground) -> list[str]:
    """A test sends the request; it fails at a missing route, and passes with an application that does what is asked."""
    run = _on_sound_ground(ground)
    if not run.asks_for(ground.path):
        return [nobody_sends(ground, run)]
    found = []
    for test, message in run.planted.get(RIGHT, {}).items():
        if message:
            said = next((line[1:].strip() for line in message.splitlines() if line.startswith("E ")), "")
            if "OperationalError" in message:  # the tables, and not the test, are to blame
                raise Broken(f"{test}: {said}")
            found.append(
                text(
                    f"{test} fails even when the application does what is asked: {said}",
                    f"애플리케이션이 제대로 동작해도 {test}이(가) 실패해요: {said}",
                )
            )
    return found


def the_test_can_tell(ground: Ground) -> list[str]:
    """A wrong application turns a test red."""
    return missed(ground, MISSED)


def missed(ground: Ground, sentences: dict[str, str]) -> list[str]:
    """The sentences of those plants that no test notices."""
    run = _on_sound_ground(ground)
    if not any(message == "" for message in run.planted.get(RIGHT, {}).values()):
        raise Broken(
            text(
                "No test of the route is green with a right application yet.",
                "올바른 앱에서 통과하는 라우트 테스트가 아직 없어요.",
            )
        )
    return [sentence for plant, sentence in sentences.items() if run.misses(plant)]


def nobody_sends(ground: Ground, run: TestRun) -> str:
    """The sentence that says that no test sends the request, and what they send instead."""
    sent = ", ".join(sorted({path for paths in run.senders.values() for path in paths}))
    instead = text(f" They send POST {sent}.", f" 대신 POST {sent}를 보내요.") if sent else ""
    return (
        text(
            f"No test sends POST {ground.path} to the application.",
            f"애플리케이션에 POST {ground.path}를 보내는 테스트가 없어요.",
        )
        + instead
    )


def _on_sound_ground(ground: Ground) -> TestRun:
    """The run, unless other tests fail: then a sentence on this one would blame the wrong thing."""
    run = _running(ground)
    if not run.tests:
        raise Broken(text("There is no test yet.", "아직 테스트가 없어요."))
    if any(each.test not in run.senders and _at_setup(each) for each in run.failures):
        raise Broken(text("Mend the other tests first.", "먼저 다른 테스트를 고치세요."))
    return run


def _at_setup(failure: Failure) -> bool:
    return failure.phase == "setup" or "OperationalError" in failure.message


def _running(ground: Ground) -> TestRun:
    run = tests_of(ground)
    if run.exit not in (0, 1):
        raise Broken(text(f"pytest: {exit_of(run)}", f"pytest: {exit_of(run)}"))
    return run


def _first_of_each(failures: list[Failure]) -> list[Failure]:
    """One failure a test, and one for all that break in the same place."""
    found: dict[tuple[str, str], Failure] = {}
    for each in failures:
        found.setdefault((each.place or each.test, each.says), each)
    return list(found.values())


CHECKS = [
    Check(
        name="tests_run",
        asks=text("pytest finds your tests and runs them", "pytest가 테스트를 찾아 실행해요"),
        why=text("A test that is not run is green for ever.", "실행되지 않는 테스트는 언제까지나 통과해요."),
        see="uv run pytest --collect-only -q",
        hints=(
            text("Which names does pytest look for?", "pytest는 어떤 이름을 찾나요?"),
            text("ch35, 'Three tools'.", "35장 'Three tools'."),
            text(
                'Files test_*.py below app/tests, functions test_…; [tool.pytest.ini_options] asyncio_mode = "auto".',
                'app/tests 아래 test_*.py 파일, test_… 함수, [tool.pytest.ini_options] asyncio_mode = "auto".',
            ),
        ),
        look=tests_run,
    ),
    Check(
        name="tests_keep_off_your_database",
        asks=text("The tests have a database of their own", "테스트 전용 데이터베이스가 있어요"),
        why=text("Tests write and delete as they like.", "테스트는 마음대로 쓰고 지워요."),
        see="SHOW DATABASES;  " + text("while the tests run", "테스트가 도는 동안"),
        hints=(
            text(
                "Where does the tests' configuration get its database from?",
                "테스트 설정의 데이터베이스는 어디서 오나요?",
            ),
            text("ch35, 'A database of the tests' own'.", "35장 'A database of the tests' own'."),
            text(
                'TEST_DB = f"{config.MYSQL_DB}_test", made at the start of the session and dropped at its end.',
                'TEST_DB = f"{config.MYSQL_DB}_test". 세션 시작에 만들고 끝에 지워요.',
            ),
        ),
        look=tests_keep_off_your_database,
    ),
    Check(
        name="the_ground_is_sound",
        asks=text("Every other test passes", "나머지 테스트가 모두 통과해요"),
        why=text(
            "One red test says something only when the ground under it holds.",
            "바탕이 튼튼해야 빨간 테스트 하나가 의미를 가져요.",
        ),
        see="uv run pytest -q",
        hints=(
            text("Run that test alone. Is it green then?", "그 테스트만 실행해 보세요. 통과하나요?"),
            text(
                "ch35, 'One transaction around every test', and its mistakes.",
                "35장 'One transaction around every test'와 실수 페이지.",
            ),
            text("workbook explain knows most of these errors.", "workbook explain이 이런 오류를 대부분 알아요."),
        ),
        look=the_ground_is_sound,
    ),
    Check(
        name="a_test_asks_for_the_route",
        asks=text("A test asks for POST /v1/mysql/meetings", "테스트가 POST /v1/mysql/meetings를 요청해요"),
        why=text(
            "It is red now because the route is missing, and must be green once it is there.",
            "지금은 라우트가 없어서 실패하고, 만들면 통과해야 해요.",
        ),
        see="uv run pytest -q app/tests/apis",
        hints=(
            text("Write the request as a client would send it.", "클라이언트가 보내듯이 요청을 쓰세요."),
            text("ch35, 'Write the test first'.", "35장 'Write the test first'."),
            'response = await client.post("/v1/mysql/meetings"); assert response.status_code == 200',
        ),
        look=a_test_asks_for_the_route,
        lasts=False,
    ),
    Check(
        name="the_test_can_tell",
        asks=text("The test can tell a wrong application from a right one", "테스트가 틀린 앱을 알아채요"),
        why=text(
            "We put wrong applications in the place of yours. A test that is content with them proves nothing.",
            "틀린 앱을 대신 넣어 봤어요. 거기에 만족하는 테스트는 아무것도 증명하지 못해요.",
        ),
        see=text("ch35, 'Is it a good test?'", "35장 'Is it a good test?'"),
        hints=(
            text("What would be true of the world after the call?", "호출한 뒤 세상은 어떻게 달라져야 하나요?"),
            text("ch35, 'Is it a good test?'.", "35장 'Is it a good test?'."),
            "assert await MeetingModel.filter(url_code=url_code).count() == 1  (…all().count() == 1)",
        ),
        look=the_test_can_tell,
        lasts=False,
    ),
]
