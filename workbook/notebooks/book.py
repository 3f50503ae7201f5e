"""The notebooks as files, with nothing in them that belongs to a machine or to a day, and what is wrong with one."""

import base64
import io
import re
from collections.abc import Iterator
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from workbook.place import CLONE

FOLDER = CLONE / "notebooks"

KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}

OWN = ("alt", "english", "tags")
"""The metadata of a cell that stays: a picture's description, what a translation was made from, Jupyter's tags."""

COLOURS = 128
"""Enough for a plot with smooth letters; a quarter of the size that matplotlib's true colours take."""

MACHINE = re.compile(r"/(?:home|root|tmp|work|Users|var|private)/[\w.]+|\bgw\d+\b")
"""A path that only the machine has on which the notebook was run."""

PICTURE = "image/png"


def english() -> list[Path]:
    """The English notebooks, in the order of the chapters."""
    return sorted(path for path in FOLDER.glob("ch*.ipynb") if not path.name.endswith(".ko.ipynb"))


def read(path: Path) -> NotebookNode:
    """A notebook, in the newest format. Raises nbformat.ValidationError when it is no valid one."""
    notebook: NotebookNode = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]
    nbformat.validate(notebook)
    return notebook


def write(path: Path, notebook: NotebookNode) -> None:
    """Write a notebook, normalised, as Jupyter itself lays it out."""
    normalise(notebook)
    nbformat.validate(notebook)
    nbformat.write(notebook, path)  # type: ignore[no-untyped-call]


def normalise(notebook: NotebookNode) -> None:
    """Take out what differs from machine to machine and from run to run, but for the outputs themselves."""
    notebook.metadata = {"kernelspec": KERNEL, "language_info": {"name": "python"}}
    for cell in notebook.cells:
        cell.metadata = {name: cell.metadata[name] for name in OWN if name in cell.metadata}
        for output in cell.get("outputs", []):
            if "metadata" in output:
                output.metadata = {}


def shrink(notebook: NotebookNode) -> None:
    """Give every picture of the outputs a palette in place of true colours, so that it may be committed."""
    from PIL import Image

    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if PICTURE in output.get("data", {}):
                picture = Image.open(io.BytesIO(base64.b64decode(output.data[PICTURE]))).convert("RGB")
                smaller = io.BytesIO()
                picture.quantize(COLOURS, dither=Image.Dither.NONE).save(smaller, "PNG", optimize=True)
                output.data[PICTURE] = base64.b64encode(smaller.getvalue()).decode()


def faults(notebook: NotebookNode) -> Iterator[str]:
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


def drift(committed: NotebookNode, fresh: NotebookNode) -> Iterator[str]:
    """Cells whose outputs in the file are of other kinds than a fresh run's. What they say may differ."""
    for old, new in zip(committed.cells, fresh.cells, strict=True):
        if _kinds(old) != _kinds(new):
            yield f"cell {old.id} shows {_kinds(new)} now, and the file has {_kinds(old)}"


def _kinds(cell: NotebookNode) -> str:
    """An output's kind: a stream with its name, or the formats that are shown."""
    outputs = cell.get("outputs", [])
    return ", ".join(" ".join([each.get("name", each.output_type), *sorted(each.get("data", {}))]) for each in outputs)
