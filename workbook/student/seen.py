"""What a probe saw, and what keeps a check from looking at all."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workbook.say import _


class Broken(Exception):
    """The project is in a state in which a check cannot look; the sentence says what is broken, and where."""


@dataclass(frozen=True, slots=True)
class Seen:
    """The lines that a probe told.

    Attributes:
        lines: one dictionary a line.
        output: what the project printed meanwhile.
    """

    lines: tuple[dict[str, Any], ...]
    output: str = ""

    def all(self, key: str) -> list[dict[str, Any]]:
        """The lines that have the key."""
        return [line for line in self.lines if key in line]

    def first(self, key: str) -> Any:
        """The key's first value; None when no line has it."""
        return next((line[key] for line in self.lines if key in line), None)

    @property
    def error(self) -> dict[str, Any] | None:
        """What the project's code raised: `type`, `says`, `file`, `line`; None when nothing."""
        found: dict[str, Any] | None = self.first("error")
        return found


def place(error: dict[str, Any]) -> str:
    """File and line of an error, or an empty text when it came through no line of the project."""
    return f"{error['file']}:{error['line']}" if error.get("file") else ""


def sentence(error: dict[str, Any]) -> str:
    """An error as a sentence: `app/main.py:3: ModuleNotFoundError: No module named 'app.services'`."""
    said = re.sub(r"\s*\n\s*", " / ", str(error["says"]))
    where = place(error)
    return f"{where}: {error['type']}: {said}" if where else f"{error['type']}: {said}"


def hanging(dump: str, root: Path, seconds: float) -> str:
    """A sentence about code that does not come to its end.

    Args:
        dump: what faulthandler wrote, the innermost frame first; may be empty.
        root: where the project lies.
    """
    frames = re.findall(r'File "([^"]+)", line (\d+)', dump)
    own = [(file, line) for file, line in frames if file.startswith(f"{root}/") and "site-packages" not in file]
    if not own:
        return _("Your code does not come to its end within {seconds:g} seconds.", seconds=seconds)
    where = f"{Path(own[0][0]).relative_to(root)}:{own[0][1]}"
    return _(
        "{where}: your code is still here after {seconds:g} seconds. Does a loop never end, or does something wait?",
        where=where,
        seconds=seconds,
    )
