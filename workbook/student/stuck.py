"""For who is stuck: `hint`, and the student's code beside the chapter's, `diff` and `solution`."""

import os
import re
import shutil
import tempfile
from pathlib import Path

from workbook.history.files import trace
from workbook.history.git import persons_git
from workbook.place import CHAPTERS
from workbook.runner.compare import undated
from workbook.say import Problem, _
from workbook.student.checking import asked
from workbook.student.project import Progress, current
from workbook.student.start import commit_of

ASKED_TWICE = 2


def next_hint(root: Path, name: str | None = None) -> str:
    """The next of three hints, which is remembered for each check; the last one again when there are no more.

    Args:
        name: a check's name; the first one that the last check found missing when None.

    Raises:
        Problem: no such check; or nothing is known to be missing.
    """
    progress = Progress.read(root)
    chapter = current(root).id
    known = {check.key: check for check in asked(chapter)}
    wanted = [key for key in progress.missing.get(chapter, []) if key in known]
    if name is not None:
        wanted = [key for key in known if name in (key, known[key].name)]
        if not wanted:
            ways = (_("Checks: ") + ", ".join(check.name for check in known.values()),)
            raise Problem(_("There is no check {name}.", name=name), ways=ways, code=2)
    if not wanted:
        nothing = _("The last check found nothing missing.")
        what = nothing if chapter in progress.missing else _("Nothing has been checked yet.")
        raise Problem(what, ways=("workbook check",))
    check = known[wanted[0]]
    number = progress.hints[check.key] = progress.hints.get(check.key, 0) + 1
    progress.write(root)
    place = min(number, len(check.hints)) - 1
    kind = (_("A nudge"), _("A pointer"), _("Almost the answer"))[place]
    return f"{check.asks}\n  {kind} ({place + 1}/3): {check.hints[place]}"


def diff(root: Path, chapter: str, *, backwards: bool = False, path: str = "") -> str:
    """What differs between the chapter's end and the project as it lies there, new files too.

    Args:
        backwards: from the project to the chapter's end: what remains to be changed.
        path: one file or folder; all when empty.

    Returns:
        a unified diff: `-` the chapter's, `+` the student's (the other way round when backwards). Empty when equal.

    Raises:
        Problem: the project does not know the chapter's tag.
    """
    if not commit_of(root, f"refs/tags/{chapter}"):
        raise Problem(_("The project has no tag {chapter}.", chapter=chapter), ways=(f"workbook start {chapter}",))
    skipped = [f":(exclude){name}" for name in sorted(trace(CHAPTERS, chapter)[-1].left_out)]
    with tempfile.TemporaryDirectory() as scratch:
        # An index and objects of our own: what the student has staged stays as it is, and `.git` too.
        index = Path(scratch) / "index"
        theirs = Path(persons_git(root, "rev-parse", "--absolute-git-dir", looking=True).strip()) / "index"
        if theirs.exists():
            shutil.copyfile(theirs, index)
        (Path(scratch) / "objects").mkdir()
        objects = root / persons_git(root, "rev-parse", "--git-path", "objects", looking=True).strip()
        env = os.environ | {
            "GIT_INDEX_FILE": str(index),
            "GIT_OBJECT_DIRECTORY": str(Path(scratch) / "objects"),
            "GIT_ALTERNATE_OBJECT_DIRECTORIES": str(objects),
        }
        persons_git(root, "add", "-A", looking=True, env=env)
        options = ["--cached", "--no-color", "--no-ext-diff", "--src-prefix=a/", "--dst-prefix=b/"]
        options += ["-R"] if backwards else []
        told = persons_git(root, "diff", *options, chapter, "--", path or ".", *skipped, looking=True, env=env)
    sections = re.split(r"^(?=diff --git )", told, flags=re.MULTILINE)
    return "".join(section for section in sections if not _is_another_day(section))


def _is_another_day(section: str) -> bool:
    """Whether all that differs is the date in a migration's name, which says when somebody made it."""
    renamed = re.search(r"^similarity index 100%\nrename from (.+)\nrename to (.+)$", section, re.MULTILINE)
    return renamed is not None and undated(renamed[1]) == undated(renamed[2])


def solution(root: Path, chapter: str, path: str = "") -> str:
    """The chapter's answer, once it was asked for twice.

    Args:
        path: a file to show whole; the changes that remain when empty.

    Returns:
        the first time a sentence that asks back; then the answer.
    """
    progress = Progress.read(root)
    times = progress.asked[chapter] = progress.asked.get(chapter, 0) + 1
    progress.write(root)
    if times < ASKED_TWICE:
        return _("You learn more from a hint: workbook hint\nTo see the answer, ask once more: workbook solution")
    if path:
        return persons_git(root, "show", f"{chapter}:{path}")
    changes = diff(root, chapter, backwards=True)
    if not changes:
        return _("Your code is that of {chapter} already.", chapter=chapter)
    head = _("# From your code to that of {chapter}. A whole file: workbook solution app/main.py", chapter=chapter)
    return f"{head}\n{changes}"
