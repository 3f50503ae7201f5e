"""What a lesson shows against what happened."""

from collections.abc import Sequence
from pathlib import Path

from workbook.lesson.elision import mismatch
from workbook.lesson.errors import LessonError
from workbook.lesson.model import Exchange
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


def indented(lines: Sequence[str]) -> str:
    """An output set apart from the sentence around it."""
    return "\n".join(f"    {line}".rstrip() for line in lines) or "    (nothing)"
