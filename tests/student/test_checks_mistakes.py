"""Every mistake page that shows in a project is found by the check meant for it, and blamed on nothing else."""

from pathlib import Path

import pytest

from tests.student.conftest import ProjectAt
from tests.student.judging import missing, page_of, play, verdicts
from workbook.mysql.server import Server

RED_TESTS = {"the_ground_is_sound", "tests_are_green"}
"""What says that the student's own tests are red; that is true whenever they notice the mistake themselves."""

MISTAKES = {
    "ch33/cannot-import-config": (1, "settings_import"),
    "ch33/committed-env": (2, "secrets_stay_home"),
    "ch33/invalid-env": (1, "settings_import"),
    "ch33/mysql-database-is-not-mysql-db": (1, "settings_import"),
    "ch34/deleted-migrations": (2, "your_database_is_migrated"),
    "ch34/downgrade-to-zero": (3, "your_database_is_migrated"),
    "ch34/forgotten-upgrade": (2, "your_database_is_migrated"),
    "ch34/forward-reference": (1, "migrations_build_the_table"),
    "ch34/model-not-registered": (2, "migrations_build_the_table"),
    "ch34/second-init-db": (2, "models_match_migrations"),
    "ch35/async-mode": (1, "the_ground_is_sound"),
    "ch35/forgotten-await": (2, "the_test_can_tell"),
    "ch35/forgotten-migration": (1, "models_match_migrations"),
    "ch35/function-loops": (1, "the_ground_is_sound"),
    "ch35/generator": (1, "tests_run"),
    "ch35/not-a-test-database": (2, "tests_keep_off_your_database"),
    "ch35/status-only": (2, "the_test_can_tell"),
    "ch36/base62-off-by-one": (1, "codes_hold_at_the_edges"),
    "ch36/no-table": (1, "your_database_is_migrated"),
    "ch36/nothing-saved": (1, "each_post_saves_one"),
    "ch36/response-mismatch": (1, "post_answers_a_code"),
    "ch36/router-not-included": (1, "post_answers_a_code"),
    "ch36/same-code-twice": (1, "post_answers_a_code"),
    "ch36/service-without-await": (1, "post_answers_a_code"),
    "ch36/trailing-slash": (1, "tests_are_green"),
    "ch36/update-counts-nothing": (1, "updates_count_matches"),
    "ch36/wrong-prefix": (1, "post_answers_a_code"),
}
"""By page: how many of its blocks plant the mistake, and the check that is meant for it."""


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_found_and_blamed_on_nothing_else(
    name: str, project_at: ProjectAt, mysql: Server, own_database: str
) -> None:
    page, (blocks, meant) = page_of(name), MISTAKES[name]
    root = project_at(page.tag)
    play(page, root, blocks, mysql, own_database)

    found = missing(verdicts(root, name[:4], meant))

    assert meant in found
    assert found.keys() <= {meant} | RED_TESTS


def test_a_missing_cryptography_is_found_and_nothing_else_is_blamed(
    project_at: ProjectAt, mysql: Server, own_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = project_at("ch33")
    monkeypatch.setenv("UV_PROJECT_ENVIRONMENT", str(tmp_path / "venv"))  # packages leave the environment
    play(page_of("ch33/no-cryptography"), root, 1, mysql, own_database)

    assert missing(verdicts(root, "ch33")).keys() == {"cryptography_is_there"}
