"""What the notebooks share: the way to the MySQL, what they make for themselves, and how plots look.

The experiment itself stays in the cells. A notebook begins with `from workbook import notebook`.
"""

import atexit
import io
import os
import shutil
import tempfile
from contextlib import redirect_stderr
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from workbook.mysql import is_free, ladder, local, programs
from workbook.mysql.login import cursor, quoted
from workbook.mysql.server import Server, Unavailable
from workbook.place import CLONE, TEMPLATE
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
    return _server().login


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


class Mysqld:
    """A MySQL of the notebook's own, which may be killed and started again on its data. Its commits are durable.

    Making one raises NoServer where no MySQL can be started. It ends with the notebook at the latest.
    """

    def __init__(self) -> None:
        with programs.held() as beside:
            self.folder = Path(tempfile.mkdtemp(prefix="notebook-", dir=beside))
        atexit.register(self.stop)
        # None of those that the system gives to whoever connects: while the server is dead, its client could get its
        # port from there, and would be connected to itself.
        port = next(port for port in range(20_000 + os.getpid() % 10_000, 32_768) if is_free(port))
        (self.folder / "port").write_text(f"{port}\n", encoding="utf-8")
        try:
            self.start()
        except Unavailable as reason:
            raise NoServer(_("This notebook needs a MySQL of its own, and none can start."), why=str(reason)) from None

    def login(self) -> dict[str, Any]:
        """How to log in to it, as `login()` says it of the MySQL that runs."""
        return self.server.login

    def start(self) -> None:
        """Start it, and wait until it serves; after a kill it first brings its data in order."""
        with redirect_stderr(io.StringIO()):  # how long each step took belongs to no notebook
            self.server = local.start(use="bound", folder=self.folder)

    def kill(self) -> None:
        """`kill -9`: it ends at once, and can do nothing about it."""
        found = local.running(self.folder)
        assert found, "it does not run"
        found[0].kill()
        self.server.stop()

    def stop(self) -> None:
        """End it, and remove its data. Stopping twice is harmless."""
        if local.running(self.folder):
            self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)


def plots() -> None:
    """Let matplotlib draw as `notebooks/plots.mplstyle` says: on white, in a size that fits a page, Korean as well."""
    from cycler import cycler
    from matplotlib import font_manager, style

    spec = find_spec("koreanize_matplotlib")  # found and not imported: it would change the settings its own way
    for font in spec.submodule_search_locations if spec and spec.submodule_search_locations else ():
        font_manager.fontManager.addfont(Path(font) / "fonts" / "NanumGothic.ttf")
    style.use([CLONE / "notebooks/plots.mplstyle", {"axes.prop_cycle": cycler(color=[BLUE, ORANGE, GREEN, RED, GREY])}])


def _server() -> Server:
    silent = ""
    try:
        if found := ladder.running(TEMPLATE, strict=True):
            return found
    except Problem as problem:
        silent = str(problem)
    ways = (
        _("Bring one up: `workbook db up`, in the workbook's own folder."),
        _("Or name one in MYSQL_HOST, MYSQL_PORT, MYSQL_USER, MYSQL_PASSWORD before you start Jupyter."),
    )
    raise NoServer(_("No MySQL answers, and this notebook asks a real one."), why=silent, ways=ways)
