"""The Korean notebooks: the English one's code and outputs, byte for byte, with Korean text between them.

Each Korean text carries, in its cell's metadata, the fingerprint of the English text that it was written from. Texts
are the Markdown cells, and the descriptions of pictures. Cells belong together by their ids.
"""

import hashlib
import re
from collections.abc import Collection
from copy import deepcopy

from nbformat import NotebookNode

HANGUL = re.compile(r"[\uac00-\ud7a3]")


def fingerprint(english: str) -> str:
    """The first 8 hex digits of the text's SHA-256."""
    return hashlib.sha256(english.encode()).hexdigest()[:8]


def carry_over(english: NotebookNode, korean: NotebookNode | None) -> NotebookNode:
    """The Korean notebook anew: cells, code and outputs of the English one, texts of the Korean one.

    A text that is not there yet comes over in English, without a fingerprint, so that `faults` names it.
    """
    before = {cell.id: cell for cell in korean.cells} if korean else {}
    new = deepcopy(english)
    for cell in new.cells:
        old = before.get(cell.id)
        if not old or old.cell_type != cell.cell_type:
            continue
        if cell.cell_type == "markdown":
            cell.source, cell.metadata = old.source, deepcopy(old.metadata)
        elif "alt" in cell.metadata and "alt" in old.metadata:
            cell.metadata = deepcopy(old.metadata)
    return new


def accept(english: NotebookNode, korean: NotebookNode, ids: Collection[str] = ()) -> list[str]:
    """Stamp Korean texts with the fingerprint of today's English ones; a person has read both.

    Args:
        ids: the cells; all when empty.

    Returns:
        the ids whose stamp is new.
    """
    stamped = []
    for original, cell in zip(english.cells, korean.cells, strict=True):
        source = _text(original)
        if (ids and cell.id not in ids) or not source or not HANGUL.search(_text(cell)):
            continue
        if cell.metadata.get("english") != fingerprint(source):
            cell.metadata["english"] = fingerprint(source)
            stamped.append(str(cell.id))
    return stamped


def faults(english: NotebookNode, korean: NotebookNode) -> list[str]:
    """Where the two are out of step: cells, code, outputs, texts that are missing, not Korean, or stale."""
    ids, theirs = [cell.id for cell in english.cells], [cell.id for cell in korean.cells]
    if ids != theirs:
        odd = [each for each in [*ids, *theirs] if (each in ids) != (each in theirs)]
        return [f"its cells are not the English ones: {', '.join(odd) or 'another order'}"]
    found = []
    for original, cell in zip(english.cells, korean.cells, strict=True):
        if cell.cell_type != original.cell_type:
            found.append(f"cell {cell.id} is {cell.cell_type}, and in English {original.cell_type}")
        elif cell.cell_type == "code" and cell.source != original.source:
            found.append(f"cell {cell.id}: its code is not the English one's")
        elif cell.cell_type == "code" and _outcome(cell) != _outcome(original):
            found.append(f"cell {cell.id}: its outputs are not the English one's")
        else:
            found += _text_faults(original, cell)
    return found


def _text_faults(original: NotebookNode, cell: NotebookNode) -> list[str]:
    source, translated = _text(original), _text(cell)
    what = f"cell {cell.id}" if cell.cell_type == "markdown" else f"cell {cell.id}, the picture's description"
    if not source:
        return [] if not translated else [f"{what} has no English original"]
    if not HANGUL.search(translated):
        return [f"{what} has no Korean text yet"]
    if cell.metadata.get("english") != fingerprint(source):
        return [f"{what} is stale: the English text has changed since"]
    return [] if _links(source) == _links(translated) else [f"{what}: its links are not the English one's"]


def _text(cell: NotebookNode) -> str:
    """What there is to translate in a cell."""
    return str(cell.source if cell.cell_type == "markdown" else cell.metadata.get("alt", ""))


def _outcome(cell: NotebookNode) -> tuple[object, object]:
    return cell.execution_count, cell.outputs


def _links(source: str) -> list[str]:
    """Where the text links to; Korean pages stand beside the English ones, and headings keep their names."""
    return [link.replace(".ko.", ".") for link in re.findall(r"\]\(([^)]+)\)", source)]
