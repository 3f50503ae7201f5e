"""A project's own database and account on a server that others use too."""

from pymysql import MySQLError

from workbook.login import create_database, cursor, databases, quoted
from workbook.mysql.server import Server
from workbook.say import Problem, _


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
    taken = _("a database") if name in databases(server) else ""
    taken = taken or (_("an account") if accounts else "")
    if taken:
        raise Problem(
            _(
                "MySQL on {host}:{port} has {taken} {name} already, so it stays as it is.",
                host=server.host,
                port=server.port,
                taken=taken,
                name=name,
            ),
            ways=(
                _("Choose another name."),
                _(
                    "Or drop it, if nobody needs it: DROP DATABASE IF EXISTS {name}; DROP USER IF EXISTS {name};",
                    name=name,
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
        _(
            "{user} may not make accounts on {host}:{port}: {args}.",
            user=server.user,
            host=server.host,
            port=server.port,
            args=error.args[-1],
        ),
        why=_("A project gets an account of its own."),
        ways=(
            _("Name root in MYSQL_USER and MYSQL_PASSWORD."),
            _("Or leave the server out: workbook new NAME --no-server"),
        ),
    )
