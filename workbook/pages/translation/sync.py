"""`workbook translation`: what is not in step, and the two ways of bringing it there.

The machine writes into Korean pages the fences, code and outputs of the English ones, and sections' stamps.
"""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path

from workbook.lesson.errors import LessonError, shown
from workbook.lesson.markdown import Edit, rewrite
from workbook.pages.translation import Pair, orphans, pairs
from workbook.pages.translation.page import ran, read_page, worded
from workbook.pages.translation.parity import Comparison, Finding, findings_of
from workbook.place import CLONE
from workbook.say import Problem, say

COPIED = ("fence", "comment", "key")


def translation(*, copy: bool = False, accepted: Sequence[str] = (), root: Path = CLONE) -> int:
    """List what is missing, stale or different, after copying fences; or only accept files (or `file#slug`).

    Returns 1 when anything is not in step. Raises Problem as `accept` does.
    """
    for wish in accepted:
        pair, count = accept(wish, root)
        print(f"accepted: {shown(pair.korean)}: {count} section comments written.")
    if accepted:
        return 0
    known = pairs(root)
    follow(known if copy else ())
    findings: list[Finding] = []
    for pair in known:
        missing = Finding(pair.english, 1, "there is no Korean page.", f"Write {shown(pair.korean)}.")
        findings += findings_of(pair, root) if pair.korean.exists() else [missing]
    for file in orphans(root):
        findings.append(Finding(file, 1, "there is no English page for this one.", "Write it, or delete this."))
    print("\n".join(map(str, findings)) or f"All {len(known)} pages are in step.")
    return int(bool(findings))


def accept(wish: str, root: Path = CLONE) -> tuple[Pair, int]:
    """Write the comments of a page's sections (with `#slug`: of this one); the pages, and how many comments changed.

    Raises Problem, and writes nothing: no such page or section, or its structure differs.
    """
    name, _, slug = wish.partition("#")
    files = {(Path.cwd() / name).resolve(), (root / name).resolve()}
    pair = next((each for each in pairs(root) if files & {each.english.resolve(), each.korean.resolve()}), None)
    if pair is None or not pair.korean.exists():
        way = "See which there are: workbook translation"
        raise Problem(f"{name} is no page in two languages.", ways=(way,), code=2)
    pages = Comparison(pair, root)
    known = [section.slug for section in pages.english]
    if slug and slug not in known:
        raise Problem(f"{shown(pair.english)} has the sections {', '.join(known)}, and no {slug}.", code=2)
    if wrong := [each for each in pages.differences() if slug in ("", each.slug) or not each.slug]:
        what = f"{shown(pair.korean)} is not accepted: it differs from {shown(pair.english)} in more than words."
        raise Problem(what, ways=tuple(map(str, wrong)))
    stamps = [
        (other, one.own_stamp())
        for one, other in zip(pages.english, pages.korean, strict=True)
        if slug in ("", one.slug) and one.prose and other.stamp != one.own_stamp()
    ]
    if pair.korean.suffix == ".ipynb":
        notebook = json.loads(pair.korean.read_text(encoding="utf-8"))
        hashes = dict(stamp.split() for _section, stamp in stamps)
        for cell in notebook["cells"]:
            cell["metadata"] |= {"english": hashes[cell["id"]]} if cell["id"] in hashes else {}
        _write(pair.korean, notebook)
        return pair, len(stamps)
    lines, edits = pair.korean.read_text(encoding="utf-8").split("\n"), []
    for section, stamp in stamps:
        old = int(bool(section.stamp))
        after = [""] if not old and "".join(lines[section.last : section.last + 1]).strip() else []
        edits.append(Edit(section.last + 1, old, (f"<!-- section: {stamp} -->", *after)))
    rewrite(pair.korean, edits)
    return pair, len(stamps)


def sync(pair: Pair) -> bool:
    """Copy what is the same in both (fences, comments, values; of a notebook all but texts); True when it differed.

    Raises LessonError, and writes nothing, where headings or numbers of fences differ.
    """
    if pair.english.suffix == ".ipynb":
        return _sync_notebook(pair)
    english, korean = read_page(pair.english), read_page(pair.korean)
    there, here = (
        [(each.level, *(part.kind for part in each.of(*COPIED))) for each in page] for page in (english, korean)
    )
    if here != there:
        what = f"the fences cannot be copied: {shown(pair.english)} has other headings, or another number of fences."
        raise LessonError(pair.korean, 1, what, way="See where it begins: workbook translation.")
    lines = pair.english.read_text(encoding="utf-8").split("\n")
    edits = [
        Edit(ours.first, ours.last - ours.first + 1, tuple(lines[theirs.first - 1 : theirs.last]))
        for one, other in zip(english, korean, strict=True)
        for theirs, ours in zip(one.of(*COPIED), other.of(*COPIED), strict=True)
        if theirs.value != ours.value
    ]
    rewrite(pair.korean, edits)
    return bool(edits)


def _sync_notebook(pair: Pair) -> bool:
    before = json.loads(pair.korean.read_text(encoding="utf-8")) if pair.korean.exists() else {"cells": []}
    ours = {cell["id"]: cell for cell in before["cells"]}
    notebook = json.loads(pair.english.read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        old = ours.get(cell["id"], cell)
        if old["cell_type"] == cell["cell_type"] == "markdown":
            cell["source"], cell["metadata"] = old["source"], old["metadata"]
        elif cell["cell_type"] == "code":
            words = old["metadata"].get("words", {})
            cell["source"] = worded("".join(cell["source"]), words).splitlines(keepends=True)
            if ran(old) == ran(cell):
                cell["outputs"] = old["outputs"]
            if words or ("alt" in cell["metadata"] and "alt" in old["metadata"]):
                cell["metadata"] = old["metadata"]
    _write(pair.korean, notebook)
    return bool(notebook != before)


def _write(file: Path, notebook: object) -> None:
    """Write a notebook as nbformat lays it out."""
    text = json.dumps(notebook, ensure_ascii=False, indent=1, sort_keys=True)
    file.write_text(f"{text}\n", encoding="utf-8", newline="\n")


def follow(changed: Iterable[Pair]) -> None:
    """Let Korean pages follow their English ones; print which did, and say why others could not."""
    for pair in changed:
        try:
            if pair.korean.exists() and sync(pair):
                print(f"fences copied: {shown(pair.korean)}")
        except LessonError as error:
            say(str(error))
