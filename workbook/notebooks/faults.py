"""What is wrong with a committed notebook, in sentences; nothing is run."""

import re
from pathlib import Path

from nbformat import NotebookNode

from workbook.notebooks.book import KERNEL, OWN, text

PICTURE = "image/png"

MACHINE = re.compile(r"/(?:home|root|tmp|work|Users|var|private)/[\w.]+|\bgw\d+\b")
"""A path that only the machine has on which the notebook was run."""


def faults(notebook: NotebookNode) -> list[str]:
    """Whether it was executed from top to bottom, without an error, and holds nothing of a machine."""
    found = []
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    for number, cell in enumerate(code, start=1):
        if cell.execution_count != number:
            was = (
                "was not executed" if cell.execution_count is None else f"was executed as number {cell.execution_count}"
            )
            found.append(f"cell {cell.id} {was}; from top to bottom it is number {number}")
        found += [f"cell {cell.id}: {fault}" for output in cell.outputs for fault in _in_output(output)]
        pictures = sum(PICTURE in output.get("data", {}) for output in cell.outputs)
        if pictures and not cell.metadata.get("alt", "").strip():
            found.append(f'cell {cell.id} draws a picture, and its metadata has no text for it: {{"alt": "…"}}')
        if pictures > 1:
            found.append(f"cell {cell.id} draws {pictures} pictures, and one text describes one of them")
    if notebook.metadata.get("kernelspec") != KERNEL or set(notebook.metadata) != {"kernelspec", "language_info"}:
        found.append("the notebook's metadata is not normalised")
    found += [
        f"cell {cell.id}: its metadata is not normalised" for cell in notebook.cells if set(cell.metadata) - set(OWN)
    ]
    return found


def drift(committed: NotebookNode, fresh: NotebookNode) -> list[str]:
    """Cells whose outputs in the file are of other kinds than a fresh run's. What they say may differ."""
    pairs = zip(committed.cells, fresh.cells, strict=True)
    return [
        f"cell {old.id} prints {_words(new)} now, and the file has {_words(old)}"
        for old, new in pairs
        if old.cell_type == "code" and _kinds(old) != _kinds(new)
    ]


def name(path: Path, found: list[str]) -> list[str]:
    """The faults with the notebook's name before each."""
    return [f"{path.name}: {fault}" for fault in found]


def _in_output(output: NotebookNode) -> list[str]:
    found = []
    if output.output_type == "error":
        found.append(f"it ended with {output.ename}: {output.evalue}")
    if output.get("name") == "stderr":
        found.append("it wrote to standard error")
    if output.get("metadata"):
        found.append("an output's metadata is not normalised")
    said = text(output.get("text", "")) + text(output.get("data", {}).get("text/plain", ""))
    if path := MACHINE.search(said):
        found.append(f"its output names a place of the machine: {path[0]}")
    return found


def _kinds(cell: NotebookNode) -> list[tuple[str, ...]]:
    """An output's kind: a stream with its name, or the formats that are shown."""
    return [
        (output.output_type, output.get("name", ""), *sorted(output.get("data", {})))
        for output in cell.get("outputs", [])
    ]


def _words(cell: NotebookNode) -> str:
    return ", ".join(" ".join(filter(None, kind)) for kind in _kinds(cell)) or "nothing"
