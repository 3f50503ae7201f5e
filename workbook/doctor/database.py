"""The project's MySQL: that the application's account gets in over TCP, and what the server is set to."""

import importlib.util
import time
from pathlib import Path

from pymysql import MySQLError
from pymysql.cursors import Cursor

from workbook.doctor.finding import Fact, Finding, Result
from workbook.mysql import ladder
from workbook.mysql.probe import Unanswered
from workbook.mysql.server import Server
from workbook.say import Problem, _

APART = 5.0
"""Seconds by which two clocks may differ."""


def reach(project: Path | None) -> Server | Finding:
    """The MySQL that the application would reach: one that is named, the workbook's own, or the course's address."""
    nothing = _("Neither the application nor its tests run without it.")
    try:
        found = ladder.running(project or Path(), strict=True) or ladder.unnamed()
        return found or Finding(_("No MySQL is running for this project."), nothing, "workbook db up")
    except Problem as problem:
        cure = "workbook db up" if isinstance(problem, Unanswered) or not problem.ways else problem.ways[0]
        return Finding(problem.what, problem.why or nothing, cure)


def login_method(ask: Cursor, has_cryptography: bool) -> Result:
    """Whether the account's login needs `cryptography`, and the project has it."""
    ask.execute("SELECT SUBSTRING_INDEX(CURRENT_USER(), '@', 1)")
    (user,) = ask.fetchone() or ("",)
    ask.execute("SHOW CREATE USER CURRENT_USER()")
    (created,) = ask.fetchone() or ("",)
    plugin = str(created).partition("IDENTIFIED WITH '")[2].partition("'")[0]
    if plugin in ("caching_sha2_password", "sha256_password") and not has_cryptography:
        return Finding(
            _("The account {user} logs in by {plugin}, and the project has no cryptography.", user=user, plugin=plugin),
            _("It works until MySQL restarts; then the first login fails, as it does in CI on every run."),
            "uv add cryptography",
        )
    return Fact(f"{user}: {plugin}" + (_(", cryptography is there") if has_cryptography else ""))


def schema(ask: Cursor, name: str) -> Result:
    """Whether the database exists, and takes Korean and emoji."""
    ask.execute(
        "SELECT default_character_set_name FROM information_schema.schemata WHERE schema_name = %s",
        (name,),
    )
    row = ask.fetchone()
    if row is None:
        return Finding(
            _("There is no database {name}.", name=name),
            _("Every request fails: Unknown database (1049)."),
            "workbook db up --project .",
        )
    if row[0] != "utf8mb4":
        return Finding(
            _("The database {name} is in {row}.", name=name, row=row[0]),
            _("New tables cannot hold every letter: emoji are refused."),
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
            _("MySQL's clock is {apart:.0f} s ahead of this machine's.", apart=apart)
            if apart > 0
            else _("MySQL's clock is {apart:.0f} s behind this machine's.", apart=-apart),
            _("Times of NOW() and of Python do not compare. A virtual machine's clock stops when laptops sleep."),
            "sudo hwclock -s",
        )
    return Fact(_("{abs:.1f} s apart", abs=abs(apart)))


def has_cryptography() -> bool:
    """Whether our own Python has it, for a machine without a project."""
    return importlib.util.find_spec("cryptography") is not None


def refused(error: MySQLError) -> Finding:
    """An account that may log in and not ask."""
    return Finding(
        _("MySQL answers the login, and not the questions: {args}", args=error.args[-1]),
        _("The application's account has too few rights."),
        "workbook db shell --project . <<< 'SHOW GRANTS'",
    )
