"""What `workbook ci` says around the steps, in lines of 80 columns."""

from pathlib import Path

from rich.console import Console
from rich.text import Text

from workbook.ci.commit import Commit
from workbook.ci.server import Mysql
from workbook.ci.service import MYSQL_PORT, Service
from workbook.say import _

WIDTH = 80
MOST_PATHS = 5
"""How many of the files that are not committed are named."""


def say(sentence: str, indent: int = 0) -> None:
    """Print a sentence at once, so that it stands before what takes its time. Nothing is printed for none.

    Args:
        indent: so many columns are left free on the left.
    """
    # Rich knows that a Korean letter is two columns wide.
    for line in Text(sentence).wrap(Console(width=WIDTH), WIDTH - indent) if sentence else ():
        print(" " * indent + line.plain.rstrip(), flush=True)


def say_what_is_left_out(state: Commit, workflow: Path) -> None:
    """Name what the person has on the disk and GitHub would not see."""
    try:
        mine = str(workflow.resolve().relative_to(state.repository.resolve()))
    except ValueError:
        mine = ""
    others = [path for path in state.left_out if path != mine and not (path.endswith("/") and mine.startswith(path))]
    if len(others) < len(state.left_out):
        say(_("{mine} is not committed; it is taken as it is on the disk.", mine=mine))
    if others:
        named, more = ", ".join(others[:MOST_PATHS]), len(others) - MOST_PATHS
        say(
            _("Left out, because not committed: {named} and {more} more.", named=named, more=more)
            if more > 0
            else _("Left out, because not committed: {named}.", named=named)
        )


def say_mysql(mysql: Mysql, service: Service | None) -> None:
    """Say which MySQL plays which, and what of it would go wrong on GitHub."""
    if service:
        say(
            _(
                "MySQL {version} of this machine plays the service {name} ({image}).",
                version=mysql.version,
                name=service.name,
                image=service.image,
            )
        )
        if not service.health:
            say(_("{name} has no --health-cmd: on GitHub the steps may start before it answers.", name=service.name))
        if not service.ports:
            say(
                _(
                    "{name} publishes no port such as {mysql_port}:{mysql_port}, so no step can reach it.",
                    name=service.name,
                    mysql_port=MYSQL_PORT,
                )
            )
    elif mysql.bell:
        say(
            _(
                "MySQL {version} of this machine plays the one that GitHub's have installed, off until started.",
                version=mysql.version,
            )
        )
