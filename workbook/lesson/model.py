"""What a lesson is made of, in the order in which it stands there. Lines are counted from 1, as an editor does."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Place:
    """A fence in its file: `first` is the line of the opening fence, the content is `first + 1` to `last - 1`."""

    file: Path
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class WholeFile:
    """A titled fence: the file `title` is `content`, now. `made` when the chapter's `made/` folder holds it."""

    place: Place
    title: str
    content: str
    made: bool = False


@dataclass(frozen=True, slots=True)
class Hunk:
    """One change of a diff: `before` (context and removed lines) becomes `after` (context and added lines)."""

    line: int
    before: tuple[str, ...]
    after: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Diff:
    """A titled diff fence: its hunks, in order."""

    place: Place
    title: str
    hunks: tuple[Hunk, ...]


@dataclass(frozen=True, slots=True)
class Exchange:
    """Something typed, without prompts, its lines joined by newlines; and the lines that are printed then.

    `output_line` is where the first of these stands, or would stand; `exit` the code that the lesson announces.
    """

    line: int
    typed: str
    output: tuple[str, ...]
    output_line: int
    exit: int = 0


@dataclass(frozen=True, slots=True)
class Session:
    """A fence of the kind `console`, `mysql` or `pycon`; not run for the reason `skip`; `tag` is its commit's."""

    place: Place
    kind: str
    exchanges: tuple[Exchange, ...]
    skip: str | None = None
    background: bool = False
    tag: str | None = None


@dataclass(frozen=True, slots=True)
class Stop:
    """The end of the server that runs in the background."""

    place: Place


Block = WholeFile | Diff | Session | Stop


@dataclass(frozen=True, slots=True)
class RedContract:
    """What must fail at a red tag, and what its message contains. `line` is the front matter's line of the tag."""

    tag: str
    tests: tuple[str, ...]
    because: str
    line: int


@dataclass(frozen=True, slots=True)
class RestStop:
    """A place where the project is whole: after the commit `tag`, when the check `last` and all before it hold.

    `heading` counts the page's headings from 0, in every language alike: the rest stop's. It goes on at the next one.
    """

    tag: str
    last: str
    heading: int


@dataclass(frozen=True, slots=True)
class Lesson:
    """The lesson of the chapter with the id `chapter`: its contracts by tag, the paths that history does not hold,
    the files of its `made/` folder by their path in the project, and its rest stops."""

    file: Path
    chapter: str
    title: str
    blocks: tuple[Block, ...]
    red: dict[str, RedContract] = field(default_factory=dict)
    left_out: tuple[str, ...] = ()
    made: dict[str, str] = field(default_factory=dict)
    stops: tuple[RestStop, ...] = ()


@dataclass(frozen=True, slots=True)
class Mistake:
    """A page whose first `plant` blocks (files, diffs, sessions) plant a mistake on the project at `tag`.

    `besides` plants it, too: `env` (a variable's value, or null), `sql`, `replace` (by file: old, new). The page shows
    `error`; `check` names the check that finds it; `python` says on which Pythons it is a mistake (PEP 440).
    """

    file: Path
    tag: str
    error: str
    check: str | None
    blocks: tuple[Block, ...]
    plant: int = 1
    besides: dict[str, Any] = field(default_factory=dict)
    python: str = ""
