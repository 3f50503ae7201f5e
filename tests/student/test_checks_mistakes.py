"""Every mistake page that names a check shows a mistake which that check finds, and no other check is blamed.

The page plants it: its first block, or as many as `PLANTED_BY` says. What is no file of a project (a variable of the
environment, a line of a workflow) is planted by a function of its own.
"""

from collections.abc import Callable

import pytest

from tests.student import planting
from tests.student.conftest import ProjectAt
from tests.student.judging import missing, page_of, play, verdicts
from workbook.explain.clinic import read_clinic
from workbook.explain.match import How, match
from workbook.mysql.server import Server
from workbook.place import CLONE
from workbook.student import outline
from workbook.student.check import checks_of

CLINIC = read_clinic(CLONE / "chapters")
PAGES = [page.name for page in CLINIC if page.mistake.check]

RED_TESTS = {"the_ground_is_sound", "tests_are_green"}
"""What says that the student's own tests are red; that is true whenever they notice the mistake themselves."""

PLANTED_BY = {
    "ch32/access-denied": 0,
    "ch32/nobody-answers": 0,
    "ch32/unknown-database": 0,
    "ch33/committed-env": 2,
    "ch33/hash-in-the-password": 2,
    "ch34/deleted-migrations": 2,
    "ch34/downgrade-to-zero": 3,
    "ch34/forgotten-upgrade": 2,
    "ch34/model-not-registered": 2,
    "ch34/second-init-db": 2,
    "ch35/forgotten-await": 2,
    "ch35/not-a-test-database": 2,
    "ch35/status-only": 2,
    "ch37/exit-code-swallowed": 0,
    "ch37/guard-hides-import-error": 0,
    "ch37/mysql-database-ignored": 0,
}

OTHERWISE: dict[str, Callable[[planting.Ground], None]] = {
    "ch32/access-denied": planting.wrong_password,
    "ch32/nobody-answers": planting.wrong_port,
    "ch32/unknown-database": planting.no_database,
    "ch33/hash-in-the-password": planting.only_the_dotenv_logs_in,
    "ch37/exit-code-swallowed": planting.step_of_the_page,
    "ch37/guard-hides-import-error": planting.step_of_the_page,
    "ch37/mysql-database-ignored": planting.variable_that_nobody_reads,
}
"""What is done to the project besides, by page."""


@pytest.mark.parametrize("name", PAGES)
def test_a_mistake_is_found_and_blamed_on_nothing_else(
    name: str, project_at: ProjectAt, mysql: Server, own_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = page_of(name)
    assert page.check
    root = project_at("ch32" if page.tag == "empty" else page.tag)
    play(page, root, PLANTED_BY.get(name, 1), mysql, own_database)
    if name in OTHERWISE:
        OTHERWISE[name](planting.Ground(page, root, mysql, own_database, monkeypatch))

    found = missing(verdicts(root, name[:4], page.check))

    assert page.check in found
    assert found.keys() <= {page.check} | RED_TESTS


def test_every_check_that_a_page_names_is_asked_by_then() -> None:
    known: dict[str, str] = {}
    for chapter in outline.chapters():
        known |= {check.name: chapter.id for check in checks_of(chapter.id, chapter.folder)}

    assert [page.name for page in CLINIC if page.mistake.check and known[page.mistake.check] > page.name[:4]] == []
    assert set(PLANTED_BY) | set(OTHERWISE) <= set(PAGES)


def test_pages_without_a_check_are_about_machines_and_about_what_was_done_halfway() -> None:
    assert [page.name for page in CLINIC if not page.mistake.check] == [
        "ch32/mariadb-is-not-mysql",
        "ch32/port-taken",
        "ch34/half-applied",
        "ch34/native-migrations",
    ]


def test_a_page_is_what_its_own_error_leads_to() -> None:
    for page in CLINIC:
        answer = match(page.mistake.error, CLINIC)
        assert page in answer.pages or answer.how is not How.CERTAIN, page.name
