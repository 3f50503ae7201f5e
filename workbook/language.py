"""Two sentences side by side, for the chapters' checks."""

from workbook.say import language


def text(en: str, ko: str) -> str:
    """The sentence in the student's language."""
    return ko if language() == "ko" else en
