"""What the machine writes into Korean pages: fences, code and outputs of the English ones, and sections' stamps."""

import json
from collections.abc import Iterable
from pathlib import Path

from workbook.lesson.errors import LessonError, shown
from workbook.lesson.markdown import Edit, rewrite
from workbook.say import say
from workbook.translation.page import Section, read_page
from workbook.translation.pairs import Pair
from workbook.translation.parity import Comparison

COPIED = ("fence", "comment", "key")


def sync(pair: Pair) -> bool:
    """Copy what is the same in both languages and differs: fences and their comments by position, front matter by key.

    Of a notebook: cells, code and outputs. A text that is not there yet comes over in English.

    Returns:
        whether the Korean page changed.

    Raises:
        LessonError: the pages have not the same headings, or a section not as many fences; then nothing is written.
    """
    if pair.english.suffix == ".ipynb":
        return _sync_notebook(pair)
    english, korean = read_page(pair.english), read_page(pair.korean)
    there, here = (
        [(each.level, *(part.kind for part in each.of(*COPIED))) for each in page] for page in (english, korean)
    )
    if here != there:
        number = next((n for n, (one, other) in enumerate(zip(there, here, strict=False)) if one != other), -1)
        section = korean[min(number, len(korean) - 1)]
        what = f"the fences cannot be copied: from `{section.title}` on, headings or the number of fences differ."
        raise LessonError(pair.korean, section.first, what, way=f"Compare it with {shown(pair.english)}.")
    before, lines = _text(pair.korean), _text(pair.english).split("\n")
    edits = [
        Edit(ours.first, ours.last - ours.first + 1, tuple(lines[theirs.first - 1 : theirs.last]))
        for one, other in zip(english, korean, strict=True)
        for theirs, ours in zip(one.of(*COPIED), other.of(*COPIED), strict=True)
        if theirs.value != ours.value
    ]
    rewrite(pair.korean, edits)
    return _text(pair.korean) != before


def _text(file: Path) -> str:
    return file.read_text(encoding="utf-8")


def _sync_notebook(pair: Pair) -> bool:
    before = _text(pair.korean) if pair.korean.exists() else '{"cells": []}'
    ours = {cell["id"]: cell for cell in json.loads(before)["cells"]}
    notebook = json.loads(_text(pair.english))
    for cell in notebook["cells"]:
        old = ours.get(cell["id"], cell)
        if old["cell_type"] == cell["cell_type"] == "markdown":
            cell["source"], cell["metadata"] = old["source"], old["metadata"]
        elif "alt" in cell["metadata"] and "alt" in old["metadata"]:
            cell["metadata"] = old["metadata"]
    _write(pair.korean, notebook)
    return _text(pair.korean) != before


def _write(file: Path, notebook: object) -> None:
    """Write a notebook as nbformat lays it out."""
    text = json.dumps(notebook, ensure_ascii=False, indent=1, sort_keys=True)
    file.write_text(f"{text}\n", encoding="utf-8", newline="\n")


def stamp(pages: Comparison, slug: str = "") -> int:
    """Write below each Korean heading, or below one, from which English text it is; in a notebook, into the cell.

    Args:
        slug: the English heading's id; all when empty.

    Returns:
        how many stamps were not as they are now.
    """
    file, text = pages.pair.korean, _text(pages.pair.korean)
    stamps = [
        (other, one.own_stamp())
        for one, other in zip(pages.english, pages.korean, strict=True)
        if slug in ("", one.slug) and one.prose and other.stamp != one.own_stamp()
    ]
    if file.suffix == ".ipynb":
        notebook = json.loads(text)
        hashes = dict(stamp.split() for _section, stamp in stamps)
        for cell in notebook["cells"]:
            cell["metadata"] |= {"english": hashes[cell["id"]]} if cell["id"] in hashes else {}
        _write(file, notebook)
    else:
        rewrite(file, [_comment(section, stamp, text.split("\n")) for section, stamp in stamps])
    return len(stamps)


def _comment(section: Section, stamp: str, lines: list[str]) -> Edit:
    below = "".join(lines[section.last : section.last + 1]).strip()
    after = ("",) if below and not section.stamp else ()
    return Edit(section.last + 1, int(bool(section.stamp)), (f"<!-- section: {stamp} -->", *after))


def follow(changed: Iterable[Pair]) -> None:
    """Let Korean pages follow their English ones; print which did, and say why others could not."""
    for pair in changed:
        try:
            if pair.korean.exists() and sync(pair):
                print(f"fences copied: {shown(pair.korean)}")
        except LessonError as error:
            say(str(error))
