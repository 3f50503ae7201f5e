"""The Korean notebooks run as the English ones do, and their charts have no letter that the fonts lack."""

from pathlib import Path

import pytest

from workbook.mysql.server import Server
from workbook.pages import notebooks as book

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("path", [pair.korean for pair in book.both()], ids=lambda path: path.stem)
def test_a_korean_notebook_runs(path: Path, mysql: Server) -> None:
    fresh = book.read(path)
    book.execute(path, fresh, mysql)
    # A letter without a glyph would be a warning on standard error.
    assert list(book.broken(fresh)) == []
