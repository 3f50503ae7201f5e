"""Reading and writing notebooks, without anything in them that belongs to a machine or to a day."""

from pathlib import Path

import nbformat
from nbformat import NotebookNode

from workbook.place import CLONE

FOLDER = CLONE / "notebooks"

KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}

OWN = ("alt", "english", "tags")
"""The metadata of a cell that stays: a picture's description, what a translation was made from, Jupyter's tags."""


def english() -> list[Path]:
    """The English notebooks, in the order of the chapters."""
    return sorted(path for path in FOLDER.glob("ch*.ipynb") if not path.name.endswith(".ko.ipynb"))


def korean(path: Path) -> Path:
    """Where the Korean text of an English notebook is."""
    return path.with_suffix(".ko.ipynb")


def read(path: Path) -> NotebookNode:
    """A notebook, in the newest format.

    Raises:
        nbformat.ValidationError: it is no valid notebook.
    """
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


def text(value: str | list[str]) -> str:
    """A source or an output as one text; notebooks may keep it as a list of lines."""
    return value if isinstance(value, str) else "".join(value)
