"""What chapter 33 asks: settings that are read, a way to MySQL that is the same on every connection, an application."""

import json
from typing import Any

import pymysql

from workbook.language import text
from workbook.student import gitrepo
from workbook.student.check import Check
from workbook.student.ground import Ground
from workbook.student.seen import Broken, Seen, sentence

FROM_FILE, FROM_ENVIRONMENT = "workbook_named_in_the_file", "workbook_named_in_the_environment"
DOTENV = f"ENV=stage\nMYSQL_DB={FROM_FILE}\n"


def settings_import(ground: Ground) -> list[str]:
    """The configuration is imported with the student's own `.env`."""
    try:
        own = ground.own
    except Broken as broken:
        return [str(broken)]
    if own.error:
        return [sentence(own.error)]
    if not own.lines:
        return [text(f"Importing it ended Python: {_last(own)}", f"가져오다가 파이썬이 끝났어요: {_last(own)}")]
    if not own.first("config"):
        return [
            text(
                "No module holds a Tortoise configuration: a dictionary with `connections` and `apps`.",
                "Tortoise 설정(`connections`와 `apps`가 있는 딕셔너리)이 있는 모듈이 없어요.",
            )
        ]
    return []


def env_file_is_read(ground: Ground) -> list[str]:
    """`MYSQL_DB` in `.env` decides; a variable of the environment wins over it."""
    _sound(ground.own)
    from_file, over_it = ground.settings(DOTENV), ground.settings(DOTENV, MYSQL_DB=FROM_ENVIRONMENT)
    _sound(from_file)
    _sound(over_it)
    found = []
    if from_file.first("database") != FROM_FILE:
        found.append(
            text(
                f".env said MYSQL_DB={FROM_FILE}, and the application would use {from_file.first('database')}.",
                f".env에 MYSQL_DB={FROM_FILE}라고 썼는데 애플리케이션은 {from_file.first('database')}를 써요.",
            )
        )
    if over_it.first("database") != FROM_ENVIRONMENT:
        found.append(
            text(
                "The environment says another MYSQL_DB than .env, and does not win: "
                f"the application would use {over_it.first('database')}.",
                f"환경 변수의 MYSQL_DB가 .env보다 우선하지 않아요: 애플리케이션은 {over_it.first('database')}를 써요.",
            )
        )
    return found


def wrong_env_is_refused(ground: Ground) -> list[str]:
    """With `ENV=invalid` the application does not start."""
    _sound(ground.own)
    if ground.settings("", ENV="invalid").error is not None:
        return []
    return [text("ENV=invalid is taken without a word.", "ENV=invalid가 아무 말 없이 받아들여져요.")]


def reaches_mysql(ground: Ground) -> list[str]:
    """The application's own settings log in, to a database that is there."""
    own = _sound(ground.own)
    try:
        pymysql.connect(
            host=str(own.first("host")),
            port=int(own.first("port") or 3306),
            user=str(own.first("user")),
            password=str(own.first("password")).encode(),
            database=str(own.first("database")),
            connect_timeout=5,
        ).close()
    except (pymysql.MySQLError, OSError) as error:
        said = error.args[-1] if error.args else error
        return [
            text(
                f"With the application's settings, MySQL cannot be used: {said}",
                f"애플리케이션의 설정으로는 MySQL을 쓸 수 없어요: {said}",
            )
        ]
    return []


def sessions_are_alike(ground: Ground) -> list[str]:
    """Every connection of the pool has the same session, on the clock of Korea."""
    sessions = _pool(ground).first("sessions") or []
    names = ("time_zone", "sql_mode", "collation_connection", "max_execution_time", "innodb_lock_wait_timeout")
    found = []
    for name, values in zip(names, zip(*sessions, strict=True), strict=True):
        if len(set(values)) > 1:
            several = ", ".join(sorted(map(str, set(values))))
            found.append(
                text(
                    f"Connections of the pool differ in {name}: {several}.",
                    f"풀의 연결마다 {name}이(가) 달라요: {several}.",
                )
            )
        elif name == "time_zone" and values[0] not in ("+09:00", "Asia/Seoul"):
            found.append(
                text(
                    f"The connections' time zone is {values[0]}, not +09:00.",
                    f"연결의 시간대가 +09:00이 아니라 {values[0]}이에요.",
                )
            )
    return found


def updates_count_matches(ground: Ground) -> list[str]:
    """An UPDATE to the value that is there counts its row."""
    if set(_pool(ground).first("matched") or [1]) == {1}:
        return []
    return [
        text(
            "An UPDATE that sets the value that was there already counts 0 rows.",
            "이미 있는 값으로 UPDATE하면 0행으로 세요.",
        )
    ]


def cryptography_is_there(ground: Ground) -> list[str]:
    """The package that a login needs when the server does not remember the user."""
    if list(ground.python.parent.parent.glob("lib/python*/site-packages/cryptography-*.dist-info")):
        return []
    return [
        text(
            "The package `cryptography` is not among the project's packages.",
            "프로젝트 패키지에 `cryptography`가 없어요.",
        )
    ]


def application_describes_itself(ground: Ground) -> list[str]:
    """There is an application, and it serves `/openapi.json`."""
    _sound(ground.own)
    seen = ground.probe("describe")
    if seen.error and seen.first("app") is None:
        return [sentence(seen.error)]
    if not seen.first("app"):
        return [text("No module makes a FastAPI application.", "FastAPI 애플리케이션을 만드는 모듈이 없어요.")]
    answer: dict[str, Any] = seen.first("docs") or {}
    if answer.get("error"):
        return [sentence(answer["error"])]
    try:
        described = answer.get("status") == 200 and "openapi" in json.loads(answer["body"])
    except ValueError:
        described = False
    said = f"GET /openapi.json: {answer.get('status')}"
    return [] if described else [text(f"{said}, not 200.", f"{said}, 200이 아니에요.")]


def secrets_stay_home(ground: Ground) -> list[str]:
    """No commit of the branch holds `.env`."""
    commits = gitrepo.run(ground.project, "log", "--format=%h", "--diff-filter=A", "--", ".env", check=False).split()
    if not commits:
        return []
    return [text(f"The commit {commits[-1]} holds .env.", f"커밋 {commits[-1]}에 .env가 들어 있어요.")]


def _sound(seen: Seen) -> Seen:
    if seen.error:
        raise Broken(sentence(seen.error))
    if not seen.lines:
        raise Broken(_last(seen))
    return seen


def _pool(ground: Ground) -> Seen:
    _sound(ground.own)
    return ground.sound("pool")


def _last(seen: Seen) -> str:
    return (seen.output.strip().splitlines() or [text("it printed nothing", "출력이 없어요")])[-1]


CHECKS = [
    Check(
        "settings_import",
        text("The settings and the Tortoise configuration can be imported", "설정과 Tortoise 설정을 가져올 수 있어요"),
        text("Everything else imports them first.", "다른 모든 것이 먼저 이것을 가져와요."),
        'uv run python -c "import app.configs.tortoise_config"',
        (
            text(
                "Read the last line of the error first, then the line above it that is in your project.",
                "오류의 마지막 줄을 먼저, 그다음 내 프로젝트의 줄을 읽으세요.",
            ),
            text(
                "ch33, 'Settings that are read' and 'Tell Tortoise where the database is'.",
                "33장 'Settings that are read', 'Tell Tortoise where the database is'.",
            ),
            "app/configs/__init__.py: config = Config(); app/configs/tortoise_config.py: TORTOISE_ORM = {…}",
        ),
        settings_import,
    ),
    Check(
        "env_file_is_read",
        text("A value in .env is used, and the environment wins over it", ".env의 값을 쓰고, 환경 변수가 우선해요"),
        text(
            "A settings file that nobody reads looks right until the day it should have mattered.",
            "아무도 읽지 않는 설정 파일은 정작 필요한 날까지 멀쩡해 보여요.",
        ),
        'ENV=prod uv run python -c "from app.configs import config; print(config.ENV)"',
        (
            text("BaseSettings reads the environment. And files?", "BaseSettings는 환경 변수를 읽어요. 파일은요?"),
            text("ch33, 'Settings that are read': model_config.", "33장 'Settings that are read': model_config."),
            'model_config = SettingsConfigDict(env_file=".env", env_file_encoding="utf-8")',
        ),
        env_file_is_read,
    ),
    Check(
        "wrong_env_is_refused",
        text("A wrong ENV is refused", "잘못된 ENV는 거절돼요"),
        text(
            "An application that does not start is a smaller trouble than one with another place's settings.",
            "시작하지 않는 것이 다른 곳의 설정으로 도는 것보다 나아요.",
        ),
        'ENV=invalid uv run python -c "from app.configs import config"',
        (
            text("Which type allows three values and no fourth?", "세 값만 허용하는 타입은 무엇일까요?"),
            text("ch33, 'Settings that are read': Env.", "33장 'Settings that are read': Env."),
            "class Env(StrEnum): LOCAL = …; class Config(BaseSettings): ENV: Env = Env.LOCAL",
        ),
        wrong_env_is_refused,
    ),
    Check(
        "reaches_mysql",
        text("The application's settings log in to MySQL", "애플리케이션 설정으로 MySQL에 로그인돼요"),
        text("The settings are right when MySQL says so.", "설정이 맞는지는 MySQL이 정해요."),
        'uv run python -c "from app.configs import config; print(config)"',
        (
            text(
                "Which of host, port, user, password, database is wrong?",
                "호스트, 포트, 사용자, 비밀번호, DB 중 무엇이 틀렸나요?",
            ),
            text("ch32, the numbers 1045, 1049, 2003; ch33, .env.", "32장의 1045, 1049, 2003과 33장의 .env."),
            text(
                "Put the value that differs into .env; quote a password with # or spaces.",
                "다른 값을 .env에 쓰세요. #이나 공백이 있는 비밀번호는 따옴표로 감싸요.",
            ),
        ),
        reaches_mysql,
    ),
    Check(
        "sessions_are_alike",
        text("Every connection of the pool has the same session", "풀의 모든 연결이 같은 세션 설정을 가져요"),
        text(
            "A setting that one connection of five knows is wrong for four visitors of five, and right in your test.",
            "다섯 중 하나만 아는 설정은 다섯 명 중 네 명에게 틀려요. 테스트에서는 맞아 보이고요.",
        ),
        "SELECT @@time_zone, @@sql_mode;  " + text("on several connections at once", "여러 연결에서 동시에"),
        (
            text("Who tells the second connection?", "두 번째 연결에는 누가 알려 줄까요?"),
            text("ch33, 'One session for all': init_command.", "33장 'One session for all': init_command."),
            "\"init_command\": \"SET time_zone = '+09:00', sql_mode = 'TRADITIONAL,ONLY_FULL_GROUP_BY'\"",
        ),
        sessions_are_alike,
    ),
    Check(
        "updates_count_matches",
        text("An UPDATE counts the rows it matched", "UPDATE가 찾은 행을 세요"),
        text(
            "Otherwise somebody who presses Save twice hears that the meeting does not exist.",
            "그렇지 않으면 저장을 두 번 누른 사람이 모임이 없다는 답을 들어요.",
        ),
        text("Update a row to the value it has; look at the count.", "행을 같은 값으로 UPDATE하고 개수를 보세요."),
        (
            text("Matched, or changed?", "찾은 행일까요, 바뀐 행일까요?"),
            text("ch33, 'Matched, or changed?'.", "33장 'Matched, or changed?'."),
            '"client_flag": CLIENT.FOUND_ROWS  (from asyncmy.constants import CLIENT)',
        ),
        updates_count_matches,
    ),
    Check(
        "cryptography_is_there",
        text("cryptography is installed", "cryptography가 설치되어 있어요"),
        text(
            "Without it the login works until the server restarts or a new user comes.",
            "없으면 서버가 재시작하거나 새 사용자가 오기 전까지만 로그인이 돼요.",
        ),
        "uv pip show cryptography",
        (
            text("Which package encrypts the password at login?", "로그인할 때 비밀번호를 암호화하는 패키지는?"),
            text("ch33, 'The packages, and why each'.", "33장 'The packages, and why each'."),
            "uv add cryptography",
        ),
        cryptography_is_there,
    ),
    Check(
        "application_describes_itself",
        text("The application serves its description", "애플리케이션이 자기 설명을 제공해요"),
        text("Each route of the next chapters shows up there.", "다음 챕터의 라우트가 모두 여기에 나타나요."),
        "uv run uvicorn app.main:app  ->  http://localhost:8000/docs",
        (
            text("Is there an object of the class FastAPI?", "FastAPI 클래스의 객체가 있나요?"),
            text("ch33, 'The application'.", "33장 'The application'."),
            'app = FastAPI(title="When2meet", lifespan=lifespan)',
        ),
        application_describes_itself,
    ),
    Check(
        "secrets_stay_home",
        text("No commit holds .env", ".env가 들어간 커밋이 없어요"),
        text(
            "Deleting it later does not take it out of git's memory.", "나중에 지워도 git의 기억에서는 사라지지 않아요."
        ),
        "git log --oneline -- .env",
        (
            text("Look into the commits, not into the folder.", "폴더가 아니라 커밋을 보세요."),
            text("ch33, the mistake page '.env was committed'.", "33장의 실수 페이지 '.env was committed'."),
            text(
                "Change the password, then take the commit back: git reset --soft before it.",
                "비밀번호를 바꾸고, 그 커밋 앞으로 git reset --soft 하세요.",
            ),
        ),
        secrets_stay_home,
    ),
]
