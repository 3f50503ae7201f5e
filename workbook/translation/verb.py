"""`workbook translation`: what is not in step, and the two ways of bringing it there."""

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from workbook.lesson.errors import LessonError, shown
from workbook.place import CLONE
from workbook.say import Problem
from workbook.translation.finding import Finding
from workbook.translation.page import read_page
from workbook.translation.pairs import Pair, orphans, pairs
from workbook.translation.stamps import stale, stamp
from workbook.translation.structure import differences
from workbook.translation.sync import sync


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
    if accepted:
        for wish in accepted:
            pair, count = accept(wish, root)
            print(f"accepted: {shown(pair.korean)}: {count} section comments written.")
        return 0
    if copy:
        for pair in pairs(root):
            if pair.korean.exists() and _copied(pair):
                print(f"fences copied: {shown(pair.korean)}")
    findings = list(all_findings(root))
    for finding in findings:
        print(finding)
    kinds = Counter(finding.kind for finding in findings)
    if findings:
        print(f"{kinds['missing']} missing, {kinds['stale']} stale, {kinds['different']} different.")
    else:
        print(f"All {len(pairs(root))} pages are in step.")
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


def findings_of(pair: Pair, root: Path = CLONE) -> list[Finding]:
    """What is not in step between two pages that exist."""
    try:
        english, korean = read_page(pair.english), read_page(pair.korean)
    except LessonError as error:
        return [Finding("different", error)]
    found = list(differences(english, korean, root))
    if len(english.sections) == len(korean.sections):
        found += stale(english, korean)
    return sorted(found, key=lambda finding: finding.error.line)


def accept(wish: str, root: Path = CLONE) -> tuple[Pair, int]:
    """Write the section comments of a page, or of one section.

    Args:
        wish: the path of the English or the Korean page, with `#slug` for one section.

    Returns:
        the pages, and how many comments changed.

    Raises:
        Problem: no such page or section, or its structure differs: then nothing is written.
    """
    name, _, slug = wish.partition("#")
    pair = _pair(name, root)
    english, korean = read_page(pair.english), read_page(pair.korean)
    if slug and slug not in [section.slug for section in english.sections]:
        known = ", ".join(section.slug for section in english.sections)
        raise Problem(f"{shown(pair.english)} has no section {slug}.", ways=(f"Sections: {known}.",), code=2)
    wrong = list(differences(english, korean, root))
    if slug:
        wrong = [finding for finding in wrong if not finding.slug or finding.slug == slug]
    if wrong:
        what = f"{shown(pair.korean)} is not accepted: it differs from {shown(pair.english)} in more than words."
        raise Problem(what, ways=tuple(map(str, wrong)))
    return pair, stamp(english, korean, slug or None)


def _pair(name: str, root: Path) -> Pair:
    files = {(Path.cwd() / name).resolve(), (root / name).resolve()}
    for pair in pairs(root):
        if files & {pair.english.resolve(), pair.korean.resolve()}:
            if pair.korean.exists():
                return pair
            raise Problem(f"{shown(pair.korean)} is not there.", ways=("Write it first.",), code=2)
    raise Problem(f"{name} is no page in two languages.", ways=("See which there are: workbook translation",), code=2)


def _copied(pair: Pair) -> bool:
    try:
        return sync(pair)
    except LessonError:
        # What keeps it from being copied is listed right afterwards.
        return False
