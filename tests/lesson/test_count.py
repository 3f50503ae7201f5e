"""The report's numbers, and the budget of skips."""

from pathlib import Path

import pytest

from tests.lesson.course import lesson, write_course
from workbook.lesson.count import count, require_budget
from workbook.lesson.reader import read_lesson
from workbook.say import Problem

BODY = """
```text title="x"
```

<!-- not run: needs a Docker engine -->
```console
$ docker ps
CONTAINER
```

```console
$ true
$ echo hi
hi
```

```text
an illustration
```
"""


def test_skips_are_counted_with_their_reasons_and_capped(tmp_path: Path) -> None:
    counted = count(read_lesson(write_course(tmp_path, lesson(BODY)) / "ch01_fixture" / "lesson.md").blocks)

    assert (counted.listings, counted.illustrations, counted.commands, counted.outputs, counted.verified) == (
        1,
        1,
        3,
        2,
        1,
    )
    require_budget(counted.skips, 1)
    with pytest.raises(Problem, match="1 blocks are not run") as over:
        require_budget(counted.skips, 0)
    assert "lesson.md:12: needs a Docker engine" in over.value.why
