"""Published once, a tag stays where it is: tried on a bare repository, with copier's own look at its tags."""

from pathlib import Path

import pytest
from copier._vcs import get_latest_tag

from tests.lesson.course import FIRST, SECOND, write_course
from workbook.history.build import build
from workbook.history.git import git
from workbook.history.lock import write_lock
from workbook.history.publish import Edition, edition, publish
from workbook.lesson.errors import LessonError
from workbook.say import Problem

CHANGED = FIRST.replace('return "hello"', 'return "hello there"'), SECOND.replace('"hello"', '"hello there"')
COURSE, FIRST_VERSION, SECOND_VERSION = "refs/heads/course", "refs/tags/2026.1.0", "refs/tags/2026.1.1"


class Clone:
    """A workbook of two chapters with a remote, both in a scratch folder."""

    def __init__(self, folder: Path) -> None:
        self.root, self.remote = folder / "workbook", folder / "remote"
        for each, bare in ((self.root, ()), (self.remote, ("--bare",))):
            each.mkdir()
            git(each, "init", "-q", "--initial-branch=main", *bare)
        git(self.root, "remote", "add", "origin", str(self.remote))
        (self.root / "copier.yml").touch()
        self.write("2026.1")

    def write(self, edition: str, *lessons: str, record: bool = True) -> None:
        """Write pyproject.toml and the lessons, and commit them with the record of what they build."""
        (self.root / "pyproject.toml").write_text(f'[project]\nversion = "{edition}"\n[tool.workbook]\n')
        chapters = write_course(self.root / "chapters", *lessons)
        if record:
            write_lock(build(chapters, self.root / ".git" / "built"), chapters)
        self.commit()

    def commit(self) -> None:
        git(self.root, "add", "-A")
        git(self.root, "commit", "-q", "--allow-empty", "-m", "A change")

    def refs(self) -> dict[str, str]:
        lines = git(self.remote, "for-each-ref", "--format=%(objectname) %(refname)").splitlines()
        return {name: sha for sha, name in map(str.split, lines)}


@pytest.fixture
def clone(tmp_path: Path) -> Clone:
    return Clone(tmp_path)


def test_published_twice_nothing_moves_and_copier_sees_the_templates_version_alone(clone: Clone) -> None:
    planned = publish("origin", clone.root, dry_run=True)
    assert clone.refs() == {}
    assert publish("origin", clone.root) == planned == clone.refs()
    tags = {f"refs/tags/2026.1/{tag}" for tag in ("ch01", "ch02-red", "ch02")}
    assert set(planned) == {COURSE, FIRST_VERSION, *tags}
    assert planned[COURSE] == planned["refs/tags/2026.1/ch02"]
    assert planned[FIRST_VERSION] == git(clone.root, "rev-parse", "HEAD").strip()
    assert get_latest_tag(str(clone.remote)) == "2026.1.0"
    clone.commit()  # of something else: neither the lessons nor the template
    assert publish("origin", clone.root) == {}
    assert clone.refs() == planned


def test_a_changed_lesson_is_refused_without_a_new_edition_and_stands_beside_the_old_one_with_it(clone: Clone) -> None:
    before = publish("origin", clone.root)
    (clone.root / "copier.yml").write_text("# a change that would have been a version\n")
    clone.write("2026.1", *CHANGED)
    with pytest.raises(Problem, match=r"^2026\.1/ch01 is published as \w{10}, and is now \w{10}\.") as refused:
        publish("origin", clone.root)
    assert "Raise the edition" in str(refused.value)
    assert clone.refs() == before
    clone.write("2026.2", *CHANGED)
    new = publish("origin", clone.root)
    assert set(new) == {
        COURSE,
        "refs/tags/2026.2.0",
        *(f"refs/tags/2026.2/{tag}" for tag in ("ch01", "ch02-red", "ch02")),
    }
    assert clone.refs() == before | new
    assert get_latest_tag(str(clone.remote)) == "2026.2.0"


def test_a_chapter_more_is_no_new_edition_and_a_changed_starter_is_a_version_of_the_template(clone: Clone) -> None:
    publish("origin", clone.root)
    clone.write(
        "2026.1", FIRST, SECOND, FIRST.replace("hello", "goodbye").replace("greet", "part").replace("git init", "true")
    )
    assert set(publish("origin", clone.root)) == {COURSE, "refs/tags/2026.1/ch03"}
    (clone.root / "copier.yml").write_text("# changed\n")
    clone.commit()
    assert set(publish("origin", clone.root)) == {SECOND_VERSION}
    assert publish("origin", clone.root) == {}


def test_what_is_not_recorded_or_not_committed_is_refused_before_anything_is_pushed(clone: Clone) -> None:
    clone.write("2026.1", *CHANGED, record=False)
    with pytest.raises(LessonError, match="something else than recorded"):
        publish("origin", clone.root)
    (clone.root / "copier.yml").write_text("# not committed\n")
    with pytest.raises(Problem, match="must be committed first"):
        publish("origin", clone.root)
    assert clone.refs() == {}


def test_one_setting_names_the_published_repository(clone: Clone) -> None:
    assert edition(clone.root) == Edition("2026.1", "")
    with (clone.root / "pyproject.toml").open("a") as settings:
        settings.write('repository = "https://git.example/us/workbook/"\n')
    known = edition(clone.root)
    assert known.tag("ch35-red") == "https://git.example/us/workbook/tree/2026.1/ch35-red"
    assert known.commit("abc") == "https://git.example/us/workbook/commit/abc"
