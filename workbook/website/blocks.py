"""Pieces of Markdown that several pages are made of."""

import re
from collections.abc import Sequence

from workbook.website.fences import changed_lines
from workbook.website.words import Words


def fenced(language: str, title: str, text: str, lines: Sequence[int] = ()) -> str:
    """A fence that holds a text whatever is in it.

    Args:
        lines: the numbers of the lines to mark, from 1.
    """
    ticks = "`" * max(3, 1 + max((len(found) for found in re.findall(r"`{3,}", text)), default=0))
    marked = f' lines="{" ".join(map(str, lines))}"' if lines else ""
    named = f' title="{title}"' if title else ""
    return f"{ticks}{language}{named}{marked}\n{text.rstrip()}\n{ticks}"


def change(diff: str, title: str, before: str, after: str, words: Words) -> str:
    """A diff and the file after it, as two tabs.

    Args:
        diff: the fence of the diff.
    """
    whole = fenced("whole", title, after, changed_lines(before, after))
    tabs = ((words("the-change"), diff), (words("the-file"), whole))
    return "\n\n".join(f'=== "{label}"\n\n{indented(block)}' for label, block in tabs)


def indented(text: str) -> str:
    """Text one level further in, as tabs and admonitions hold theirs."""
    return "\n".join(f"    {line}" if line else line for line in text.split("\n"))


def boxed(css: str, *paragraphs: str) -> str:
    """Paragraphs in a `div` of a class; the empty ones are left out."""
    inner = "\n\n".join(paragraph for paragraph in paragraphs if paragraph)
    return f'<div class="{css}" markdown>\n\n{inner}\n\n</div>'


def escaped(text: str) -> str:
    """Plain text that Markdown leaves as it is, also in a cell of a table."""
    return re.sub(r"([\\`*_\[\]<>|])", r"\\\1", text)


def code(text: str) -> str:
    """Text as code, in one line, also when it holds backticks."""
    flat = " ".join(text.split())
    return f"`` {flat} ``" if "`" in flat else f"`{flat}`"
