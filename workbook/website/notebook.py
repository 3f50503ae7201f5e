"""Committed notebooks, with the outputs of their last run, as Markdown."""

import base64
import binascii
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from workbook.say import Problem
from workbook.website.blocks import fenced
from workbook.website.words import Words

_ANSI = re.compile(r"\x1b\[[0-9;]*m")
HIDE = "hide"
"""The tag of a cell that the site does not show."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A notebook's page, and its pictures by file name."""

    markdown: str
    pictures: Mapping[str, bytes]


def draw(text: str, file: str, words: Words) -> Drawn:
    """Turn a notebook into a page.

    Args:
        text: the notebook's JSON.
        file: its path in the repository.

    Raises:
        Problem: it is not a notebook, a code cell was never run, a picture has no text for those who cannot see it.
    """
    try:
        cells: list[dict[str, Any]] = json.loads(text)["cells"]
    except (ValueError, KeyError, TypeError):
        raise Problem(f"{file} is not a notebook.", ways=("Run and save it again.",)) from None
    pictures: dict[str, bytes] = {}
    parts: list[str] = []
    for number, cell in enumerate(cells, 1):
        source = _text(cell["source"])
        if cell["cell_type"] == "markdown":
            parts.append(source)
        elif cell["cell_type"] == "code" and HIDE not in cell["metadata"].get("tags", ()):
            if source.strip():
                parts.append(fenced("python", "", source))
            parts += _outputs(cell, number, file, pictures, words)
    name = file.rpartition("/")[2]
    # As HTML: a link to the notebook in Markdown would be mended to lead to this page.
    button = f'<p><a class="md-button wb-download" href="../{name}" download>{words("download")}</a></p>'
    return Drawn("\n\n".join([*parts[:1], button, *parts[1:]]) + "\n", pictures)


def title_of(text: str) -> str:
    """A notebook's first heading; empty when it has none."""
    for cell in json.loads(text).get("cells", ()):
        found = re.search(r"^# (.+)$", _text(cell["source"]), re.MULTILINE) if cell["cell_type"] == "markdown" else None
        if found:
            return found[1].strip()
    return ""


def _outputs(
    cell: Mapping[str, Any], number: int, file: str, pictures: dict[str, bytes], words: Words
) -> Iterator[str]:
    if cell.get("execution_count") is None and _text(cell["source"]).strip():
        raise Problem(f"{file}: cell {number} was never run.", ways=("make notebooks",))
    for place, output in enumerate(cell["outputs"], 1):
        data = output.get("data", {})
        if "image/png" in data:
            yield _picture(cell, data["image/png"], f"{number}-{place}", file, pictures)
        elif "text/html" in data:
            yield f'<div class="wb-html">\n{_text(data["text/html"])}\n</div>'
        elif "text/markdown" in data:
            yield _text(data["text/markdown"])
        else:
            printed = _text(output.get("text") or data.get("text/plain") or "\n".join(output.get("traceback", ())))
            if printed.strip():
                yield fenced("output", words("output"), _ANSI.sub("", printed))


def _picture(cell: Mapping[str, Any], data: object, name: str, file: str, pictures: dict[str, bytes]) -> str:
    alt = str(cell["metadata"].get("alt", "")).strip()
    if not alt:
        raise Problem(
            f"{file}: the picture of cell {cell.get('id', name)} has no text for those who cannot see it.",
            ways=('Give the cell the metadata {"alt": "what the picture shows"}.',),
        )
    path = f"{file.rpartition('/')[2].removesuffix('.ipynb')}-{name}.png"
    try:
        pictures[path] = base64.b64decode(_text(data), validate=False)
    except binascii.Error:
        raise Problem(f"{file}: the picture of cell {name} is damaged.", ways=("Run the notebook again.",)) from None
    return f"![{alt.replace(']', ')')}]({path}){{ .wb-plot }}"


def _text(source: object) -> str:
    return "".join(source) if isinstance(source, list) else str(source)
