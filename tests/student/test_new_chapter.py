"""A chapter lives in its folder alone: one that is added to a copy is found by every part of the companion.

And what is refused in its `checks.md`; every sentence in the real ones is earned by a planted fault.
"""

import shutil
from pathlib import Path

import pytest

from tests.lesson.course import FRONT
from tests.student.judging import planted
from tests.test_say import placeholders
from workbook.clinic.clinic import read_clinic
from workbook.history.build import build
from workbook.lesson.errors import LessonError
from workbook.place import CHAPTERS
from workbook.student import project
from workbook.student.check import checks_of, entries
from workbook.student.checking import asked, next_hint
from workbook.student.commands import inside
from workbook.student.doctor import FINDINGS
from workbook.student.project import Progress

ALL = [check for each in project.chapters() for check in checks_of(each.id, each.folder)]
LESSON = (
    FRONT.format(title="The description", more="route: GET /openapi.json\n")
    + """
# The description

## Ask for it

```text title="notes.txt"
It describes itself.
```

```console
$ git add -A
$ git commit -m "Describe"
```
"""
)
MISTAKE = """---
title: Nothing is described
tag: ch38
error: described nothing
check: it_describes_itself
---

# Nothing is described

```console
$ echo described nothing
described nothing
```
"""
PROSE = """# What chapter 38 asks

## it_describes_itself

It describes itself

why: Clients read it.
see: [Ask](lesson.md#ask-for-it) in a terminal

1. Ask.
2. [Ask for it](lesson.md#ask-for-it), and [again](lesson.md#the-description).
3. curl
"""
CODE = """
from workbook.student.vocabulary import Found, check

MOVED = {"/v1/mysql/meetings": "/v1/rooms"}


@check()
def it_describes_itself() -> Found:
    yield from ()
"""


@pytest.fixture
def chapter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    copied = tmp_path / "chapters"
    shutil.copytree(CHAPTERS, copied, ignore=shutil.ignore_patterns("ch3[89]_*", "ch4?_*"))
    folder = copied / "ch38_the_description"
    (folder / "mistakes").mkdir(parents=True)
    korean = PROSE.replace("It describes itself", "스스로를 설명해요")
    files = {"lesson.md": LESSON, "checks.md": PROSE, "checks.ko.md": korean, "checks.py": CODE}
    for name, text in {**files, "mistakes/nothing.md": MISTAKE}.items():
        (folder / name).write_text(text, encoding="utf-8")
    for module in ("project", "checking"):
        monkeypatch.setattr(f"workbook.student.{module}.CHAPTERS", copied)
    return folder


def test_it_is_found_in_the_list_the_hints_the_clinic_and_the_history(
    chapter: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "project").mkdir()
    Progress(current="ch38", missing={"ch38": ["ch38/it_describes_itself"]}).write(tmp_path / "project")

    assert "> ch38  now    The description" in inside(tmp_path / "project")
    check = asked("ch38")[-1]
    assert (check.key, check.see) == ("ch38/it_describes_itself", 'ch38, "Ask" in a terminal')
    assert "POST /v1/rooms answers 200 and a url_code" in [each.asks for each in asked("ch38")]
    assert next_hint(tmp_path / "project") == "It describes itself\n  A nudge (1/3): Ask."
    assert [page.name for page in read_clinic(chapter.parent)][-1] == "ch38/nothing"
    assert [*build(chapter.parent, tmp_path / "history").tags][-1] == "ch38"

    monkeypatch.setenv("WORKBOOK_LANG", "ko")
    check = asked("ch38")[-1]
    assert (check.asks, check.hints[1]) == ("스스로를 설명해요", '38장 "Ask for it", and "again".')


DIFFER = "do not name the same checks: it_describes_itself, it_sings"


@pytest.mark.parametrize(
    ("file", "old", "new", "refused"),
    [
        ("checks.md", "## it_describes_itself", "## it_sings", DIFFER),
        ("checks.ko.md", "## it_describes_itself", "## it_sings", DIFFER),
        ("checks.md", "3. curl\n", "", "three hints"),
        ("checks.md", "3. curl", "3. curl\n4. telnet", "three hints"),
        ("checks.md", "why: Clients read it.\n", "", "`why:`"),
        ("checks.md", "#the-desc", "#never-desc", "the link to lesson.md#never-description leads nowhere"),
        ("checks.md", "3. curl\n", "3. curl\n\n## it_describes_itself\n", "one of them is there twice"),
    ],
)
def test_what_does_not_fit_is_refused(
    file: str, old: str, new: str, refused: str, chapter: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = (chapter / file).read_text(encoding="utf-8")
    (chapter / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    monkeypatch.setenv("WORKBOOK_LANG", "ko" if ".ko." in file else "en")

    with pytest.raises(LessonError) as error:
        checks_of("ch38", chapter)

    assert refused in str(error.value)


def test_every_sentence_is_earned_by_a_planted_fault_and_no_name_is_given_twice() -> None:
    may = {f"{check.name}.{sentence}" for check in ALL for sentence in check.sentences}
    earned = set()
    for chapter in {check.chapter for check in ALL}:
        told = planted(chapter)
        faults = [each.get("earns", []) + each.get("moot", []) for each in told.get("fault", [])]
        earned |= {each for listed in [*told["mistakes"].values(), *faults] for each in listed}

    assert may == earned
    assert len({check.name for check in ALL}) == len(ALL)


def told(file: Path) -> list[tuple[str, int, dict[str, set[str]]]]:
    """Of each heading its id, how many lines it says, and the placeholders of each sentence."""
    read = [(each, {"": " ".join(each.says), **each.keyed}) for each in entries(file)]
    return [(each.name, len(each.says), {key: placeholders(said) for key, said in all_.items()}) for each, all_ in read]


@pytest.mark.parametrize("page", [FINDINGS, *CHAPTERS.glob("*/checks.md")], ids=lambda page: page.parent.name)
def test_the_korean_has_the_same_ids_and_placeholders(page: Path) -> None:
    assert told(page) == told(page.with_suffix(".ko.md"))


def test_the_doctor_says_all_that_is_written_for_it() -> None:
    code = "".join(file.read_text() for file in FINDINGS.parent.glob("*.py"))
    assert [name for name, _count, _placeholders in told(FINDINGS) if f'"{name}"' not in code] == []


def test_every_check_that_a_page_names_is_asked_by_then_and_goes_on_when_it_lasts() -> None:
    known = {check.name: check.chapter for check in ALL}
    clinic = [page for page in read_clinic(CHAPTERS) if page.check]

    assert [page.name for page in clinic if known[page.check or ""] > page.name[:4]] == []
    for chapter in {check.chapter for check in ALL}:
        assert planted(chapter)["mistakes"].keys() == {page.name[5:] for page in clinic if page.name[:4] == chapter}
    last = {check.key for check in asked("ch36")}
    assert ["ch34/models_match_migrations" in last, "ch35/a_test_asks_for_the_route" in last] == [True, False]
