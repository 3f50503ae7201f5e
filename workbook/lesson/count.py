"""How much of a page is verified."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from workbook.lesson.errors import shown
from workbook.lesson.model import Block, Diff, Illustration, Session, WholeFile
from workbook.say import Problem


@dataclass(frozen=True, slots=True)
class Skip:
    """A block that is not run."""

    file: Path
    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class Count:
    """A page's numbers: files shown, things typed, outputs shown, how many of those are run and compared, and skips."""

    listings: int
    illustrations: int
    commands: int
    outputs: int
    verified: int
    skips: tuple[Skip, ...]


def count(blocks: Iterable[Block]) -> Count:
    """Count a page's blocks. A command that shows nothing is compared too, but is no output."""
    blocks = list(blocks)
    sessions = [block for block in blocks if isinstance(block, Session)]
    return Count(
        listings=sum(isinstance(block, WholeFile | Diff) for block in blocks),
        illustrations=sum(isinstance(block, Illustration) for block in blocks),
        commands=sum(len(session.exchanges) for session in sessions),
        outputs=sum(bool(exchange.output) for session in sessions for exchange in session.exchanges),
        verified=sum(
            bool(exchange.output) for session in sessions if not session.skip for exchange in session.exchanges
        ),
        skips=tuple(Skip(each.place.file, each.place.first, each.skip) for each in sessions if each.skip is not None),
    )


def require_budget(skips: Sequence[Skip], budget: int) -> None:
    """Raises Problem when more blocks are skipped than `max_skips` allows, with all of them and their reasons."""
    if len(skips) > budget:
        listed = "\n".join(f"  {shown(skip.file)}:{skip.line}: {skip.reason}" for skip in skips)
        raise Problem(
            f"{len(skips)} blocks are not run, and max_skips under [tool.workbook] in pyproject.toml is {budget}.",
            why=listed,
            ways=("Make a block run here.", "Or raise max_skips, and say in the commit why."),
        )
