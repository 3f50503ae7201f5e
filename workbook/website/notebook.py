"""Committed notebooks, with the outputs of their last run, as Markdown."""

import base64
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from workbook.say import Problem, _
from workbook.website.markup import fenced

_ANSI = re.compile(r"\x1b\[[0-9;]*m")
HIDE = "hide"
"""The tag of a cell that the site does not show."""


def draw(text: str, file: str) -> tuple[str, dict[str, bytes]]:
    """Turn a notebook into a page.

    Args:
        text: the notebook's JSON.
        file: its path in the repository.

    Returns:
        the page's Markdown, and by file name what lies beside it: its pictures, and the notebook for the button.

    Raises:
        Problem: it is not a notebook, a code cell was never run, a picture has no text for those who cannot see it.
    """
    try:
        cells: list[dict[str, Any]] = json.loads(text)["cells"]
    except (ValueError, KeyError, TypeError):
        raise Problem(f"{file} is not a notebook.", ways=("Run and save it again.",)) from None
    name = file.rpartition("/")[2]
    pictures = {name: text.encode()}
    parts: list[str] = []
    for number, cell in enumerate(cells, 1):
        source = _text(cell["source"])
        if cell["cell_type"] == "markdown":
            parts.append(source)
        elif cell["cell_type"] == "code" and HIDE not in cell["metadata"].get("tags", ()):
            if source.strip():
                parts.append(fenced("python", "", source))
            parts += _outputs(cell, number, file, pictures)
    # As HTML: a link to the notebook in Markdown leads to this page.
    label = _("Download this notebook")
    button = f'<p><a class="md-button" href="../{name}" download>{label}</a></p>'
    return "\n\n".join([*parts[:1], button, *parts[1:]]) + "\n", pictures


def _outputs(cell: Mapping[str, Any], number: int, file: str, pictures: dict[str, bytes]) -> Iterator[str]:
    if cell.get("execution_count") is None and _text(cell["source"]).strip():
        raise Problem(f"{file}: cell {number} was never run.", ways=("make notebooks",))
    for place, output in enumerate(cell["outputs"], 1):
        data = output.get("data", {})
        if "image/png" in data:
            alt = str(cell["metadata"].get("alt", "")).strip().replace("]", ")")
            if not alt:
                what = f"{file}: the picture of cell {number}-{place} has no text for those who cannot see it."
                raise Problem(what, ways=('Give the cell the metadata {"alt": "what the picture shows"}.',))
            name = f"{file.rpartition('/')[2].removesuffix('.ipynb')}-{number}-{place}.png"
            pictures[name] = base64.b64decode(_text(data["image/png"]))
            yield f"![{alt}]({name}){{ .wb-plot }}"
        elif "text/html" in data:
            yield f'<div class="wb-html">\n{_text(data["text/html"])}\n</div>'
        elif "text/markdown" in data:
            yield _text(data["text/markdown"])
        else:
            printed = _text(output.get("text") or data.get("text/plain") or "\n".join(output.get("traceback", ())))
            if printed.strip():
                yield fenced("text", _("Output"), _ANSI.sub("", printed), ".wb-output", ".no-copy")


def _text(source: object) -> str:
    return "".join(source) if isinstance(source, list) else str(source)
