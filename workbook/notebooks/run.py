"""Running a notebook from top to bottom in a kernel of its own, on the MySQL that is given."""

import os
import re
import tempfile
from pathlib import Path

from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from nbformat import NotebookNode

from workbook.login import cursor, databases
from workbook.mysql.server import Server
from workbook.notebook import PREFIX
from workbook.notebooks.book import FOLDER, normalise
from workbook.notebooks.pictures import shrink
from workbook.say import Problem

CELL_SECONDS = 120
"""How long a single cell may take."""

ANSI = re.compile(r"\x1b\[[0-9;]*m")


def execute(path: Path, notebook: NotebookNode, server: Server) -> None:
    """Run every cell and put its outputs into `notebook`, normalised.

    Args:
        path: the notebook's file, for messages and for the names of its databases; it is neither read nor written.
        server: handed to the cells as `MYSQL_*`.

    Raises:
        Problem: a cell failed, or the notebook left a database or a user behind.
    """
    # Building the list of fonts takes seconds on a new machine, and matplotlib says so in the first cell's output.
    import matplotlib.font_manager  # noqa: F401

    with tempfile.TemporaryDirectory(prefix="workbook-notebook-") as profile:
        client = NotebookClient(
            notebook,
            timeout=CELL_SECONDS,
            kernel_name="python3",
            extra_arguments=["--IPKernelApp.log_level=40"],
            record_timing=False,
            coalesce_streams=True,
            resources={"metadata": {"path": str(FOLDER)}},
        )
        # A profile of its own: nobody's IPython settings have a say, and no history file is shared.
        own = {"IPYTHONDIR": profile, "PYDEVD_DISABLE_FILE_VALIDATION": "1"}
        try:
            client.execute(env=os.environ | server.environment() | own)
        except CellExecutionError as error:
            raise Problem(f"{path.name}: a cell failed.", why=ANSI.sub("", str(error))) from error
    normalise(notebook)
    shrink(notebook)
    left = leftovers(path, server)
    if left:
        raise Problem(
            f"{path.name} left something behind: {', '.join(left)}.",
            ways=("Drop it in the notebook's last cell.",),
        )


def leftovers(path: Path, server: Server) -> list[str]:
    """The databases and users of this notebook that are on the server: their names begin with `nb_ch35`, say."""
    begin = PREFIX + path.name.partition(".")[0]
    with cursor(server) as ask:
        ask.execute("SELECT user FROM mysql.user")
        users = [f"user {name}" for (name,) in ask.fetchall() if name.startswith(begin)]
    return [f"database {name}" for name in databases(server) if name.startswith(begin)] + users
