"""The right page for what the clinic reproduces, however it was copied; never certain of a page for anything else."""

import json
from collections import defaultdict
from pathlib import Path

import pytest

from benchmarks.cases.foreign import foreign_errors
from benchmarks.explain_hits import error_outputs, pasted
from workbook.clinic.clinic import How, match, read_clinic
from workbook.mysql.server import Server
from workbook.place import CHAPTERS

CASES = [json.loads(line) for line in Path(__file__).with_name("cases.jsonl").read_text(encoding="utf-8").splitlines()]
"""What people pasted elsewhere: what the answer must be `about`, and the `pages` that are; none where none is yet."""

CLINIC = read_clinic(CHAPTERS)

COROUTINE = "AttributeError: 'coroutine' object has no attribute 'url_code'"
NOBODY = "asyncmy.errors.OperationalError: (2003, \"Can't connect to MySQL server on '127.0.0.1'\")"
WRAPPER = "tortoise.exceptions.DBConnectionError: Can't connect to MySQL server: {'host': 'localhost', 'port': 3306}"
CHAIN = "The above exception was the direct cause of the following exception:"
NO_TABLE = "tortoise.exceptions.OperationalError: (1146, \"Table '{}' doesn't exist\")"
NO_COLUMN = "tortoise.exceptions.OperationalError: (1054, \"Unknown column '{}' in 'field list'\")"


def names(text: str) -> tuple[How, list[str]]:
    answer = match(text, CLINIC)
    return answer.how, [page.name for page in answer.pages]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_what_people_pasted_leads_to_its_page_or_is_honestly_unknown(case: dict[str, object]) -> None:
    how, pages = names(str(case["text"]))
    if case["pages"]:
        assert (how in (How.CERTAIN, How.LIKELY), pages) == (True, case["pages"])
    else:
        assert how is (How.SUCCESS if str(case["about"]).startswith("no error") else How.UNKNOWN)


def test_the_right_page_is_found_however_the_error_was_copied() -> None:
    asked: dict[str, list[bool]] = defaultdict(list)
    wrong = []
    outputs = [(page, output) for page in CLINIC for output in error_outputs(page)]
    for way, page, text in pasted(outputs):
        answer = match(text, CLINIC)
        right = answer.how in (How.CERTAIN, How.LIKELY) and page in answer.pages
        asked[way].append(right)
        if answer.how is How.CERTAIN and not right:
            wrong.append((way, page.name))
    assert [way for way, rights in asked.items() if sum(rights) < 0.95 * len(rights)] == []
    assert wrong == []
    assert len(outputs) >= len(CLINIC) - 2


def test_a_foreign_error_is_never_taken_for_a_page_with_certainty(mysql: Server) -> None:
    foreign = foreign_errors(mysql)
    assert len(foreign) >= 40
    hows = {title: match(text, CLINIC).how for title, text in foreign.items()}
    assert [title for title, how in hows.items() if how in (How.CERTAIN, How.SUCCESS)] == []
    assert list(hows.values()).count(How.UNKNOWN) / len(hows) > 0.75
    # Were a likely answer taken for a certain one, this test would be red: there are such among them.
    assert How.LIKELY in hows.values()


@pytest.mark.parametrize(
    ("text", "how", "pages"),
    [
        # The names of one's own server do not matter, and every cause is shown, the likeliest first.
        ("ERROR 1049 (42000): Unknown database 'shop'", How.CERTAIN, ["ch32/unknown-database"]),
        (
            'pymysql.err.OperationalError: (1049, "Unknown database \'shop\'")',
            How.CERTAIN,
            ["ch32/unknown-database", "ch37/mysql-database-ignored"],
        ),
        # The names of tables do, and so does the number.
        (NO_TABLE.format("when2meet.meetings"), How.CERTAIN, ["ch36/no-table"]),
        (NO_TABLE.format("shop.orders"), How.UNKNOWN, None),
        (NO_COLUMN.format("description"), How.LIKELY, ["ch34/forgotten-upgrade", "ch35/forgotten-migration"]),
        (NO_COLUMN.format("users.email"), How.UNKNOWN, None),
        ("ERROR 1698 (28000): Access denied for user 'root'@'localhost'", How.UNKNOWN, None),
        ("E   assert 0 == 10", How.UNKNOWN, None),
        # What says too little is never certain.
        ("No changes detected", How.LIKELY, ["ch34/model-not-registered"]),
        ("E   assert 404 == 200", How.LIKELY, ["ch36/wrong-prefix", "ch36/router-not-included"]),
        ("IndexError: string index out of range", How.UNKNOWN, None),
        ('File "/home/u/app/utils/base62.py", line 9, in f\nIndexError: x', How.LIKELY, ["ch36/base62-off-by-one"]),
        # What a page merely shows is no sign of it.
        ("E   assert 1 == 2\n1 failed, 2 passed in 0.17s", How.UNKNOWN, None),
        ("ModuleNotFoundError: No module named 'app.utils.base_62'", How.UNKNOWN, None),
        # The last error counts, and of a chain the one that says most.
        (f"{NOBODY}\nStarted MySQL.\nValueError: no such room", How.UNKNOWN, None),
        (f"{NOBODY}\nStarted MySQL.\n{COROUTINE}", How.CERTAIN, ["ch36/service-without-await"]),
        (f"{NOBODY}\nStarted MySQL.\nE   assert 307 == 200", How.LIKELY, ["ch36/trailing-slash"]),
        (f"{NOBODY}\nTraceback\n{CHAIN}\nTraceback\n{WRAPPER}", How.CERTAIN, ["ch32/nobody-answers"]),
        (f"{NOBODY}\nTraceback\n{CHAIN}\nTraceback\nRuntimeError: startup", How.CERTAIN, ["ch32/nobody-answers"]),
        (f"E   {COROUTINE}\n_____ test_two _____\nE   ValueError: ours", How.CERTAIN, ["ch36/service-without-await"]),
        # So does the last command's.
        (f"$ uv run pytest\n{COROUTINE}\n$ uv run pytest\n3 passed in 0.10s", How.SUCCESS, []),
        (f"PS C:\\w> x\n{COROUTINE}\nPS C:\\w> git status\nOn a", How.CERTAIN, ["ch36/service-without-await"]),
        ("Success upgrading to 1_20261121103817_title.py", How.SUCCESS, []),
        ("= 1 passed, 1 error in 0.1s =", How.UNKNOWN, None),
        ("create mode 100644 .env", How.CERTAIN, ["ch33/committed-env"]),
        # What is no error at all breaks nothing.
        *((text, How.UNKNOWN, None) for text in ("", "\n\n", "안녕하세요", "=" * 80, "\x1b[31m\x1b[0m", "$ ls")),
    ],
)  # fmt: skip
def test_each_kind(text: str, how: How, pages: list[str] | None) -> None:
    found = names(text)
    assert (found[0], len(found[1])) == (how, 3) if pages is None else found == (how, pages)


@pytest.mark.parametrize(
    "dressed",
    [
        "{}  # 여기서 에러가 나요",
        "\x1b[31m{}\x1b[0m\r",
        "2026-11-21T10:00:00.1234567Z {}",
        "[2026-11-21 10:00:00,123] {}",
        "mysql8      | 2026-11-21T10:00:00.1Z {}",
        "│ {} │",
        "왜 이럴까요?\n{}\n도와주세요",
        "<code>\n{}\n</code>",
    ],
)
def test_a_lines_dress_costs_no_certainty(dressed: str) -> None:
    for line in (COROUTINE, COROUTINE.replace("'", "&#39;"), COROUTINE.replace(" '", " ‘").replace("'", "’")):  # noqa: RUF001
        assert names(dressed.format(line)) == (How.CERTAIN, ["ch36/service-without-await"])
