"""What is out of date in a project that follows the course notes with the versions of their day."""

import re
from importlib.metadata import distributions
from pathlib import Path

from workbook.history.lock import read_versions
from workbook.place import CHAPTERS
from workbook.say import _


def note_on(message: str) -> str:
    """A sentence that goes behind an error which comes from an old way of doing things; an empty text for any other."""
    if "tortoise.contrib.test" in message and "ImportError" in message:
        return _(" (Out of date: Tortoise 1.0 removed `initializer` and `finalizer`. ch35 uses TortoiseContext.)")
    if "fixture 'event_loop' not found" in message:
        return _(" (Out of date: pytest-asyncio 1.0 removed the fixture `event_loop`. Leave it out, as ch35 does.)")
    if "async def functions are not natively supported" in message:
        return _(' (pytest does not run `async def` by itself: asyncio_mode = "auto", see ch35.)')
    return ""


def older_packages(python: Path) -> list[tuple[str, str, str]]:
    """The packages of an environment that are older than those of the chapters: name, installed, in the chapters."""
    folders = [str(folder) for folder in python.parent.parent.glob("lib/python*/site-packages")]
    installed = {_canonical(each.metadata["Name"]): each.version for each in distributions(path=folders)}
    found = []
    for name, wanted in read_versions(CHAPTERS).items():
        have = installed.get(name)
        if have is not None and _key(have) < _key(wanted):
            found.append((name, have, wanted))
    return found


def _canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _key(version: str) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", version.partition("+")[0])[:4])
