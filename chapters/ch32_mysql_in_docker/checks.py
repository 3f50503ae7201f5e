"""How chapter 32 looks: a MySQL that lets you in, a database in it, and a `.gitignore` that keeps secrets out."""

from workbook.student.vocabulary import Found, Git, Server, check, databases_on


@check(broken="refused")
def server_answers(server: Server) -> Found:
    """A server answers, is MySQL 8 or newer, and lets the student in."""
    yield from ()


@check(after=server_answers)
def database_exists(server: Server, database: str) -> Found:
    """The database that the application would use, or the course's, is there."""
    if database not in databases_on(server):
        yield "absent", {"port": server.port, "name": database}


@check()
def env_is_ignored(git: Git) -> Found:
    """Git would not take up `.env`, by a line of the project's own `.gitignore`."""
    if not git("check-ignore", "-v", "--no-index", ".env").startswith(".gitignore:"):
        yield "tracked", {}
