"""The server as a lesson finds it: empty, or with the project's database."""

from workbook.login import create_database, cursor, databases, quoted
from workbook.runner.ground import Settings


def empty(settings: Settings) -> None:
    """Drop all databases and accounts that lessons made on a server of our own.

    On any other server only the databases go whose names start like the project's.
    """
    server = settings.server
    assert server is not None
    doomed = [name for name in databases(server) if settings.own_server or name.startswith(settings.database)]
    with cursor(server) as ask:
        for name in doomed:
            ask.execute(f"DROP DATABASE {quoted(name)}")
        if settings.own_server:
            ask.execute("SELECT user, host FROM mysql.user WHERE user <> 'root' AND user NOT LIKE 'mysql.%%'", ())
            for user, host in ask.fetchall():
                ask.execute("DROP USER %s@%s", (user, host))


def create(settings: Settings) -> None:
    """Create the project's database."""
    assert settings.server is not None
    create_database(settings.server, settings.database)
