"""Published once, a tag stays where it is: tried on a bare repository, with copier's own look at its tags."""

from pathlib import Path

import pytest
from copier._vcs import get_latest_tag

from tests.lesson.course import FIRST, SECOND, write_course
from workbook.history.build import build
from workbook.history.git import git
from workbook.history.lock import write_lock
from workbook.history.publish import edition, publish
from workbook.lesson.errors import LessonError
from workbook.say import Problem

CHANGED = FIRST.replace('return "hello"', 'return "hello there"'), SECOND.replace('"hello"', '"hello there"')
THIRD = FIRST.replace("hello", "goodbye").replace("greet", "part").replace("git init", "true")
COURSE = "refs/heads/course"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A workbook of two chapters with a remote beside it."""
    git(tmp_path, "init", "-q", "--bare", "remote")
    git(tmp_path, "init", "-q", "workbook")
    git(tmp_path / "workbook", "remote", "add", "origin", str(tmp_path / "remote"))
    (tmp_path / "workbook" / "copier.yml").touch()
    write(tmp_path / "workbook", "2026.1")
    return tmp_path / "workbook"


def write(root: Path, edition: str, *lessons: str, record: bool = True) -> None:
    """Write pyproject.toml and the lessons, and commit them with the record of what they build."""
    (root / "pyproject.toml").write_text(f'[project]\nversion = "{edition}"\n[tool.workbook]\n')
    chapters = write_course(root / "chapters", *lessons)
    if record:
        write_lock(build(chapters, root / ".git" / "built"), chapters)
    git(root, "add", "-A")
    git(root, "commit", "-q", "--allow-empty", "-m", "A change")


def published(root: Path) -> dict[str, str]:
    return dict(reversed(line.split()) for line in git(root, "ls-remote", "--refs", "origin").splitlines())


def test_published_twice_nothing_moves_and_copier_sees_the_templates_version_alone(root: Path) -> None:
    planned = publish("origin", root, dry_run=True)
    assert published(root) == {}
    assert publish("origin", root) == planned == published(root)
    assert set(planned) == {COURSE, *(f"refs/tags/2026.1{tag}" for tag in (".0", "/ch01", "/ch02-red", "/ch02"))}
    assert planned[COURSE] == planned["refs/tags/2026.1/ch02"]
    assert planned["refs/tags/2026.1.0"] == git(root, "rev-parse", "HEAD").strip()
    write(root, "2026.1")  # a commit of something else: neither the lessons nor the template
    assert publish("origin", root) == {}
    assert published(root) == planned


def test_a_changed_lesson_is_refused_without_a_new_edition_and_stands_beside_the_old_one_with_it(root: Path) -> None:
    before = publish("origin", root)
    (root / "copier.yml").write_text("# a change that would have been a version\n")
    write(root, "2026.1", *CHANGED)
    with pytest.raises(Problem, match=r"^2026\.1/ch01 is published as \w{10}, and is now \w{10}\."):
        publish("origin", root)
    assert published(root) == before
    write(root, "2026.2", *CHANGED)
    new = publish("origin", root)
    assert new.keys() == {COURSE, *(ref.replace("2026.1", "2026.2") for ref in before)}
    assert published(root) == before | new
    assert get_latest_tag(str(root.parent / "remote")) == "2026.2.0"


def test_a_chapter_more_is_no_new_edition_and_a_changed_starter_is_a_version_of_the_template(root: Path) -> None:
    publish("origin", root)
    assert get_latest_tag(str(root.parent / "remote")) == "2026.1.0"
    write(root, "2026.1", FIRST, SECOND, THIRD)
    assert set(publish("origin", root)) == {COURSE, "refs/tags/2026.1/ch03"}
    (root / "copier.yml").write_text("# changed\n")
    write(root, "2026.1", FIRST, SECOND, THIRD)
    assert set(publish("origin", root)) == {"refs/tags/2026.1.1"}
    assert publish("origin", root) == {}


def test_what_is_not_recorded_or_not_committed_is_refused_before_anything_is_pushed(root: Path) -> None:
    write(root, "2026.1", *CHANGED, record=False)
    with pytest.raises(LessonError, match="something else than recorded"):
        publish("origin", root)
    (root / "copier.yml").write_text("# not committed\n")
    with pytest.raises(Problem, match="must be committed first"):
        publish("origin", root)
    assert published(root) == {}


def test_one_setting_names_the_published_repository(tmp_path: Path) -> None:
    settings = '[project]\nversion = "2026.1"\n[tool.workbook]\nrepository = "https://git.example/us/workbook/"\n'
    (tmp_path / "pyproject.toml").write_text(settings)
    assert edition(tmp_path).tag("ch35-red") == "https://git.example/us/workbook/tree/2026.1/ch35-red"
    assert edition(tmp_path).commit("abc") == "https://git.example/us/workbook/commit/abc"
