"""The checks against the course's own answers: every tag passes its chapter's, and fails the next one's."""

import pytest

from tests.student.conftest import ProjectAt
from tests.student.judging import missing, verdicts
from workbook.mysql.server import Server
from workbook.student import outline
from workbook.student.check import checks_of
from workbook.student.checking import asked

TAGS = ["ch32", "ch33", "ch34", "ch35", "ch36", "ch37"]


@pytest.mark.parametrize("tag", TAGS)
def test_a_tag_has_all_that_its_chapter_asks(tag: str, project_at: ProjectAt, mysql: Server, no_database_is_left: None) -> None:
    found = verdicts(project_at(tag), tag, mysql)

    assert {name: verdict.sentences for name, verdict in found.items() if verdict.state != "holds"} == {}
    assert found


@pytest.mark.parametrize(("tag", "chapter"), list(zip(["empty", *TAGS], TAGS, strict=False)))
def test_a_tag_lacks_what_the_next_chapter_asks(tag: str, chapter: str, project_at: ProjectAt, mysql: Server) -> None:
    assert missing(verdicts(project_at(tag), chapter, mysql))


def test_every_chapter_with_checks_has_names_hints_and_reasons_of_its_own() -> None:
    chapters = [each for each in outline.chapters() if checks_of(each.id, each.folder)]
    names = [check.name for each in chapters for check in checks_of(each.id, each.folder)]

    assert [each.id for each in chapters][: len(TAGS)] == TAGS
    assert len(names) == len(set(names))
    for each in chapters:
        for check in checks_of(each.id, each.folder):
            assert all([check.asks, check.why, check.see, *check.hints]), check.name


def test_a_chapter_goes_on_asking_what_lasts() -> None:
    names = [(check.chapter, check.name) for check in asked("ch36")]

    assert ("ch34", "models_match_migrations") in names
    assert ("ch35", "a_test_asks_for_the_route") not in names
    assert ("ch36", "post_answers_a_code") in names
