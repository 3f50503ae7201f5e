"""The student's project: how it is found, and what may become one."""

from pathlib import Path

from workbook.place import CLONE
from workbook.say import Problem, _
from workbook.student import progress_file


def find(start: Path) -> Path | None:
    """The project that a directory lies in: the directory or a parent with a progress file."""
    start = start.absolute()
    return next((each for each in (start, *start.parents) if (each / progress_file.NAME).is_file()), None)


def require(directory: Path | None) -> Path:
    """The project in a directory that was named, else the one we stand in.

    Raises:
        Problem: there is none.
    """
    place = directory if directory is not None else Path.cwd()
    found = find(place)
    if found is None:
        raise Problem(
            _("{place} is not a project of the workbook.", place=place),
            why=_(
                "A project is a folder that `workbook start` made; it holds the file {name}.", name=progress_file.NAME
            ),
            ways=(
                _("Go into your project, then run the command again."),
                _("Or name it: --project DIR."),
                _("If you have none yet: workbook start ch32 ~/when2meet"),
            ),
            code=2,
        )
    return found


def room_for(directory: Path) -> Path:
    """A directory in which a new project may be laid out: outside the clone, and empty or not there yet.

    Raises:
        Problem: it lies in the workbook, it is a file, or it holds something.
    """
    target = directory.expanduser().absolute()
    ways = (_("Name another one: workbook start ch32 ~/when2meet"),)
    if target.resolve().is_relative_to(CLONE):
        raise Problem(
            _("{target} lies in the workbook itself.", target=target),
            why=_("Your project is a git repository of its own, and one repository must not lie in another."),
            ways=ways,
            code=2,
        )
    if target.exists() and not target.is_dir():
        raise Problem(_("{target} is a file.", target=target), ways=ways, code=2)
    if target.is_dir() and any(target.iterdir()):
        raise Problem(
            _("{target} holds files that the workbook did not put there, so it is left alone.", target=target),
            ways=ways,
            code=2,
        )
    return target
