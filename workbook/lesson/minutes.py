"""How long a lesson takes a student, counted: 170 words, two commands or five lines of code a minute."""

import math
import re
from bisect import bisect
from collections import Counter

from workbook.lesson.blocks import read_blocks
from workbook.lesson.markdown import headings, walk
from workbook.lesson.model import Block, Diff, Lesson, Session, WholeFile
from workbook.lesson.reader import read_text

WORDS, COMMANDS, LINES = 170, 2, 5
"""A minute's."""
LIMIT = 45
"""Minutes: so long a part may be, from one rest stop to the next."""

_UNREAD = re.compile(r"<details>.*?</details>|!\[[^]]*\]\(\S+\)", re.DOTALL)
"""What is folded, and the text of a picture, for those who do not see it."""


def minutes(lesson: Lesson) -> list[int]:
    """The minutes of each part of a lesson between its rest stops, in their order, of what stands open to see."""
    text = read_text(lesson.file)
    heads = headings(text)
    ends = [heads[stop.heading + 1].first for stop in lesson.stops]
    spent = [0.0] * (len(ends) + 1)
    unfolded = _UNREAD.sub(lambda found: "\n" * found[0].count("\n"), text)  # lines keep their numbers
    for part in walk(unfolded):
        if part.kind in ("heading", "text"):
            spent[bisect(ends, part.first)] += len(part.text.split()) / WORDS
    for block in read_blocks(lesson.file, unfolded, lesson.made):
        spent[bisect(ends, block.place.first)] += _typing(block)
    return [math.ceil(each) for each in spent]


def said(lesson: Lesson) -> str:
    """The minutes as a table shows them: `38 + 27`."""
    return " + ".join(map(str, minutes(lesson)))


def _typing(block: Block) -> float:
    """The minutes that it takes to type a block; a made file is not typed."""
    match block:
        case WholeFile(content=content, made=False):
            return sum(bool(line.strip()) for line in content.split("\n")) / LINES
        case Diff(hunks=hunks):
            return sum((Counter(hunk.after) - Counter(hunk.before)).total() for hunk in hunks) / LINES
        case Session(exchanges=exchanges):
            return len(exchanges) / COMMANDS
    return 0
