"""`workbook notebooks`: each run from top to bottom in a kernel of its own on a throwaway MySQL, and what is wrong.

In the files is nothing that belongs to a machine or to a day, but for the outputs themselves.
"""

import base64
import io
import os
import re
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Literal

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from nbformat import NotebookNode

from workbook.mysql import ladder
from workbook.mysql.login import cursor, databases
from workbook.mysql.server import Server
from workbook.notebook import PREFIX
from workbook.pages.translation import Pair, pairs
from workbook.pages.translation.parity import findings_of
from workbook.pages.translation.sync import sync
from workbook.place import CLONE, TEMPLATE
from workbook.say import Problem, say, stage

KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}
OWN = ("alt", "english", "tags", "words")
"""The metadata of a cell that stays: a picture's description, what a translation was made from, Jupyter's tags, and
in a Korean notebook the words of its code that are Korean there."""
MACHINE = re.compile(r"/(?:home|root|tmp|work|Users|var|private)/[\w.]+|\bgw\d+\b")
"""A path that only the machine has on which the notebook was run."""
PICTURE = "image/png"


def notebooks(action: Literal["run", "check"], chapters: Sequence[str] = (), root: Path = CLONE) -> int:
    """Run the notebooks of both languages and write down their outputs, or run nothing; then name what is wrong.

    Returns 1 when anything is. Raises Problem: no such notebook, a cell that fails, something left behind.
    """
    known = {pair.english.stem: pair for pair in both(root)}
    if unknown := sorted(set(chapters) - set(known)):
        ways = (f"There are {', '.join(known)}.",)
        raise Problem(f"There is no notebook of {', '.join(unknown)}.", ways=ways, code=2)
    chosen = [known[chapter] for chapter in sorted(chapters or known)]
    if action == "run":
        with ladder.climb(TEMPLATE, use="test") as server:
            for pair in chosen:
                for path in (pair.english, pair.korean):
                    notebook = read(path)
                    with stage(path.name):
                        execute(path, notebook, server)
                    write(path, notebook)
                    sync(pair)
    found = [fault for pair in chosen for fault in faults(pair, root)]
    for fault in found:
        say(fault)
    return int(bool(found))


def both(root: Path = CLONE) -> list[Pair]:
    """The notebooks in both languages, in the order of the chapters."""
    return [pair for pair in pairs(root) if pair.english.suffix == ".ipynb"]


def faults(pair: Pair, root: Path = CLONE) -> list[str]:
    """What is wrong with an English notebook and its Korean one."""
    found = [f"{pair.english.name}: {fault}" for fault in broken(read(pair.english))]
    if not pair.korean.exists():
        return [*found, f"{pair.korean.name} is missing"]
    return found + [str(finding) for finding in findings_of(pair, root)]


def execute(path: Path, notebook: NotebookNode, server: Server) -> None:
    """Run every cell and put its outputs into `notebook`; the cells find the server in `MYSQL_*`.

    The path is for messages, and for the names of its databases. Raises Problem: a cell failed, or left one behind.
    """
    # Building the list of fonts takes seconds on a new machine, and matplotlib says so in the first cell's output.
    import matplotlib.font_manager  # noqa: F401

    with tempfile.TemporaryDirectory(prefix="workbook-notebook-") as profile:
        client = NotebookClient(
            notebook,
            timeout=600,  # a cell that takes longer is taken to hang
            kernel_name="python3",
            coalesce_streams=True,
            extra_arguments=["--IPKernelApp.log_level=40"],
            resources={"metadata": {"path": str(CLONE / "notebooks")}},
        )
        # A profile of its own: nobody's IPython settings have a say, and no history file is shared.
        own = {"IPYTHONDIR": profile, "PYDEVD_DISABLE_FILE_VALIDATION": "1"}
        try:
            client.execute(env=os.environ | server.environment() | own)
        except CellExecutionError as error:
            raise Problem(f"{path.name}: a cell failed.", why=re.sub(r"\x1b\[[0-9;]*m", "", str(error))) from error
    shrink(notebook)
    if left := leftovers(path, server):
        what = f"{path.name} left something behind: {', '.join(left)}."
        raise Problem(what, ways=("Drop it in the notebook's last cell.",))


def leftovers(path: Path, server: Server) -> list[str]:
    """The databases and users of this notebook that are on the server: their names begin with `nb_ch35`, say."""
    begin = PREFIX + path.name.partition(".")[0]
    with cursor(server) as ask:
        ask.execute("SELECT user FROM mysql.user")
        users = [f"user {name}" for (name,) in ask.fetchall() if name.startswith(begin)]
    return [f"database {name}" for name in databases(server) if name.startswith(begin)] + users


def read(path: Path) -> NotebookNode:
    """A notebook, in the newest format."""
    notebook: NotebookNode = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]
    return notebook


def write(path: Path, notebook: NotebookNode) -> None:
    """Write a notebook as Jupyter itself lays it out, without what differs from machine to machine and run to run.

    The outputs themselves stay.
    """
    notebook.metadata = {"kernelspec": KERNEL, "language_info": {"name": "python"}}
    for cell in notebook.cells:
        cell.metadata = {name: cell.metadata[name] for name in OWN if name in cell.metadata}
        for output in cell.get("outputs", []):
            if "metadata" in output:
                output.metadata = {}
    nbformat.write(notebook, path)  # type: ignore[no-untyped-call]


def shrink(notebook: NotebookNode) -> None:
    """Give every picture of the outputs a palette of 128 colours: a quarter of the size, and letters stay smooth."""
    from PIL import Image

    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if PICTURE in output.get("data", {}):
                picture = Image.open(io.BytesIO(base64.b64decode(output.data[PICTURE]))).convert("RGB")
                smaller = io.BytesIO()
                picture.quantize(128, dither=Image.Dither.NONE).save(smaller, "PNG", optimize=True)
                output.data[PICTURE] = base64.b64encode(smaller.getvalue()).decode()


def broken(notebook: NotebookNode) -> Iterator[str]:
    """In sentences, whether it was run from top to bottom without an error, and each picture has its text."""
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    for number, cell in enumerate(code, start=1):
        if cell.execution_count != number:
            yield f"cell {cell.id} was executed as number {cell.execution_count}; from top to bottom it is {number}"
        for output in cell.outputs:
            if output.output_type == "error":
                yield f"cell {cell.id} ended with {output.ename}: {output.evalue}"
            if output.get("name") == "stderr":
                yield f"cell {cell.id} wrote to standard error"
            if path := MACHINE.search(output.get("text", "") + output.get("data", {}).get("text/plain", "")):
                yield f"cell {cell.id} names a place of the machine: {path[0]}"
        pictures = sum(PICTURE in output.get("data", {}) for output in cell.outputs)
        if pictures != bool(cell.metadata.get("alt", "").strip()):
            yield f'cell {cell.id} draws {pictures} pictures, and each needs one text, in {{"alt": "…"}}'
