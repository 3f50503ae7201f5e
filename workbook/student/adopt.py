"""`workbook adopt`: take a repository that is the student's own, say what it is, and which chapter it has reached.

It writes the progress file alone.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path

from rich.cells import cell_len

from workbook.place import CLONE, PROGRESS
from workbook.say import Problem, _
from workbook.student.check import moved, reached
from workbook.student.commands import fold
from workbook.student.project import Progress, chapter, chapters, find
from workbook.student.shape import SHOWN, Shape, look, outdated, read
from workbook.student.start import Started

INDENT = 13
"""Where the facts of the screen begin."""


def adopt(name: str | None, directory: Path | None) -> Started:
    """Take a project as it is: at the chapter of that `name`, else at the one that its files have reached.

    Without a `directory` the project is around the one that we stand in. Raises Problem: no such chapter; nothing of a
    project is there, or several are; it is the workbook itself; the progress file cannot be written.
    """
    wanted = chapter(name) if name else None
    root = root_of(directory or Path.cwd())
    found = look(root)
    signs = _signs(found)
    missing = next((name for name, sign in signs.items() if sign is False), "")
    come = [each for each in chapters() if signs[each.id] and not "" < missing < each.id]
    now = wanted or [chapters()[0], *come][-1]
    progress = Progress.read(root)
    progress.current = progress.adopted = now.id
    try:
        progress.write(root)
    except OSError as error:
        what = _("{file} cannot be written: {error}", file=root / PROGRESS, error=error.strerror)
        raise Problem(what, ways=(_("Make the folder yours, then run the command again."),), code=2) from error
    taken = _("Taken as it is; only {file} was written:\n  {root}", root=root, file=PROGRESS)
    told = [fold(taken), "", *facts(found), ""]
    if wanted is None:
        told.append(fold(_("By its files it has reached {id}: {title}.", id=now.id, title=now.title)))
        if later := [name for name in signs if name > now.id and signs[name]]:
            told.append(_("Of later chapters it has something, too: {ids}", ids=", ".join(later)))
        told.append(_("Another one: workbook adopt ch35"))
    return Started(root, now, told)


def _signs(found: Shape) -> dict[str, bool | None]:
    """Whether a chapter's sign is there, by its route or by where that has moved since; None when it has no sign."""
    moves = [move for each in chapters() for move in moved(each.folder).items()]
    signs: dict[str, bool | None] = {}
    for each in chapters():
        routes = [each.route, *(each.route.replace(*move) for move in moves)]
        seen = [reached(each.folder, found, route) for route in routes]
        signs[each.id] = None if None in seen else any(seen)
    return signs


def root_of(place: Path) -> Path:
    """The project around a folder, or the only one just below it. Raises Problem: none, several, or the workbook."""
    place = place.expanduser().absolute()
    if place.resolve().is_relative_to(CLONE):
        what = _("{target} lies in the workbook itself.", target=place)
        raise Problem(what, ways=(_("Go into your own repository, then run the command again."),), code=2)
    top = next((each for each in (place, *place.parents) if (each / ".git").exists()), place)
    around = [each for each in (place, *place.parents) if each.is_relative_to(top)]
    below = [each for each in sorted(place.glob("[!.]*/")) if _declares(each)]
    found = [*filter(_declares, around)][:1] or below or [*filter(is_project, reversed(around))][:1]
    if len(found) == 1 or (not found and (top / ".git").exists()):
        return found[0] if found else top
    named = ", ".join(each.name for each in below)
    what = _("{place} holds several projects: {named}.", place=place, named=named)
    if not below:
        what = _("{place} holds no project: neither a pyproject.toml or requirements.txt, nor FastAPI.", place=place)
    ways = (_("Name yours: workbook adopt ch35 DIR"), _("Or begin the course: workbook start ch32 ~/when2meet"))
    raise Problem(what, ways=ways, code=2)


def theirs(directory: Path | None) -> Path | None:
    """The folder of a repository of their own, where `start` would lay out a project: it is to be adopted instead."""
    here = Path.cwd()
    places = [directory.expanduser().absolute()] if directory is not None else [here, here / "when2meet"]
    return next((each for each in places if is_project(each)), None) if not find(places[0]) else None


def is_project(folder: Path) -> bool:
    """Whether a folder says which packages it needs, or holds an application; below it only where it has a `.git`."""
    if not folder.is_dir() or folder.name.startswith(".") or folder.resolve().is_relative_to(CLONE):
        return False
    code = [*folder.glob("*.py"), *(folder.glob("*/*.py") if (folder / ".git").exists() else ())]
    return _declares(folder) or any("FastAPI(" in read(file) for file in code)


def _declares(folder: Path) -> bool:
    return (folder / "pyproject.toml").is_file() or any(folder.glob("requirements*.txt"))


def facts(found: Shape) -> Iterator[str]:
    """What a project is, a line each, with what is not there."""
    named = [f"{name} {found.pins[name]}".strip() for name in SHOWN if name in found.pins]
    lines = {_("packages"): found.packages, _("versions"): ", ".join(named)}
    words = (_("application"), _("settings"), _("models"), _("tests"), _("migrations"))
    lines |= dict(zip(words, map(_places, found.places.values()), strict=True))
    if not (found.root / ".env").exists():
        lines[".env"] = _("none; the environment and the defaults of your settings serve")
    for what, seen in lines.items():
        yield fold(what + " " * (INDENT - cell_len(what)) + (seen or _("none was found")), hanging=INDENT)
    yield from map(fold, outdated(found))


def _places(files: Iterable[Path]) -> str:
    """Files in words; of many in one folder the folder."""
    folders: dict[Path, list[Path]] = {}
    for file in files:
        folders.setdefault(file.parent, []).append(file)
    return ", ".join(str(all[0]) if len(all) == 1 else f"{folder} ({len(all)})" for folder, all in folders.items())
