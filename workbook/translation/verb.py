"""`workbook translation`: what is not in step, and the two ways of bringing it there."""

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from workbook.lesson.errors import LessonError, shown
from workbook.place import CLONE
from workbook.say import Problem
from workbook.translation.pairs import Pair, orphans, pairs
from workbook.translation.parity import Comparison, Finding, findings_of
from workbook.translation.sync import follow, stamp


def translation(*, copy: bool = False, accepted: Sequence[str] = (), root: Path = CLONE) -> int:
    """List what is missing, stale or different; before that, copy fences or accept sections if asked for.

    Args:
        copy: copy the English fences into the Korean pages where only fences changed.
        accepted: files, or `file#slug`, that are up to date now; then only these are looked at.

    Returns:
        the exit code: 1 when anything is not in step.

    Raises:
        Problem: a file that is no page, a section that it has not, a structure that differs.
    """
    for wish in accepted:
        pair, count = accept(wish, root)
        print(f"accepted: {shown(pair.korean)}: {count} section comments written.")
    if accepted:
        return 0
    follow(pairs(root) if copy else ())
    findings = list(all_findings(root))
    for finding in findings:
        print(finding)
    kinds = Counter(finding.kind for finding in findings)
    counts = ", ".join(f"{kinds[kind]} {kind}" for kind in ("missing", "stale", "different"))
    print(f"{counts}." if findings else f"All {len(pairs(root))} pages are in step.")
    return int(bool(findings))


def all_findings(root: Path = CLONE) -> Iterator[Finding]:
    """Everything that is not in step, page by page."""
    for pair in pairs(root):
        if pair.korean.exists():
            yield from findings_of(pair, root)
        else:
            error = LessonError(pair.english, 1, "there is no Korean page.", way=f"Write {shown(pair.korean)}.")
            yield Finding("missing", error)
    for file in orphans(root):
        error = LessonError(file, 1, "there is no English page for this one.", way="Write it, or delete this.")
        yield Finding("different", error)


def accept(wish: str, root: Path = CLONE) -> tuple[Pair, int]:
    """Write the section comments of a page, or of one section.

    Args:
        wish: the path of the English or the Korean page, with `#slug` for one section (of a notebook: a cell's id).

    Returns:
        the pages, and how many comments changed.

    Raises:
        Problem: no such page or section, or its structure differs: then nothing is written.
    """
    name, _, slug = wish.partition("#")
    files = {(Path.cwd() / name).resolve(), (root / name).resolve()}
    pair = next((each for each in pairs(root) if files & {each.english.resolve(), each.korean.resolve()}), None)
    if pair is None:
        way = "See which there are: workbook translation"
        raise Problem(f"{name} is no page in two languages.", ways=(way,), code=2)
    if not pair.korean.exists():
        raise Problem(f"{shown(pair.korean)} is not there.", ways=("Write it first.",), code=2)
    pages = Comparison(pair, root)
    known = [section.slug for section in pages.english]
    if slug and slug not in known:
        ways = (f"Sections: {', '.join(known)}.",)
        raise Problem(f"{shown(pair.english)} has no section {slug}.", ways=ways, code=2)
    if wrong := [each for each in pages.differences() if slug in ("", each.slug) or not each.slug]:
        what = f"{shown(pair.korean)} is not accepted: it differs from {shown(pair.english)} in more than words."
        raise Problem(what, ways=tuple(map(str, wrong)))
    return pair, stamp(pages, slug)
