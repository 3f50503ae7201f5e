"""What a person reads: sentences in their language, progress, and what to do about a problem.

Each sentence is written once, in English, as `_("…")`; its Korean stands in `ko.po` beside this file, which is
read as it is, without a build step. Nothing here needs an installed package until progress is shown.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from workbook.bootstrap import catalogue, wished

if TYPE_CHECKING:
    from rich.console import Console

Language = Literal["en", "ko"]

CATALOGUE = Path(__file__).with_name("ko.po")

_chosen: list[Language] = []


def choose(name: Language | None) -> None:
    """Fix the language for this process, as `--lang` asks for it; None lets the environment decide."""
    _chosen[:] = [name] if name else []


def language() -> Language:
    """The language: `--lang`, else `WORKBOOK_LANG`, else the locale (`LC_ALL`, `LC_MESSAGES`, `LANG`); English else."""
    return _chosen[0] if _chosen else "ko" if wished() == "ko" else "en"


def _(sentence: str, **values: object) -> str:
    """A sentence in the person's language; one that the catalogue lacks stays English.

    Args:
        sentence: in English, with `{names}`. Without values it is taken as it stands, braces and all.
        values: what stands for the names, in either language.
    """
    said = korean().get(sentence, sentence) if language() == "ko" else sentence
    return said.format(**values) if values else said


@cache
def korean() -> dict[str, str]:
    """The Korean of every sentence that is said, by the English one."""
    return catalogue(CATALOGUE)


def marked(sentence: str) -> str:
    """A sentence for the catalogue that is only said later, by `_`: a table's, or a verb's help."""
    return sentence


class Problem(Exception):
    """Something a person can mend: what is wrong, why, and what to do about it.

    Args:
        what: one sentence that names the thing and the place (file, line, port, command).
        why: a sentence or two of background; may be empty.
        ways: what to do, one way an item, the best first.
        code: the command's exit code: 1 for a finding, 2 for bad usage.
    """

    def __init__(self, what: str, *, why: str = "", ways: tuple[str, ...] = (), code: int = 1) -> None:
        super().__init__(what)
        self.what = what
        self.why = why
        self.ways = ways
        self.code = code

    def __str__(self) -> str:
        """The whole screen as plain text: the sentence, the reason, the ways on."""
        lines = [self.what]
        if self.why:
            lines += ["", self.why]
        if self.ways:
            lines += ["", _("What you can do:"), *(f"  - {way}" for way in self.ways)]
        return "\n".join(lines)


@cache
def console() -> "Console":
    """Standard error, as rich writes to it."""
    from rich.console import Console

    return Console(stderr=True, highlight=False)


def say(sentence: str) -> None:
    """Print one line of progress to standard error."""
    # On a terminal lines break between words; in a file or a pipe they stay whole, for whoever searches them.
    console().print(sentence, markup=False, soft_wrap=not console().is_terminal)


@contextmanager
def stage(title: str) -> Iterator[Callable[[str], None]]:
    """Show that `title` is under way, and afterwards how many seconds it took.

    Yields:
        a function that shows a few words on how far it is ("37 %"); they appear on a terminal only.
    """
    start = time.monotonic()
    if console().is_terminal:
        with console().status(f"{title} …") as status:
            yield lambda words: status.update(f"{title} … {words}")
    else:
        say(f"  {title} …")
        yield lambda words: None
    say(f"  {title}: {time.monotonic() - start:.1f} s")
