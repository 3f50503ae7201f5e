"""Mistakes that only some Pythons make."""

import platform

import pytest
from packaging.specifiers import SpecifierSet

from workbook.lesson.model import Mistake


def require_python(mistake: Mistake) -> None:
    """Skip the test where this Python does not make the mistake."""
    if not SpecifierSet(mistake.python).contains(platform.python_version()):
        pytest.skip(f"it is a mistake on Python {mistake.python} only")
