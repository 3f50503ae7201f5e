"""What a page shows against what happened."""

from collections.abc import Sequence
from pathlib import Path

from workbook.lesson.elision import mismatch
from workbook.lesson.errors import LessonError
from workbook.lesson.model import Diff, Exchange, WholeFile
from workbook.normalise import normalise


def agrees(shown: Sequence[str], actual: Sequence[str]) -> bool:
    """Whether an output is as shown, after normalising both."""
    return mismatch(normalise(shown), normalise(actual)) is None


def require_same(file: Path, exchange: Exchange, actual: Sequence[str]) -> None:
    """Compare a command's output with the lines under it.

    Raises:
        LessonError: the first difference, with the page's line, what it shows, what came, and the whole output.
    """
    difference = mismatch(normalise(exchange.output), normalise(actual))
    if difference is None:
        return
    over = "(nothing: the output ends here)"
    shown, got = _at(exchange.output, difference.shown, over), _at(actual, difference.actual, over)
    raise LessonError(
        file,
        exchange.output_line + difference.shown,
        f"`{first_line(exchange)}` does not print what is shown.",
        why=f"expected: {shown}\n     got: {got}\n\nThe whole output:\n\n{indented(actual)}",
        way="Mend the lesson, or take what came: workbook refresh.",
    )


def require_same_file(block: WholeFile | Diff, command: Exchange | None, actual: str, wanted: str) -> None:
    """Compare a file that a command has changed with the fence that shows it.

    Args:
        command: the command that changed it, if known.
        wanted: the file as the fence says.

    Raises:
        LessonError: the first difference, with the fence's line.
    """
    if actual == wanted:
        return
    shown, got, over = wanted.split("\n"), actual.split("\n"), "(the end of the file)"
    number = next(number for number in range(len(shown) + 1) if shown[: number + 1] != got[: number + 1])
    line = block.place.first + (1 + number if isinstance(block, WholeFile) else 0)
    by = f"`{command.typed}` (line {command.line})" if command else "a command"
    raise LessonError(
        block.place.file,
        min(line, block.place.last),
        f"{by} leaves {block.title} otherwise than shown here.",
        why=f"expected: {_at(shown, number, over)}\n     got: {_at(got, number, over)}\n\nThe whole file:\n\n{actual}",
        way="Show the file as the command leaves it.",
    )


def first_line(exchange: Exchange) -> str:
    """A command as a message names it."""
    return exchange.typed.partition("\n")[0]


def indented(lines: Sequence[str]) -> str:
    """An output set apart from the sentence around it."""
    return "\n".join(f"    {line}".rstrip() for line in lines) or "    (nothing)"


def _at(lines: Sequence[str], number: int, over: str) -> str:
    return lines[number] if number < len(lines) else over
