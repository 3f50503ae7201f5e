"""Each chapter's checks against its own answers: tags, mistake pages, faults that are planted, other right solutions.

All of it is found in the chapters' folders; a sentence that nothing earns is refused.
"""

from typing import Any

import pytest

from tests.student.conftest import ProjectAt
from tests.student.judging import checks, missing, plant, planted, play, said, verdicts
from workbook.explain.clinic import Page, read_clinic
from workbook.mysql.server import Server
from workbook.place import CHAPTERS
from workbook.student import project
from workbook.student.check import checks_of

pytestmark = pytest.mark.slow

TAGS = [each.id for each in project.chapters() if checks_of(each.id, each.folder)]
PAGES = {page.name: page for page in read_clinic(CHAPTERS) if page.mistake.check}
RED_TESTS = {"the_ground_is_sound", "tests_are_green"}
"""What says that the student's own tests are red; that is true whenever they notice the mistake themselves."""


def cases(kind: str) -> list[Any]:
    return [
        pytest.param(tag, each, id=f"{tag}-{each.get('name', kind)}")
        for tag in TAGS
        for each in planted(tag).get(kind, ())
    ]


@pytest.mark.parametrize("tag", TAGS)
def test_a_tag_has_all_that_its_chapter_asks(
    tag: str, project_at: ProjectAt, mysql: Server, no_database_is_left: None
) -> None:
    remarks: list[str] = []
    found = verdicts(project_at(tag), checks(tag), mysql, remarks=remarks)

    assert {name: verdict.sentences for name, verdict in found.items() if verdict.state != "holds"} == {}
    assert [remark for remark in remarks if not remark.startswith("Your MySQL:")] == []


@pytest.mark.parametrize(("tag", "chapter"), list(zip(["empty", *TAGS], TAGS, strict=False)))
def test_a_tag_lacks_what_the_next_chapter_asks(tag: str, chapter: str, project_at: ProjectAt, mysql: Server) -> None:
    assert missing(verdicts(project_at(tag), checks(chapter), mysql))


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_a_mistake_is_found_and_blamed_on_nothing_else(
    page: Page, project_at: ProjectAt, mysql: Server, own_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    mistake, (chapter, _, name) = page.mistake, page.name.partition("/")
    root = project_at("ch32" if mistake.tag == "empty" else mistake.tag)
    play(mistake, root, mysql, own_database)
    plant(mistake.besides, root, mysql, own_database, monkeypatch)

    found = verdicts(root, checks(chapter, mistake.check or ""), mysql)

    assert mistake.check in missing(found)
    assert missing(found).keys() <= {mistake.check} | RED_TESTS
    assert set(planted(chapter)["mistakes"][name]) <= said(found)


@pytest.mark.parametrize(("tag", "fault"), cases("fault"))
def test_a_planted_fault_is_said(
    tag: str,
    fault: dict[str, Any],
    project_at: ProjectAt,
    mysql: Server,
    own_database: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    root = project_at(tag)
    plant(fault, root, mysql, own_database, monkeypatch)
    names = {each.partition(".")[0] for each in [*fault.get("earns", ()), *fault.get("unseen", ())]}

    found = verdicts(root, [each for each in checks(tag) if each.name in names], mysql)

    assert said(found) == set(fault.get("earns", ())), found
    for each in fault.get("unseen", ()):
        name, _, sentence = each.partition(".")
        assert (found[name].state, found[name].sentences) == ("unseen", (found[name].check.sentences[sentence],))


@pytest.mark.parametrize(("tag", "other"), cases("right"))
def test_a_right_solution_that_looks_different_hears_nothing(
    tag: str,
    other: dict[str, Any],
    project_at: ProjectAt,
    mysql: Server,
    own_database: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    root = project_at(tag)
    plant(other, root, mysql, own_database, monkeypatch)

    found = verdicts(root, [each for each in checks(tag) if each.name in other.get("check", [each.name])], mysql)

    assert {name: verdict.sentences for name, verdict in found.items() if verdict.state != "holds"} == {}
