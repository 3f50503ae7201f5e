"""How often `workbook explain` shows the right page, and how often it is certain of a wrong one.

    python -m benchmarks.explain_hits

Every error output of every mistake page is pasted in many ways: whole, torn, wrapped, coloured, commented. An answer is
right when it shows the page that the output stands on: alone, or among the pages that show the same error. Then come
errors that the clinic does not cover, made by running the programs and statements of `cases/foreign.py`: to be certain
of a page there is wrong, always.
"""

import random
from collections import Counter
from collections.abc import Callable, Iterator

from benchmarks.beginning import begin
from benchmarks.cases.foreign import foreign_errors
from workbook.clinic.clinic import SHORTEST, How, Output, Page, match, outputs, read_clinic, squeeze
from workbook.lesson.model import Session
from workbook.lesson.reader import read_mistake
from workbook.mysql import ladder
from workbook.place import CHAPTERS, TEMPLATE

Lines = list[str]
Change = Callable[[Lines, Page], Lines]

FRAMES = """\
  File "/home/moon/when2meet/.venv/lib/python3.11/site-packages/starlette/routing.py", line 684, in __call__
    await self.middleware_stack(scope, receive, send)
  File "/home/moon/when2meet/.venv/lib/python3.11/site-packages/tortoise/backends/mysql/client.py", line 47, in wrapped
    return await func(self, *args)
           ^^^^^^^^^^^^^^^^^^^^^^^""".splitlines()
"""What may stand where a page elides the middle of a traceback."""


def whole(lines: Lines, page: Page | None = None) -> Lines:
    """With frames in place of each `...`."""
    return [each for line in lines for each in (FRAMES if line.strip() == "..." else [line])]


def error_lines(page: Page, lines: Lines) -> Lines:
    """The lines that hold the page's own error, without margins and colours. None where its words are in every log."""
    own = [words for words, sure in page.signs.items() if sure or words == page.error]
    washed = [line for output in outputs("\n".join(lines)) for line in output.text.splitlines()]
    return [line for line in washed if any(True for words in own for _span in Output([line]).places(words))]


def error_outputs(page: Page) -> list[Lines]:
    """What the page's commands print and its `error` is in. None for a page that an error alone does not tell."""
    exchanges = [
        each for block in read_mistake(page.file).blocks if isinstance(block, Session) for each in block.exchanges
    ]
    return [list(each.output) for each in exchanges if error_lines(page, list(each.output))]


def last_line(lines: Lines, page: Page) -> Lines:
    """The error's own line alone, without pytest's margin, as people copy it into a chat."""
    return error_lines(page, lines)[-1:]


def second_half(lines: Lines, page: Page) -> Lines:
    """What is left when the upper half has scrolled away. Nothing is asked when the error went with it."""
    told = whole(lines)
    left = told[len(told) // 2 :]
    return left if error_lines(page, left) else []


def torn(lines: Lines, page: Page) -> Lines:
    """The error's line without its first third: a selection that began too late. Nothing is asked of a few letters."""
    (line,) = last_line(lines, page) or [""]
    left = line[len(line) // 3 :].strip()
    return [left] if len(squeeze(left)) >= SHORTEST else []


def wrapped(columns: int) -> Change:
    """As a narrow terminal breaks lines, in the middle of words."""
    return lambda lines, page: [
        line[at : at + columns] for line in whole(lines) for at in range(0, max(len(line), 1), columns)
    ]


def coloured(lines: Lines, page: Page) -> Lines:
    """As pytest colours it: codes before, after and within a line."""
    return [f"\x1b[1m\x1b[31m{line[:9]}\x1b[0m\x1b[33m{line[9:]}\x1b[0m\x1b[K" for line in whole(lines)]


def commented(lines: Lines, page: Page) -> Lines:
    """With a student's remarks in Korean: after lines, and between them."""
    chance = random.Random(len(lines))
    remarks = ["# 여기서 에러가 나요", "  ← 이 줄이 문제인 것 같아요", "// 왜 이러죠?"]
    found: Lines = []
    for line in whole(lines):
        found.append(f"{line}  {chance.choice(remarks)}" if chance.random() < 0.6 else line)
        if chance.random() < 0.4:
            found.append("도와주세요 ㅠㅠ app 폴더도 확인했는데 모르겠어요")
    return found


def after_prompts(lines: Lines, page: Page) -> Lines:
    """With the prompts and commands before it, and the next prompt after."""
    prompt = "(.venv) moon@DESKTOP:~/when2meet$ "
    before = [f"{prompt}git status", "On branch my-work", "nothing to commit, working tree clean"]
    return [*before, f"{prompt}uv run pytest -q", *whole(lines), prompt]


def in_a_log(lines: Lines, page: Page) -> Lines:
    """As GitHub's log shows it."""
    return [f"2026-11-21T10:00:{number % 60:02}.1234567Z {line}" for number, line in enumerate(whole(lines))]


VARIANTS: dict[str, Change] = {
    "whole": whole,
    "last line only": last_line,
    "lower half": second_half,
    "torn line": torn,
    "wrapped at 80": wrapped(80),
    "wrapped at 60": wrapped(60),
    "coloured": coloured,
    "Korean comments": commented,
    "after prompts": after_prompts,
    "GitHub's log": in_a_log,
    "all at once": lambda lines, page: wrapped(60)(after_prompts(commented(lines, page), page), page),
}


def pasted(outputs: list[tuple[Page, Lines]]) -> Iterator[tuple[str, Page, str]]:
    """Every error output in every way: the way's name, the page it stands on, the text."""
    for name, change in VARIANTS.items():
        for page, lines in outputs:
            if changed := change(lines, page):
                yield name, page, "\n".join(changed)


def main() -> int:
    """Print both tables. Returns 1 below 95 % right pages, or with one wrong certainty."""
    clinic = read_clinic(CHAPTERS)
    with ladder.climb(TEMPLATE, use="test") as server:
        foreign = foreign_errors(server)
    outputs = [(page, lines) for page in clinic for lines in error_outputs(page)]
    return report(clinic, outputs, foreign)


def report(clinic: list[Page], outputs: list[tuple[Page, Lines]], foreign: dict[str, str]) -> int:
    """Judge every answer and print the tables."""
    columns = ("asked", "right", "first", "alone", "wrong certainty")
    counts: dict[str, Counter[str]] = {name: Counter() for name in (*VARIANTS, "all")}
    for name, page, text in pasted(outputs):
        answer = match(text, clinic)
        hit = answer.how is not How.UNKNOWN and page in answer.pages
        wrong = answer.how is How.CERTAIN and not hit
        judged = True, hit, hit and answer.pages[0] is page, hit and answer.pages == (page,), wrong
        for each in (counts[name], counts["all"]):
            each.update(dict(zip(columns, map(int, judged), strict=True)))
    print(f"{len(clinic)} pages, {len(outputs)} error outputs\n")
    print(f"{'':16}" + "".join(f"{column:>16}" for column in columns))
    for name, count in counts.items():
        shares = "".join(f"{count[column] / count['asked']:16.1%}" for column in columns[1:4])
        print(f"{name:16}{count['asked']:16}{shares}{count[columns[4]]:16}")
    hows = Counter[How]()
    for title, text in foreign.items():
        answer = match(text, clinic)
        hows[answer.how] += 1
        if answer.how is not How.UNKNOWN:
            print(f"foreign: {title}: {answer.how.name.lower()}: {', '.join(page.name for page in answer.pages)}")
    unknown, likely, certain = (hows[how] for how in (How.UNKNOWN, How.LIKELY, How.CERTAIN))
    print(f"\n{len(foreign)} foreign errors: {unknown} unknown, {likely} likely, {certain} certain")
    return int(counts["all"]["right"] < 0.95 * counts["all"]["asked"] or counts["all"][columns[4]] + certain > 0)


if __name__ == "__main__":
    begin(main)
