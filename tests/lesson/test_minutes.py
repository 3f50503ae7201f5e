"""A lesson's minutes are counted by the part between its rest stops, and no part is longer than one sitting."""

from pathlib import Path

import pytest

from tests.lesson.course import lesson, write_course
from workbook.lesson.chapters import chapter_id, lesson_files
from workbook.lesson.minutes import LIMIT, minutes
from workbook.lesson.model import RestStop
from workbook.lesson.reader import read_lesson
from workbook.pages.chapter import top
from workbook.place import CHAPTERS

WORDS = " ".join(["word"] * 85)
FOLDED = f"<details>\n<summary>More</summary>\n\n{WORDS}\n\n```console\n$ true\n```\n\n</details>\n"
TWO_PARTS = f"""
# A

{WORDS}

```console
$ true
1
2
3
```

```text title="a.txt"
one

two
three
```

{FOLDED}
![{WORDS}](picture.svg)

<!-- tag: ch01-a -->
```console
$ git add -A
$ git commit -m "x"
```

## Rest stop: a

{WORDS}

## B

{WORDS} {WORDS}

```diff title="a.txt"
@@
 one
-two
+2
+2
 three
```
"""


def test_words_commands_and_lines_are_counted_by_part_and_what_is_not_read_is_not(tmp_path: Path) -> None:
    page = lesson(TWO_PARTS, more="stops:\n  ch01-a: a_check\n")
    two = read_lesson(write_course(tmp_path, page) / "ch01_fixture" / "lesson.md")
    assert two.stops == (RestStop("ch01-a", "a_check", 1),)
    # 0.5 + 0.5 + 0.6 + 1 + 0.5 and a few words of headings; 1 + 0.4 and a heading.
    assert minutes(two) == [4, 2]
    assert "6 minutes: 4 to the first rest stop, 2 from *B*" in top({}, two, page)


@pytest.mark.parametrize("file", lesson_files(CHAPTERS), ids=chapter_id)
def test_a_part_is_one_sitting(file: Path) -> None:
    """A chapter whose part is longer gets a rest stop, or less in it."""
    assert max(minutes(read_lesson(file))) <= LIMIT
