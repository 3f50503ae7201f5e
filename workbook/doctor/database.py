"""The project's MySQL: that the application's account gets in over TCP, and what the server is set to."""

import importlib.util
import os
import time
from pathlib import Path

from pymysql import MySQLError
from pymysql.cursors import Cursor

from workbook.doctor.finding import Fact, Finding, Result
from workbook.language import text
from workbook.mysql import given
from workbook.mysql.probe import Unanswered, probe
from workbook.mysql.server import Server
from workbook.problem import Problem

APART = 5.0
"""Seconds by which two clocks may differ."""


def reach(project: Path | None) -> Server | Finding:
    """Log in as the application would: the environment, then `.env`, then the course's defaults."""
    try:
        found = given.find(os.environ, (project or Path()) / ".env")
        if found:
            return found
        host, port, user, password = given.DEFAULTS.values()
        return Server(
            host, int(port), user, password, probe(host, int(port), user, password), text("by default", "기본값")
        )
    except Problem as problem:
        cure = "workbook db up" if isinstance(problem, Unanswered) or not problem.ways else problem.ways[0]
        return Finding(
            problem.what,
            problem.why
            or text(
                "Neither the application nor its tests run without it.", "MySQL 없이는 앱도 테스트도 실행되지 않아요."
            ),
            cure,
        )


def login_method(ask: Cursor, has_cryptography: bool) -> Result:
    """Whether the account's login needs `cryptography`, and the project has it."""
    ask.execute("SELECT SUBSTRING_INDEX(CURRENT_USER(), '@', 1)")
    (user,) = ask.fetchone() or ("",)
    ask.execute("SHOW CREATE USER CURRENT_USER()")
    (created,) = ask.fetchone() or ("",)
    plugin = str(created).partition("IDENTIFIED WITH '")[2].partition("'")[0]
    if plugin in ("caching_sha2_password", "sha256_password") and not has_cryptography:
        return Finding(
            text(
                f"The account {user} logs in by {plugin}, and the project has no cryptography.",
                f"{user} 계정은 {plugin}로 로그인하는데, 프로젝트에 cryptography가 없어요.",
            ),
            text(
                "It works until MySQL restarts; then the first login fails, as it does in CI on every run.",
                "MySQL이 재시작하기 전까지만 동작해요. CI에서는 매번 첫 로그인이 실패해요.",
            ),
            "uv add cryptography",
        )
    return Fact(
        f"{user}: {plugin}" + (text(", cryptography is there", ", cryptography 있음") if has_cryptography else "")
    )


def schema(ask: Cursor, name: str) -> Result:
    """Whether the database exists, and takes Korean and emoji."""
    ask.execute(
        "SELECT default_character_set_name FROM information_schema.schemata WHERE schema_name = %s",
        (name,),
    )
    row = ask.fetchone()
    if row is None:
        return Finding(
            text(f"There is no database {name}.", f"{name} 데이터베이스가 없어요."),
            text("Every request fails: Unknown database (1049).", "모든 요청이 실패해요: Unknown database (1049)."),
            "workbook db up --project .",
        )
    if row[0] != "utf8mb4":
        return Finding(
            text(f"The database {name} is in {row[0]}.", f"{name} 데이터베이스의 문자셋이 {row[0]}이에요."),
            text("New tables cannot hold every letter: emoji are refused.", "새 테이블에 이모지를 저장할 수 없어요."),
            f"workbook db shell --project . <<< 'ALTER DATABASE {name} CHARACTER SET utf8mb4'",
        )
    return Fact(f"{name}: {row[0]}")


def clock(ask: Cursor) -> Result:
    """Whether this machine's clock and MySQL's agree. Neither asks the network."""
    before = time.time()
    ask.execute("SELECT UNIX_TIMESTAMP(NOW(6))")
    (theirs,) = ask.fetchone() or (0,)
    apart = float(theirs) - (before + time.time()) / 2
    if abs(apart) > APART:
        return Finding(
            text(
                f"MySQL's clock is {abs(apart):.0f} s {'ahead of' if apart > 0 else 'behind'} this machine's.",
                f"MySQL의 시계가 이 컴퓨터보다 {abs(apart):.0f}초 {'빨라요' if apart > 0 else '느려요'}.",
            ),
            text(
                "Times of NOW() and of Python do not compare. A virtual machine's clock stops when laptops sleep.",
                "NOW()와 파이썬의 시각을 비교할 수 없어요. 노트북이 잠들면 가상 머신의 시계가 멈춰요.",
            ),
            "sudo hwclock -s",
        )
    return Fact(text(f"{abs(apart):.1f} s apart", f"차이 {abs(apart):.1f}초"))


def has_cryptography() -> bool:
    """Whether our own Python has it, for a machine without a project."""
    return importlib.util.find_spec("cryptography") is not None


def refused(error: MySQLError) -> Finding:
    """An account that may log in and not ask."""
    return Finding(
        text(
            f"MySQL answers the login, and not the questions: {error.args[-1]}",
            f"로그인은 되지만 질문에 답하지 않아요: {error.args[-1]}",
        ),
        text("The application's account has too few rights.", "앱 계정의 권한이 부족해요."),
        "workbook db shell --project . <<< 'SHOW GRANTS'",
    )
