"""What chapter 32 asks: a MySQL that lets you in, a database in it, and a `.gitignore` that keeps secrets out."""

from workbook.language import text
from workbook.login import databases
from workbook.mysql.ladder import database_name
from workbook.student import gitrepo
from workbook.student.check import Check
from workbook.student.ground import Ground
from workbook.student.seen import Broken


def server_answers(ground: Ground) -> list[str]:
    """A server answers, is MySQL 8 or newer, and lets the student in."""
    try:
        ground.server  # noqa: B018 - looking for it is the check
    except Broken as broken:
        return [str(broken)]
    return []


def database_exists(ground: Ground) -> list[str]:
    """The database that `MYSQL_DB` names, or the course's, is there."""
    name = database_name(ground.project)
    if name in databases(ground.server):
        return []
    return [
        text(
            f"The server at port {ground.server.port} has no database named {name}.",
            f"{ground.server.port} 포트의 서버에 {name} 데이터베이스가 없어요.",
        )
    ]


def env_is_ignored(ground: Ground) -> list[str]:
    """Git would not take up `.env`, by a line of the project's own `.gitignore`."""
    said = gitrepo.run(ground.project, "check-ignore", "-v", "--no-index", ".env", check=False)
    if said.startswith(".gitignore:"):
        return []
    return [text("git would take .env into a commit.", "git이 .env를 커밋에 넣을 거예요.")]


CHECKS = [
    Check(
        name="server_answers",
        asks=text("A MySQL server answers and lets you in", "MySQL 서버가 응답하고 로그인이 돼요"),
        why=text(
            "A server that answers may still refuse your password; the application needs both.",
            "응답하는 서버도 비밀번호를 거절할 수 있어요. 애플리케이션에는 둘 다 필요해요.",
        ),
        see="workbook db status",
        hints=(
            text(
                "Is a server running, and is it on the port you think?", "서버가 실행 중인가요? 생각하는 그 포트인가요?"
            ),
            text(
                "ch32, 'Who is on port 3306?' and 'Log in and ask'.", "32장 'Who is on port 3306?', 'Log in and ask'."
            ),
            text(
                "docker compose up --wait, or: workbook db up, then export MYSQL_PORT=… with the port it prints.",
                "docker compose up --wait 또는 workbook db up. 그리고 나온 포트로 export MYSQL_PORT=…",
            ),
        ),
        look=server_answers,
    ),
    Check(
        name="database_exists",
        asks=text("The application's database exists", "애플리케이션의 데이터베이스가 있어요"),
        why=text(
            "A server holds many databases; the tables of the next chapters need one of yours.",
            "서버에는 데이터베이스가 여러 개 있어요. 다음 챕터의 테이블이 들어갈 곳이 필요해요.",
        ),
        see="mysql> SHOW DATABASES;",
        hints=(
            text("A server is not a database.", "서버와 데이터베이스는 달라요."),
            text("ch32, 'Make the database'.", "32장 'Make the database'."),
            "CREATE DATABASE IF NOT EXISTS when2meet_vod;",
        ),
        look=database_exists,
    ),
    Check(
        name="env_is_ignored",
        asks=text(".gitignore keeps .env out of git", ".gitignore가 .env를 git에서 제외해요"),
        why=text(
            ".env will hold your passwords, and git forgets nothing.",
            ".env에는 비밀번호가 들어가요. git은 아무것도 잊지 않아요.",
        ),
        see="git check-ignore -v .env",
        hints=(
            text("Which file tells git what to leave out?", "git에게 무엇을 뺄지 알려 주는 파일은 무엇일까요?"),
            text("ch32, 'Keep it'.", "32장 'Keep it'."),
            text("Write the line .env into a file named .gitignore.", ".gitignore 파일에 .env 한 줄을 쓰세요."),
        ),
        look=env_is_ignored,
    ),
]
