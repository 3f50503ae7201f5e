"""What chapter 37 asks: a workflow that tests every push on a real MySQL, and that is red when it should be."""

import re
from typing import Any

from workbook.ci.rehearsal import Outcome, name_of
from workbook.ci.service import mentions_mysql, mysql_service
from workbook.language import text
from workbook.student import gitrepo, pipeline
from workbook.student.check import Check
from workbook.student.ground import TEST_SECONDS, Ground
from workbook.student.seen import Broken

HERE, THERE = "Asia/Seoul", "UTC"
CONTROL = re.compile(r"[|&;<>`(]|\bif\b|\btrap\b|\bset\b")
"""What lets a script answer a failing test and a broken import differently."""
START = re.compile(r"\b(systemctl|service)\b.*\bmysqld?\b|/etc/init\.d/mysql")
REASON = re.compile(r"E  .*Error|[\w.]+(Error|Exception): |ERROR \d+ \(|(error|fatal|Error): |FAILED |Usage: ")
TOTAL = re.compile(r"^TOTAL\s.*\d%")
TEST_ROW = re.compile(r"^(?P<file>\S*\b(?:test_\w+|\w+_test|conftest)\.py)\s+\d+\b.*\d%")


def workflow_is_read(ground: Ground) -> list[str]:
    """A workflow is committed where GitHub looks, and GitHub would take it."""
    try:
        pipeline.workflow_of(ground)
    except Broken as broken:
        return [str(broken)]
    return []


def pushes_start_it(ground: Ground) -> list[str]:
    """A push to the main branch, or a pull request, starts it."""
    on: Any = pipeline.workflow_of(ground).content.get("on")
    events = {on: None} if isinstance(on, str) else dict.fromkeys(on) if isinstance(on, list) else dict(on or {})
    if "push" in events or "pull_request" in events:
        return []
    named = ", ".join(map(str, events))
    return [
        text(
            f"Neither a push nor a pull request starts it, only: {named}.", f"push로도 PR로도 시작되지 않아요: {named}."
        )
    ]


def mysql_is_waited_for(ground: Ground) -> list[str]:
    """A job has a MySQL: a service that the steps wait for and can reach, or the preinstalled one, started."""
    plan = pipeline.workflow_of(ground)
    jobs = [job for job in plan.jobs.values() if mentions_mysql(job, plan.content.get("env") or {})]
    for job in jobs:
        service = mysql_service(job)
        if service is None:
            continue
        if service.refusal:
            return [
                text(
                    f"The container {service.image} would stop at once. {service.refusal}",
                    f"{service.image} 컨테이너가 바로 멈춰요. {service.refusal}",
                )
            ]
        found = []
        if not service.health:
            found.append(
                text(
                    f"The service {service.name} has no --health-cmd: the steps may start before MySQL answers.",
                    f"서비스 {service.name}에 --health-cmd가 없어요. MySQL이 답하기 전에 스텝이 시작될 수 있어요.",
                )
            )
        if not service.ports:
            found.append(
                text(
                    f"The service {service.name} publishes no port such as 3306:3306, so no step can reach it.",
                    f"서비스 {service.name}이 3306:3306 같은 포트를 열지 않아서 어떤 스텝도 접속할 수 없어요.",
                )
            )
        return found
    if any(START.search(str(step.get("run", ""))) for job in jobs for step in job["steps"]):
        return []
    return [
        text(
            "No job has a MySQL: neither as a service, nor the one that GitHub's machines have installed, started.",
            "MySQL이 있는 job이 없어요. 서비스도 없고, GitHub에 미리 설치된 MySQL을 켜지도 않아요.",
        )
    ]


def job_is_green(ground: Ground) -> list[str]:
    """What is committed passes, and the tests were run."""
    outcomes = pipeline.as_committed(ground)
    red = next((outcome for outcome in outcomes if not outcome.passed), None)
    if red is not None:
        return [_red(red)]
    if _testing(outcomes) is None:
        return [
            text(
                "The workflow is green and runs no test: one of ours that we put beside yours was not run.",
                "워크플로는 통과하지만 테스트를 실행하지 않아요. 옆에 넣어 본 테스트가 실행되지 않았어요.",
            )
        ]
    return []


def red_tests_are_red(ground: Ground) -> list[str]:
    """A failing test fails the step that runs it; so does an application that cannot be imported."""
    step = _green_step(ground)
    failing = _swallowed(pipeline.with_a_failing_test(ground), step)
    if failing is not None:
        return [
            text(
                f"A test fails, and the step “{step[2]}” stays green{failing}: something swallows pytest's exit code.",
                f"테스트가 실패해도 “{step[2]}” 스텝은 초록이에요{failing}. 무언가가 pytest의 종료 코드를 삼켜요.",
            )
        ]
    if "pytest" in step[3] and not CONTROL.search(step[3]):
        return []
    broken = _swallowed(pipeline.with_a_broken_application(ground), step)
    if broken is not None:
        return [
            text(
                f"The application cannot be imported, and the step “{step[2]}” stays green{broken}: "
                "something hides the error.",
                f"앱을 import할 수 없는데도 “{step[2]}” 스텝은 초록이에요{broken}. 무언가가 에러를 숨겨요.",
            )
        ]
    return []


def forgotten_migration_is_red(ground: Ground) -> list[str]:
    """A model without its migration turns a job red."""
    _green_step(ground)
    if all(outcome.passed for outcome in pipeline.with_a_forgotten_migration(ground)):
        return [
            text(
                "We added a model without a migration, and the workflow stayed green.",
                "마이그레이션 없이 모델을 추가했는데 워크플로가 초록이에요.",
            )
        ]
    return []


def coverage_is_of_the_application(ground: Ground) -> list[str]:
    """The job reports coverage: of every module of the application, and not of the tests."""
    _green_step(ground)
    lines = [line.strip() for outcome in pipeline.as_committed(ground) for line in outcome.lines]
    if not any(TOTAL.match(line) for line in lines):
        return [text("No step prints a coverage report.", "커버리지 보고서를 출력하는 스텝이 없어요.")]
    found = []
    tests = [row["file"] for row in map(TEST_ROW.match, lines) if row and pipeline.TEST not in row["file"]]
    if tests:
        found.append(
            text(
                f"The report counts the tests themselves ({tests[0]}), which run whenever tests run.",
                f"보고서가 테스트 자신({tests[0]})도 세요. 테스트 코드는 항상 실행돼요.",
            )
        )
    if not any(f"{pipeline.MODULE} " in line for line in lines):
        found.append(
            text(
                "We added a module that nobody imports, and the report does not show it.",
                "아무도 import하지 않는 모듈을 추가했는데 보고서에 나오지 않아요.",
            )
        )
    return found


def any_clock_will_do(ground: Ground) -> list[str]:
    """The tests say the same on a machine in UTC and on one in Korea."""
    _green_step(ground)  # GitHub's machines live in UTC, and so did the job
    failed = _failing(ground, HERE)
    only = failed - _failing(ground, THERE) if failed else set()
    return [
        text(
            f"{test} passes on a machine in {THERE} and fails on one in {HERE}.",
            f"{test}: {THERE} 시간대에서는 통과하고 {HERE}에서는 실패해요.",
        )
        for test in sorted(only)
    ]


def readme_tells_the_way(ground: Ground) -> list[str]:
    """A committed README names the commands that serve the application, test it, and build its tables."""
    files = gitrepo.run(ground.project, "ls-files", "--", ":(icase)README*", check=False).split()
    if not files:
        return [text("No README is committed.", "커밋된 README가 없어요.")]
    said = (ground.project / files[0]).read_text(encoding="utf-8", errors="replace")
    wanted = {
        text("to run the application", "앱 실행"): r"uvicorn|fastapi (run|dev)",
        text("to run the tests", "테스트 실행"): r"pytest|make test",
        text("to build the tables", "테이블 생성"): r"aerich upgrade|tortoise .*(upgrade|migrate)",
    }
    lacking = ", ".join(name for name, pattern in wanted.items() if not re.search(pattern, said))
    if not lacking:
        return []
    return [text(f"{files[0]} names no command {lacking}.", f"{files[0]}에 명령이 없어요: {lacking}.")]


def _red(outcome: Outcome) -> str:
    """Why a job is red, in a sentence: the step, and the line that tells the most."""
    if outcome.result == "":
        return text(
            f"The job {outcome.job} fails: {outcome.why or '?'}.",
            f"{outcome.job} job이 실패해요: {outcome.why or '?'}.",
        )
    said = outcome.said.get(outcome.red_by if outcome.red_by is not None else -1, [])
    reasons = [line.strip() for line in said if REASON.match(line.strip())] or [line for line in said if line.strip()]
    because = f": {reasons[0][:200]}" if reasons else ""
    step = outcome.failed or outcome.job
    return text(f"The job is red at the step “{step}”{because}", f"“{step}” 스텝에서 실패해요{because}")


def _testing(outcomes: list[Outcome]) -> tuple[str, int] | None:
    """The job and the place of the step that runs the tests."""
    return next(((each.job, each.reached) for each in outcomes if each.reached is not None), None)


def _green_step(ground: Ground) -> tuple[str, int, str, str]:
    """Where the tests run in a workflow that is green as it is committed: job, place, name, script.

    Raises:
        Broken: it is red, or runs none; what is planted in it would say nothing.
    """
    outcomes = pipeline.as_committed(ground)
    where = _testing(outcomes)
    if where is None or not all(outcome.passed for outcome in outcomes):
        raise Broken(text("First the job must be green.", "먼저 job이 통과해야 해요."))
    step = pipeline.workflow_of(ground).jobs[where[0]]["steps"][where[1]]
    return (*where, name_of(step), str(step.get("run", "")))


def _swallowed(outcomes: list[Outcome], step: tuple[str, int, str, str]) -> str | None:
    """None when the job went red no later than at the step that runs the tests; else what to add to the sentence."""
    job = next((outcome for outcome in outcomes if outcome.job == step[0]), None)
    if job is None or (not job.passed and (job.red_by is None or job.red_by <= step[1])):
        return None
    if job.passed:
        return ""
    return text(f" (only “{job.failed}” after it is red)", f" (뒤의 “{job.failed}”만 실패해요)")


def _failing(ground: Ground, zone: str) -> set[str]:
    """The tests that fail on a machine in a time zone."""
    database = ground.once(f"database of {zone}", lambda: ground.databases.make(zone.partition("/")[0].lower()))
    command = [str(ground.python), "-m", "pytest", "-p", "workbook_probes.plugin", "-p", "no:cacheprovider", "-q"]
    values = ground.server.environment(database) | {"TZ": zone}
    seen = ground.run([*command, "--override-ini=addopts="], values, seconds=TEST_SECONDS)
    if seen.first("exit") not in (0, 1):
        raise Broken(text("pytest does not run.", "pytest가 실행되지 않아요."))
    return {line["test"] for line in seen.all("test") if line["outcome"] == "failed"}


CHECKS = [
    Check(
        name="workflow_is_read",
        asks=text(
            "A workflow is committed, and GitHub would take it", "GitHub가 읽을 수 있는 워크플로가 커밋돼 있어요"
        ),
        why=text(
            "GitHub looks in one folder of the commit; a file that it does not find or understand tests nothing.",
            "GitHub는 커밋의 한 폴더만 봐요. 찾지 못하거나 읽지 못한 파일은 아무것도 테스트하지 않아요.",
        ),
        see="workbook ci",
        hints=(
            text("Where does GitHub look, and what does it see of your disk?", "GitHub는 어디를, 무엇을 보나요?"),
            text("ch37, 'The workflow'.", "37장 'The workflow'."),
            ".github/workflows/ci.yml: on, jobs: test: runs-on: ubuntu-24.04, steps; git add -A; git commit",
        ),
        look=workflow_is_read,
    ),
    Check(
        name="pushes_start_it",
        asks=text("A push or a pull request starts it", "push나 PR이 워크플로를 시작해요"),
        why=text(
            "What somebody must remember to start is not run on the bad day.", "사람이 켜야 하는 검사는 빠뜨려요."
        ),
        see=text("the key on: of your workflow", "워크플로의 on: 키"),
        hints=(
            text("On what does it happen?", "언제 실행되나요?"),
            text("ch37, 'Its words'.", "37장 'Its words'."),
            "on: {push: {branches: [main]}, pull_request: }",
        ),
        look=pushes_start_it,
    ),
    Check(
        name="mysql_is_waited_for",
        asks=text("The job has a MySQL, and waits until it answers", "job에 MySQL이 있고, 답할 때까지 기다려요"),
        why=text(
            "A server needs some seconds to start; without a wait the job is green or red by luck.",
            "서버가 뜨는 데 몇 초가 걸려요. 기다리지 않으면 운에 따라 통과하고 실패해요.",
        ),
        see=text("services: in your workflow", "워크플로의 services:"),
        hints=(
            text("When does GitHub begin with the first step?", "GitHub는 언제 첫 스텝을 시작하나요?"),
            text("ch37, 'MySQL as a service'.", "37장 'MySQL as a service'."),
            "services: mysql: image: mysql:8.4, env, ports: 3306:3306, options: --health-cmd=\"mysql … 'SELECT 1'\"",
        ),
        look=mysql_is_waited_for,
    ),
    Check(
        name="job_is_green",
        asks=text("What is committed passes on a fresh machine", "커밋한 그대로 새 컴퓨터에서 통과해요"),
        why=text(
            "A fresh machine has no .env, no packages, an empty MySQL. What passes there, others can run.",
            "새 컴퓨터에는 .env도 패키지도 없고 MySQL은 비어 있어요. 거기서 통과해야 남도 실행할 수 있어요.",
        ),
        see="workbook ci",
        hints=(
            text("What do you have that the clone has not?", "내 폴더에만 있고 복제본에는 없는 것은?"),
            text(
                "ch37, 'Rehearse it' and 'A name that nobody reads'.", "37장 'Rehearse it', 'A name that nobody reads'."
            ),
            text(
                "Commit uv.lock; set MYSQL_HOST, MYSQL_USER, MYSQL_PASSWORD, MYSQL_DB in the job's env; "
                "uv sync, uv run aerich upgrade, uv run coverage run -m pytest.",
                "uv.lock을 커밋하고, job의 env에 MYSQL_HOST, MYSQL_USER, MYSQL_PASSWORD, MYSQL_DB를 쓰고, "
                "uv sync, uv run aerich upgrade, uv run coverage run -m pytest.",
            ),
        ),
        look=job_is_green,
        lasts=False,
    ),
    Check(
        name="red_tests_are_red",
        asks=text("A failing test turns the job red", "테스트가 실패하면 job도 실패해요"),
        why=text(
            "We broke a test and the application in a copy. A job that is green then is green for ever.",
            "복사본에서 테스트와 앱을 망가뜨려 봤어요. 그래도 초록인 job은 언제나 초록이에요.",
        ),
        see='uv run pytest -q; echo "exit code $?"',
        hints=(
            text("Which command gives the step its exit code?", "스텝의 종료 코드는 어느 명령의 것인가요?"),
            text(
                "ch37, 'The number that CI reads' and 'A guard that turns errors green'.",
                "37장 'The number that CI reads', 'A guard that turns errors green'.",
            ),
            text(
                "run: uv run coverage run -m pytest, alone: no || true, no pipe, no guard before it.",
                "run: uv run coverage run -m pytest 한 줄만. || true도, 파이프도, 앞의 가드도 없이.",
            ),
        ),
        look=red_tests_are_red,
        lasts=False,
    ),
    Check(
        name="forgotten_migration_is_red",
        asks=text("A model without its migration turns the job red", "마이그레이션을 빠뜨리면 job이 실패해요"),
        why=text(
            "It works on your machine, where the table was changed by hand, and nowhere else.",
            "직접 고친 내 테이블에서만 동작하고 다른 곳에서는 실패해요.",
        ),
        see="uv run aerich migrate --no-input && git status migrations",
        hints=(
            text(
                "Aerich reports success when it finds a change. Who fails then?", "Aerich는 변경을 찾아도 성공이래요."
            ),
            text("ch37, 'The workflow' and 'Rehearse it'.", "37장 'The workflow', 'Rehearse it'."),
            "uv run aerich migrate --no-input; git add --intent-to-add migrations; git diff --exit-code migrations",
        ),
        look=forgotten_migration_is_red,
        lasts=False,
    ),
    Check(
        name="coverage_is_of_the_application",
        asks=text("The job reports the coverage of the application", "job이 앱의 커버리지를 보고해요"),
        why=text(
            "Tests run whenever tests run: counted in, they praise themselves. A forgotten module must show up.",
            "테스트는 늘 실행되니 함께 세면 스스로를 칭찬해요. 잊힌 모듈은 드러나야 해요.",
        ),
        see="uv run coverage run -m pytest -q; uv run coverage report -m",
        hints=(
            text("Which files are in the table, and which are not?", "표에 있는 파일과 없는 파일은?"),
            text("ch37, 'What the tests reach'.", "37장 'What the tests reach'."),
            '[tool.coverage.run] source = ["app"], omit = ["app/tests/*"]; [tool.coverage.report] '
            "include_namespace_packages = true",
        ),
        look=coverage_is_of_the_application,
        lasts=False,
    ),
    Check(
        name="any_clock_will_do",
        asks=text("The tests pass in every time zone", "어느 시간대에서도 테스트가 통과해요"),
        why=text("GitHub's machines live in UTC, and so will your server.", "GitHub와 서버는 UTC로 돌아요."),
        see="TZ=UTC uv run pytest -q; TZ=Asia/Seoul uv run pytest -q",
        hints=(
            text("Who is asked for the hour, the machine or the application?", "시각을 누구에게 묻나요?"),
            text("ch37, 'What time is it there?'.", "37장 'What time is it there?'."),
            "datetime.now(UTC), use_tz and timezone in TORTOISE_ORM, SET time_zone in init_command",
        ),
        look=any_clock_will_do,
        lasts=False,
    ),
    Check(
        name="readme_tells_the_way",
        asks=text("A README says how to run, test and change it", "README가 실행, 테스트, 변경 방법을 알려 줘요"),
        why=text("It is the one file that a stranger reads first.", "처음 온 사람이 가장 먼저 읽는 파일이에요."),
        see="git ls-files README.md",
        hints=(
            text("What would you ask on your first day?", "첫날에 무엇을 물어볼까요?"),
            text("ch37, 'The last file'.", "37장 'The last file'."),
            "uv run aerich upgrade; uv run uvicorn app.main:app --reload; uv run pytest",
        ),
        look=readme_tells_the_way,
    ),
]
