"""The right page for what the clinic reproduces, however it was copied; never certain of a page for anything else."""

from collections import defaultdict
from pathlib import Path

import pytest

from benchmarks.cases.foreign import foreign_errors
from benchmarks.explain_hits import pasted
from workbook.explain.clinic import Page, error_outputs, read_clinic
from workbook.explain.match import How, match
from workbook.mysql.server import Server
from workbook.place import CHAPTERS

ENOUGH = 0.95
"""The share of right pages that is asked for, in every way of copying."""


@pytest.fixture(scope="module")
def clinic() -> list[Page]:
    return read_clinic(CHAPTERS)


def names(pasted: str, clinic: list[Page]) -> tuple[How, list[str]]:
    answer = match(pasted, clinic)
    return answer.how, [page.name for page in answer.pages]


def test_every_page_shows_an_error_that_is_recognised(clinic: list[Page]) -> None:
    assert [page.name for page in clinic if not page.signs or not any(sign.main for sign in page.signs)] == []


def test_the_right_page_is_found_however_the_error_was_copied(clinic: list[Page]) -> None:
    asked: dict[str, list[bool]] = defaultdict(list)
    wrong = []
    outputs = [(page, list(output)) for page in clinic for output in error_outputs(page.mistake)]
    for way, page, text in pasted(outputs):
        answer = match(text, clinic)
        right = answer.how is not How.UNKNOWN and page in answer.pages
        asked[way].append(right)
        if answer.how is How.CERTAIN and not right:
            wrong.append((way, page.name))
    shares = {way: sum(rights) / len(rights) for way, rights in asked.items()}
    assert {way: share for way, share in shares.items() if share < ENOUGH} == {}
    assert wrong == []
    assert len(outputs) >= len(clinic)


def test_a_foreign_error_is_never_taken_for_a_page_with_certainty(clinic: list[Page], mysql: Server) -> None:
    foreign = foreign_errors(mysql)
    assert len(foreign) >= 40
    hows = {title: match(text, clinic).how for title, text in foreign.items()}
    assert [title for title, how in hows.items() if how is How.CERTAIN] == []
    assert list(hows.values()).count(How.UNKNOWN) / len(hows) > 0.75
    # Were a likely answer taken for a certain one, this test would be red: there are such among them.
    assert How.LIKELY in hows.values()


def test_the_names_of_ones_own_server_do_not_matter(clinic: list[Page]) -> None:
    how, pages = names("ERROR 1049 (42000): Unknown database 'shop'", clinic)
    assert (how, pages[0]) == (How.CERTAIN, "ch32/unknown-database")
    refused = (
        "pymysql.err.OperationalError: (1045, \"Access denied for user 'app'@'172.17.0.1' (using password: YES)\")"
    )
    how, pages = names(refused, clinic)
    assert (how, set(pages)) == (How.CERTAIN, {"ch32/access-denied", "ch33/hash-in-the-password"})


def test_other_names_in_an_error_of_the_orm_make_it_likely_and_not_certain(clinic: list[Page]) -> None:
    line = "tortoise.exceptions.OperationalError: (1146, \"Table 'shop.orders' doesn't exist\")"
    assert names(line, clinic) == (How.LIKELY, ["ch36/no-table"])
    assert names(line.replace("shop.orders", "when2meet_vod.meetings"), clinic) == (How.CERTAIN, ["ch36/no-table"])


def test_an_error_with_several_causes_shows_all_its_pages(clinic: list[Page]) -> None:
    line = "E   tortoise.exceptions.OperationalError: (1054, \"Unknown column 'title' in 'field list'\")"
    how, pages = names(line, clinic)
    assert (how, set(pages)) == (How.CERTAIN, {"ch34/forgotten-upgrade", "ch35/forgotten-migration"})


def test_an_error_that_a_page_only_speaks_of_is_likely(clinic: list[Page]) -> None:
    wrapper = (
        "tortoise.exceptions.DBConnectionError: Can't connect to MySQL server: {'host': 'localhost', 'port': 3306}"
    )
    how, pages = names(wrapper, clinic)
    assert (how, set(pages)) == (How.LIKELY, {"ch32/unknown-database", "ch33/hash-in-the-password"})
    bound = "Error: Bind for 0.0.0.0:3306 failed: port is already allocated"
    assert names(bound.replace("0.0.0.0", "127.0.0.1"), clinic) == (How.LIKELY, ["ch32/port-taken"])


def test_what_says_too_little_is_never_certain(clinic: list[Page]) -> None:
    for line in ("E       assert 0 == 1", "IndexError: string index out of range", "No changes detected"):
        assert match(line, clinic).how is How.LIKELY, line


@pytest.mark.parametrize(
    "dressed",
    [
        "{}  # 여기서 에러가 나요",
        "{}  ← 이 줄이 문제예요",
        "\x1b[31m{}\x1b[0m\r",
        "E       {}",
        "2026-11-21T10:00:00.1234567Z {}",
        "web-1  | {}",
        "│ {} │",
        "왜 이럴까요?\n{}\n도와주세요",
    ],
)
def test_a_lines_dress_costs_no_certainty(dressed: str, clinic: list[Page]) -> None:
    line = "AttributeError: 'coroutine' object has no attribute 'url_code'"
    assert names(dressed.format(line), clinic) == (How.CERTAIN, ["ch36/service-without-await"])


def test_a_line_that_only_begins_like_a_pages_is_not_that_line(clinic: list[Page]) -> None:
    assert match("No migrations to apply", clinic).how is How.CERTAIN
    assert match("No migrations to apply today, said the conductor to the passengers", clinic).how is not How.CERTAIN


@pytest.mark.parametrize("nothing", ["", "\n\n", "안녕하세요", "hello", "=" * 80, "\x1b[31m\x1b[0m"])
def test_what_is_no_error_is_unknown_and_breaks_nothing(nothing: str, clinic: list[Page]) -> None:
    how, pages = names(nothing, clinic)
    assert how is How.UNKNOWN
    assert len(pages) == 3


def test_a_new_page_is_known_at_once_and_its_translation_is_no_page_of_its_own(tmp_path: Path) -> None:
    folder = tmp_path / "ch99_made_up" / "mistakes"
    folder.mkdir(parents=True)
    (folder / "lost-hat.md").write_text(PAGE)
    (folder / "lost-hat.ko.md").write_text(PAGE)
    assert names("hats.errors.LostHat: HatError: the hat is lost", read_clinic(tmp_path)) == (
        How.CERTAIN,
        ["ch99/lost-hat"],
    )


PAGE = """\
---
title: The hat is lost
tag: empty
error: the hat is lost
---

# The hat is lost

```console
$ look for the hat
hats.errors.LostHat: HatError: the hat is lost
```

**The cause.** The wind.

**The cure.** A string.
"""
