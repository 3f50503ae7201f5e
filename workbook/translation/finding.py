"""What is not in step, and what to do about it."""

from dataclasses import dataclass
from typing import Literal

from workbook.lesson.errors import LessonError

Kind = Literal["missing", "stale", "different"]


@dataclass(frozen=True, slots=True)
class Finding:
    """A page or a section that is not in step: the place, a sentence, a way, and the section it concerns.

    Attributes:
        kind: the page is missing, a section was written from an older text, or the two differ in structure.
        slug: the section's; empty when it concerns the page.
    """

    kind: Kind
    error: LessonError
    slug: str = ""

    def __str__(self) -> str:
        """One line: file, line, what it is, what to do."""
        return " ".join([self.error.what, *self.error.ways])
