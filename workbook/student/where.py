"""Bare `workbook`: where you are, and the next command."""

from pathlib import Path

from workbook.lesson.chapters import ChapterFolder
from workbook.lesson.errors import shown
from workbook.say import _
from workbook.student import outline
from workbook.student.project import Progress


def outside() -> str:
    """What to do first, for somebody who has no project yet or stands somewhere else."""
    lines = [
        _("You are not in a project of the workbook."),
        "",
        _("Begin the course:       workbook start ch32 ~/when2meet"),
        _("Or begin in the middle: workbook start ch35 ~/when2meet"),
        _("All commands:           workbook --help"),
    ]
    return "\n".join(lines)


def inside(root: Path) -> str:
    """The chapters, each done, current or ahead, and the next command."""
    progress = Progress.read(root)
    known = outline.chapters()
    ids = [each.id for each in known]
    current = progress.current if progress.current in ids else ids[0]
    lines = [str(root), ""]
    for each in known:
        here = ">" if each.id == current else " "
        state = _("done ") if each.id in progress.done else _("now  ") if here == ">" else "     "
        lines.append(f"{here} {each.id}  {state}  {each.title}")
    lines += ["", *_next(progress, known[ids.index(current)], ids)]
    return "\n".join(lines)


def read_this(chapter: ChapterFolder) -> str:
    """The sentence that says what to read; the path stands alone, to be copied."""
    return _("Read, from the heading 'Start':\n  {lesson}", lesson=shown(chapter.lesson))


def _next(progress: Progress, chapter: ChapterFolder, ids: list[str]) -> list[str]:
    if chapter.id not in progress.done:
        lines = [
            _("Goal: {goal}", goal=chapter.goal),
            read_this(chapter),
            _("When you are done: workbook check"),
        ]
        if progress.missing.get(chapter.id):
            lines.append(_("Stuck? workbook hint"))
        return lines
    after = ids.index(chapter.id) + 1
    if after == len(ids):
        return [_("You have finished every chapter.")]
    return [_("Next: workbook start {ids}", ids=ids[after])]
