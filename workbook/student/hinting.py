"""`workbook hint`: the next of three hints for the first thing that the last check found wanting."""

from pathlib import Path

from workbook.say import Problem, _
from workbook.student import checking, progress_file
from workbook.student.check import hint


def next_hint(root: Path, name: str | None = None) -> str:
    """The next hint, which is remembered for each check.

    Args:
        name: a check's name; the first one that is missing when None.

    Raises:
        Problem: no such check; or nothing is known to be missing.
    """
    progress = progress_file.read(root)
    chapter = checking.current(root).id
    known = {f"{owner}/{check.name}": check for owner, check in checking.asked(chapter)}
    if name is not None:
        wanted = [key for key in known if name in (key, key.partition("/")[2])]
    else:
        wanted = [key for key in progress.missing.get(chapter, []) if key in known]
    if not wanted and name is None:
        if chapter not in progress.missing:
            raise Problem(_("Nothing has been checked yet."), ways=("workbook check",))
        raise Problem(
            _("The last check found nothing missing."),
            ways=("workbook check",),
        )
    if not wanted:
        ways = (_("Checks: ") + ", ".join(key.partition("/")[2] for key in known),)
        raise Problem(_("There is no check {name}.", name=name), ways=ways, code=2)
    key = wanted[0]
    progress.hints[key] = progress.hints.get(key, 0) + 1
    progress_file.write(root, progress)
    return f"{known[key].asks}\n  {hint(known[key], progress.hints[key])}"
