"""What the notebooks share: the way to the MySQL, databases of their own, and how plots look.

The experiment itself stays in the cells. A notebook begins with `from workbook import notebook`.
"""

from typing import Any

from workbook.login import cursor, quoted
from workbook.mysql import ladder
from workbook.mysql.server import Server, Unanswered
from workbook.place import TEMPLATE
from workbook.say import Problem, _

PREFIX = "nb_"
"""How every database of a notebook begins. No other is ever dropped."""

BLUE, ORANGE, GREEN, RED, GREY = "#2f6fb0", "#c65d00", "#2b8a3e", "#c92a2a", "#868e96"
"""The plots' colours: told apart by the colour-blind, legible on white."""


class NoServer(Problem):
    """No MySQL answers. Jupyter shows the sentence in place of a traceback."""

    def _render_traceback_(self) -> list[str]:
        return str(self).splitlines()


def login() -> dict[str, Any]:
    """How to log in to the MySQL that runs: `host`, `port`, `user` and `password`, as drivers take them.

    It is the one that `MYSQL_*` in the environment name, else the one of `workbook db up`. Raises NoServer.
    """
    server = _server()
    return {"host": server.host, "port": server.port, "user": server.user, "password": server.password}


def fresh_database(name: str) -> str:
    """Make an empty database, dropping what an interrupted run left behind; its name. Raises as `drop_database`."""
    drop_database(name)
    with cursor(_server()) as ask:
        ask.execute(f"CREATE DATABASE {quoted(name)}")
    return name


def drop_database(name: str) -> None:
    """Drop a notebook's database, if it is there. Raises ValueError where the name does not begin with `nb_`."""
    if not name.startswith(PREFIX):
        raise ValueError(f"A notebook drops only databases whose names begin with {PREFIX}; {name} is left alone.")
    with cursor(_server()) as ask:
        ask.execute(f"DROP DATABASE IF EXISTS {quoted(name)}")


def plots() -> None:
    """Let matplotlib draw on white, in a size that fits a page, and without lines that say nothing."""
    import matplotlib as mpl
    from cycler import cycler

    mpl.rcParams.update(
        {
            "figure.figsize": (7.2, 3.6),
            "figure.dpi": 110,
            # White, also on a dark page: with a transparent ground the labels would vanish there.
            "figure.facecolor": "white",
            "savefig.facecolor": "white",
            "savefig.pad_inches": 0.2,
            "figure.constrained_layout.use": True,
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.titlelocation": "left",
            "axes.titlesize": 11,
            "axes.titlepad": 10,
            "axes.prop_cycle": cycler(color=[BLUE, ORANGE, GREEN, RED, GREY]),
            "font.size": 9,
            "legend.frameon": False,
        }
    )


def _server() -> Server:
    silent = ""
    try:
        if found := ladder.running(TEMPLATE, strict=True):
            return found
    except Unanswered as problem:
        silent = problem.what
    except Problem as problem:
        raise NoServer(problem.what, why=problem.why, ways=problem.ways, code=problem.code) from None
    ways = (
        _("Bring one up: `workbook db up`, in the workbook's own folder."),
        _("Or name one in MYSQL_HOST, MYSQL_PORT, MYSQL_USER, MYSQL_PASSWORD before you start Jupyter."),
    )
    raise NoServer(_("No MySQL answers, and this notebook asks a real one."), why=silent, ways=ways)
