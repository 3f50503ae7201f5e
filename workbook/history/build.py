"""Lessons to commits and tags in a real repository."""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from filelock import FileLock

from workbook.history import lock
from workbook.history.files import Change, Chapter, Step, Tree, trace, write_files
from workbook.history.git import git
from workbook.lesson.chapters import chapter_id, lesson_files
from workbook.lesson.errors import LessonError
from workbook.place import private
from workbook.say import Problem

BRANCH = "main"
_MARK = ".git/made-by-workbook"


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit: its step, its SHA, its tags, and the files it holds (without those that `.gitignore` keeps out)."""

    step: Step
    sha: str
    tags: tuple[str, ...]
    files: Tree


@dataclass(frozen=True, slots=True)
class History:
    """What the lessons build: a repository, its work tree at the last commit, and what is in it, the oldest first."""

    repository: Path
    chapters: dict[str, Chapter]
    commits: tuple[Commit, ...]
    tags: dict[str, Commit] = field(default_factory=dict)

    @property
    def last(self) -> Commit:
        """The last commit: what `template_app` is."""
        return self.commits[-1]

    def before(self, chapter: str) -> Commit | None:
        """The commit on which a chapter starts; None for the first chapter."""
        earlier = [each for each in self.chapters if each < chapter]
        return self.tags[earlier[-1]] if earlier else None


def history_folder() -> Path:
    """Where `workbook build` leaves the history: a git repository that students' projects are cloned from."""
    return private() / "history"


def build(chapters: Path, repository: Path, *, until: str | None = None) -> History:
    """Turn the lessons up to the chapter `until`, or all, into a git repository. Nothing of a lesson is run.

    A repository that an earlier build made is replaced, anything else refused (Problem). Raises LessonError."""
    changes: list[Change] = []
    try:
        traced = trace(chapters, until, changes)
    except LessonError as error:
        error.why += lock.first_changed(changes, chapters)
        raise
    lock.check_versions([chapter.lesson for chapter in traced], chapters)
    if repository.exists() and any(repository.iterdir()) and not (repository / _MARK).exists():
        raise Problem(f"{repository} holds something that no build made.", ways=("Name another folder.",))
    repository.parent.mkdir(parents=True, exist_ok=True)
    # Two builds at the same moment: one after the other. What was there stays until the new one is whole.
    with (
        FileLock(repository.with_name(f"{repository.name}.building")),
        tempfile.TemporaryDirectory(dir=repository.parent, ignore_cleanup_errors=True) as scratch,
    ):
        new = Path(scratch) / "new"
        new.mkdir()
        commits = _commit_all(new, traced)
        _check_red_steps(commits, complete=until is None)
        (new / _MARK).touch()
        if repository.exists():
            repository.rename(Path(scratch) / "old")
        new.rename(repository)
    tags = {tag: commit for commit in commits for tag in commit.tags}
    return History(repository, {chapter.lesson.chapter: chapter for chapter in traced}, tuple(commits), tags)


@contextmanager
def history_until(chapters: Path, until: str | None) -> Iterator[History]:
    """The history up to a chapter, in a folder of its own. Raises LessonError, or Problem: there is no such chapter."""
    known = [chapter_id(file) for file in lesson_files(chapters)]
    if until is not None and until not in known:
        raise Problem(f"There is no chapter {until}.", ways=(f"Chapters: {', '.join(known)}.",), code=2)
    with tempfile.TemporaryDirectory() as scratch:
        yield build(chapters, Path(scratch) / "history", until=until)


def _commit_all(directory: Path, chapters: Sequence[Chapter]) -> list[Commit]:
    git(directory, "init", "-q", "--template=", "--object-format=sha1", f"--initial-branch={BRANCH}")
    commits: list[Commit] = []
    written: Tree = {}
    tree = parent = ""
    for chapter in chapters:
        lesson = chapter.lesson
        for step in chapter.steps:
            before, (tree, kept) = tree, _stage(directory, written, step.files)
            if tree == before and not step.empty:
                raise LessonError(lesson.file, step.line, "this commit changes nothing.")
            parents = ("-p", parent) if parent else ()
            parent = git(directory, "commit-tree", tree, *parents, text=f"{step.message}\n", step=len(commits)).strip()
            tags = [step.tag] if step.tag else []
            if step is chapter.steps[-1] and lesson.chapter not in {each.tag for each in chapter.steps}:
                tags.append(lesson.chapter)
            for tag in tags:
                git(directory, "update-ref", f"refs/tags/{tag}", parent)
            commits.append(Commit(step, parent, tuple(tags), kept))
            written = step.files
        end_tree, end = _stage(directory, written, chapter.end)
        if end_tree != tree:
            path = min(path for path, _ in {*end.items()} ^ {*kept.items()})
            line = _shown_at(chapter.changes, path) or chapter.steps[-1].line
            raise LessonError(lesson.file, line, f"{path} is changed after the last commit, and nothing commits it.")
        written = chapter.end
    git(directory, "update-ref", f"refs/heads/{BRANCH}", parent)
    git(directory, "reset", "-q", "--hard")
    return commits


def _stage(directory: Path, before: Tree, after: Tree) -> tuple[str, Tree]:
    """Stage files as `git add -A` does, executable only what starts with `#!`; the tree's id, and the files in it."""
    for path in before.keys() - after.keys():
        (directory / path).unlink()
    write_files(after, directory)
    git(directory, "add", "-A")
    kept = {path: after[path] for path in git(directory, "ls-files", "-z").split("\0") if path}
    scripts = [path for path, text in kept.items() if text.startswith("#!")]
    git(directory, "update-index", "--chmod=+x", "--", *scripts)
    return git(directory, "write-tree").strip(), kept


def _shown_at(changes: Sequence[Change], path: str) -> int:
    """The line of the last fence that shows a file; 0 when none does."""
    return max((change.block.place.first for change in changes if change.block.title == path), default=0)


def is_test_file(path: str) -> bool:
    """Whether pytest takes tests or fixtures from this file."""
    name = PurePosixPath(path).name
    return name == "conftest.py" or (name.endswith(".py") and (name.startswith("test_") or name.endswith("_test.py")))


def _check_red_steps(commits: Sequence[Commit], *, complete: bool) -> None:
    """The tests named are there at their red tag, and no test file of the red step changes until its green step: the
    next commit with a tag that is not red. In a history that is not `complete` it may be yet to come."""
    for number, commit in enumerate(commits):
        lesson, before = commit.step.lesson, commits[number - 1].files if number else {}
        for tag in [tag for tag in commit.tags if tag.endswith("-red")]:
            for test in lesson.red[tag].tests:
                path, *names = test.split("::")
                name = names[-1].partition("[")[0]
                if f"def {name}(" not in commit.files.get(path, ""):
                    line = lesson.red[tag].line
                    raise LessonError(lesson.file, line, f"`{tag}` names {name}, and {path} has no such test.")
            written = {p: text for p, text in commit.files.items() if is_test_file(p) and text != before.get(p)}
            for later in commits[number + 1 :]:
                for path, text in written.items():
                    if later.files.get(path) != text:
                        line = _shown_at(later.step.changes, path) or later.step.line
                        what = f"the green step after {tag} edits its test: {path} must stay byte-identical."
                        raise LessonError(later.step.lesson.file, line, what)
                if any(not each.endswith("-red") for each in later.tags):
                    break
            else:
                if complete:
                    raise LessonError(lesson.file, commit.step.line, f"no green step follows {tag}.")
