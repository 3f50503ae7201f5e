"""`workbook notebooks`: each run from top to bottom in a kernel of its own, on a throwaway MySQL."""

import os
import re
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from nbformat import NotebookNode

from workbook.login import cursor, databases
from workbook.mysql import ladder
from workbook.mysql.server import Server
from workbook.notebook import PREFIX
from workbook.notebooks import book
from workbook.place import CLONE, TEMPLATE
from workbook.say import Problem, say, stage
from workbook.translation.pairs import Pair
from workbook.translation.parity import findings_of
from workbook.translation.sync import sync

CELL_SECONDS = 600
"""After so long a single cell is taken to hang."""

ANSI = re.compile(r"\x1b\[[0-9;]*m")


def notebooks(action: Literal["run", "check"], chapters: Sequence[str] = ()) -> int:
    """Run the notebooks and write their outputs into both languages, or run nothing; then name what is wrong.

    Args:
        action: what of the two.
        chapters: such as ch34; all when none is named.

    Returns:
        the exit code: 1 when anything is wrong.

    Raises:
        Problem: no such notebook, a cell that fails, something left behind.
    """
    paths = {path.stem: path for path in book.english()}
    if unknown := sorted(set(chapters) - set(paths)):
        raise Problem(
            f"There is no notebook of {', '.join(unknown)}.", ways=(f"There are {', '.join(paths)}.",), code=2
        )
    chosen = [paths[chapter] for chapter in sorted(chapters or paths)]
    if action == "run":
        with ladder.climb(TEMPLATE, use="test") as server:
            for path in chosen:
                notebook = book.read(path)
                with stage(path.name):
                    execute(path, notebook, server)
                book.write(path, notebook)
                sync(pair(path))
    found = [fault for path in chosen for fault in faults(path)]
    for fault in found:
        say(fault)
    return int(bool(found))


def pair(path: Path) -> Pair:
    """An English notebook with its Korean one."""
    return Pair(path, path.with_suffix(".ko.ipynb"))


def faults(path: Path) -> list[str]:
    """What is wrong with an English notebook and its Korean one."""
    found = [f"{path.name}: {fault}" for fault in book.faults(book.read(path))]
    if not pair(path).korean.exists():
        return [*found, f"{pair(path).korean.name} is missing"]
    return found + [str(finding) for finding in findings_of(pair(path), path.parents[1])]


def inputs(path: Path) -> list[Path]:
    """The files on which a run of a notebook depends, for whoever remembers that one was well."""
    machine = [CLONE / "workbook" / "notebook.py", CLONE / "workbook" / "login.py", Path(__file__), Path(book.__file__)]
    application = sorted(file for file in (TEMPLATE / "app").rglob("*.py") if "tests" not in file.parts)
    workflow = TEMPLATE / ".github" / "workflows" / "ci.yml"
    return [path, CLONE / "requirements.lock", *machine, workflow, *application]


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
            resources={"metadata": {"path": str(CLONE / "notebooks")}},
        )
        # A profile of its own: nobody's IPython settings have a say, and no history file is shared.
        own = {"IPYTHONDIR": profile, "PYDEVD_DISABLE_FILE_VALIDATION": "1"}
        try:
            client.execute(env=os.environ | server.environment() | own)
        except CellExecutionError as error:
            raise Problem(f"{path.name}: a cell failed.", why=ANSI.sub("", str(error))) from error
    book.normalise(notebook)
    book.shrink(notebook)
    if left := leftovers(path, server):
        way = "Drop it in the notebook's last cell."
        raise Problem(f"{path.name} left something behind: {', '.join(left)}.", ways=(way,))


def leftovers(path: Path, server: Server) -> list[str]:
    """The databases and users of this notebook that are on the server: their names begin with `nb_ch35`, say."""
    begin = PREFIX + path.name.partition(".")[0]
    with cursor(server) as ask:
        ask.execute("SELECT user FROM mysql.user")
        users = [f"user {name}" for (name,) in ask.fetchall() if name.startswith(begin)]
    return [f"database {name}" for name in databases(server) if name.startswith(begin)] + users
