"""What a lesson shows against what happened."""

from collections.abc import Sequence
from pathlib import Path

from workbook.lesson.elision import mismatch
from workbook.lesson.errors import LessonError
from workbook.lesson.model import Diff, Exchange, WholeFile
from workbook.normalise import normalise

OVER = "(nothing: the output ends here)"


def agrees(shown: Sequence[str], actual: Sequence[str]) -> bool:
    """Whether an output is as shown, after normalising both."""
    return mismatch(normalise(shown), normalise(actual)) is None


def require_same(file: Path, exchange: Exchange, actual: Sequence[str]) -> None:
    """Compare a command's output with the lines under it.

    Raises:
        LessonError: the first difference, with the lesson's line, what it shows, what came, and the whole output.
    """
    difference = mismatch(normalise(exchange.output), normalise(actual))
    if difference is None:
        return
    shown = exchange.output[difference.shown] if difference.shown < len(exchange.output) else OVER
    got = actual[difference.actual] if difference.actual < len(actual) else OVER
    first = exchange.typed.partition("\n")[0]
    raise LessonError(
        file,
        exchange.output_line + difference.shown,
        f"`{first}` does not print what is shown.",
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
    shown, got = wanted.split("\n"), actual.split("\n")
    pairs = enumerate(zip(shown, got, strict=False))
    number = next((number for number, (one, other) in pairs if one != other), min(len(shown), len(got)))
    line = block.place.first + (1 + number if isinstance(block, WholeFile) else 0)
    by = f"`{command.typed}` (line {command.line})" if command else "a command"
    raise LessonError(
        block.place.file,
        min(line, block.place.last),
        f"{by} leaves {block.title} otherwise than shown here.",
        why=f"expected: {_at(shown, number)}\n     got: {_at(got, number)}\n\nThe whole file:\n\n{actual}",
        way="Show the file as the command leaves it.",
    )


def _at(lines: Sequence[str], number: int) -> str:
    return lines[number] if number < len(lines) else "(the end of the file)"


def indented(lines: Sequence[str]) -> str:
    """An output set apart from the sentence around it."""
    return "\n".join(f"    {line}".rstrip() for line in lines) or "    (nothing)"
