"""A project's own database and account on a server that others use too."""

from pymysql import MySQLError

from workbook.language import text
from workbook.login import create_database, cursor, databases, quoted
from workbook.mysql.server import Server
from workbook.problem import Problem


def require_unknown(server: Server, name: str) -> None:
    """Refuse a database or an account that exists: it is somebody's data, somebody's password.

    Raises:
        Problem: the server has one of that name, or the account that asks may not look.
    """
    try:
        with cursor(server) as ask:
            ask.execute("SELECT COUNT(*) FROM mysql.user WHERE user = %s", (name,))
            (accounts,) = ask.fetchone() or (0,)
    except MySQLError as error:
        raise _may_not(server, error) from error
    taken = text("a database", "데이터베이스") if name in databases(server) else ""
    taken = taken or (text("an account", "계정") if accounts else "")
    if taken:
        raise Problem(
            text(
                f"MySQL on {server.host}:{server.port} has {taken} {name} already, so it stays as it is.",
                f"{server.host}:{server.port}의 MySQL에 {taken} {name}이(가) 이미 있어서 건드리지 않았어요.",
            ),
            ways=(
                text("Choose another name.", "다른 이름을 고르세요."),
                text(
                    f"Or drop it, if nobody needs it: DROP DATABASE IF EXISTS {name}; DROP USER IF EXISTS {name};",
                    f"필요 없는 것이라면 지우세요: DROP DATABASE IF EXISTS {name}; DROP USER IF EXISTS {name};",
                ),
            ),
        )


def open_account(server: Server, name: str, password: str) -> None:
    """Make the database, and an account that may do everything in it and in its tests' databases, not elsewhere.

    Args:
        name: of both.
        password: the account's.

    Raises:
        Problem: the account that asks may not.
    """
    pattern = name.replace("_", r"\_")
    try:
        with cursor(server) as ask:
            ask.execute("CREATE USER %s@'%%' IDENTIFIED BY %s", (name, password))
            # The tests make databases named after the project's, and one of them makes an account.
            for grant in (pattern, rf"{pattern}\_%"):
                ask.execute(f"GRANT ALL ON {quoted(grant)}.* TO {quoted(name)}@'%'")
            ask.execute(f"GRANT CREATE USER ON *.* TO {quoted(name)}@'%'")
        create_database(server, name)
    except MySQLError as error:
        raise _may_not(server, error) from error


def _may_not(server: Server, error: MySQLError) -> Problem:
    return Problem(
        text(
            f"{server.user} may not make accounts on {server.host}:{server.port}: {error.args[-1]}.",
            f"{server.user} 계정은 {server.host}:{server.port}에서 계정을 만들 수 없어요: {error.args[-1]}.",
        ),
        why=text("A project gets an account of its own.", "프로젝트마다 자기 계정을 만들어요."),
        ways=(
            text("Name root in MYSQL_USER and MYSQL_PASSWORD.", "MYSQL_USER와 MYSQL_PASSWORD에 root를 쓰세요."),
            text(
                "Or leave the server out: workbook new NAME --no-server",
                "또는 서버 없이: workbook new NAME --no-server",
            ),
        ),
    )
