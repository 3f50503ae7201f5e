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
    language: str = ""
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
    """Something typed and what is printed then.

    Attributes:
        line: where the typed text stands.
        typed: the command, statement or code, without prompts; several lines are joined by newlines.
        output: the lines shown under it.
        output_line: where the first of them stands, or would stand.
        exit: the exit code that the lesson announces (commands only).
    """

    line: int
    typed: str
    output: tuple[str, ...]
    output_line: int
    exit: int = 0


@dataclass(frozen=True, slots=True)
class Session:
    """A console, mysql or pycon fence.

    Attributes:
        kind: `console`, `mysql` or `pycon`.
        skip: the reason why it is not run, or None.
        background: whether its command goes on while the lesson goes on.
        tag: the tag of the commit in it, or None.
    """

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


@dataclass(frozen=True, slots=True)
class Illustration:
    """A fence that nothing is done with."""

    place: Place
    language: str
    content: str


Block = WholeFile | Diff | Session | Stop | Illustration


@dataclass(frozen=True, slots=True)
class RedContract:
    """What must fail at a red tag, and what its message contains. `line` is the front matter's line of the tag."""

    tag: str
    tests: tuple[str, ...]
    because: str
    line: int


@dataclass(frozen=True, slots=True)
class Lesson:
    """A chapter's lesson.

    Attributes:
        chapter: its id, for example `ch35`.
        stands: what stands at its end, in a few words; empty when the page does not say.
        route: the request that it asks for, `POST /v1/mysql/meetings`; empty when there is none.
        made: the files of the `made/` folder by their path in the project.
        red: the contracts by tag.
        left_out: paths that history does not hold.
    """

    file: Path
    chapter: str
    title: str
    goal: str
    blocks: tuple[Block, ...]
    stands: str = ""
    route: str = ""
    red: dict[str, RedContract] = field(default_factory=dict)
    left_out: tuple[str, ...] = ()
    made: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Mistake:
    """A page that plants a mistake on the project at `tag` and shows `error`.

    Attributes:
        check: the name of the check that finds it.
        plant: how many of its first blocks that act (files, diffs, sessions) plant it.
        besides: what plants it besides: `env` (a variable's value, or null), `sql`, `replace` (by file: old, new).
    """

    file: Path
    title: str
    tag: str
    error: str
    check: str | None
    blocks: tuple[Block, ...]
    plant: int = 1
    besides: dict[str, Any] = field(default_factory=dict)
