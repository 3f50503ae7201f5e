"""A page in two languages."""

from pathlib import Path

import pytest

from tests.translation.course import write_accepted
from workbook.translation.pairs import Pair


@pytest.fixture
def pair(tmp_path: Path) -> Pair:
    """Both pages, in step."""
    return write_accepted(tmp_path)
