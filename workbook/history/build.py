"""Steps to commits and tags in a real repository."""

import shutil
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from workbook.history.contract import check_red_steps
from workbook.history.files import Tree
from workbook.history.git import git
from workbook.history.trace import Chapter, Step, trace
from workbook.lesson.errors import LessonError
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
    """What the lessons build.

    Attributes:
        repository: the git repository, its work tree at the last commit.
        chapters: the lessons with what they do, by id, in order.
        commits: all commits, the oldest first.
        tags: the tagged commits by tag.
    """

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
        ids = list(self.chapters)
        if chapter not in self.chapters:
            raise Problem(f"There is no chapter {chapter}.", ways=(f"Chapters: {', '.join(ids)}.",), code=2)
        place = ids.index(chapter)
        return self.tags[ids[place - 1]] if place else None


def build(chapters: Path, repository: Path, *, until: str | None = None) -> History:
    """Turn the lessons into a git repository. Nothing of a lesson is run.

    Args:
        chapters: the folder of the lessons.
        repository: where to build; a repository that an earlier build made is replaced, anything else is refused.
        until: the id of the last chapter to build; all when None.

    Raises:
        LessonError: a lesson that does not parse or apply, a commit that holds nothing new, changes that are never
            committed, a test file that the green step edits.
        Problem: `repository` holds something else.
    """
    if repository.exists() and any(repository.iterdir()) and not (repository / _MARK).exists():
        raise Problem(
            f"{repository} holds something that no build made, so it is left alone.", ways=("Name another folder.",)
        )
    traced = trace(chapters, until)
    repository.parent.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(prefix=f"{repository.name}-", dir=repository.parent))
    try:
        commits = _commit_all(scratch, traced)
        (scratch / _MARK).touch()
        scratch.chmod(0o755)
        shutil.rmtree(repository, ignore_errors=True)
        scratch.rename(repository)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    tags = {tag: commit for commit in commits for tag in commit.tags}
    history = History(repository, {chapter.lesson.chapter: chapter for chapter in traced}, tuple(commits), tags)
    check_red_steps([(commit.step, commit.tags, commit.files) for commit in commits], complete=until is None)
    return history


def _commit_all(directory: Path, chapters: list[Chapter]) -> list[Commit]:
    git(directory, "init", "-q", "--template=", "--object-format=sha1", f"--initial-branch={BRANCH}")
    commits: list[Commit] = []
    written: Tree = {}
    tree, parent = "", ""
    for chapter in chapters:
        for step in chapter.steps:
            _write(directory, written, step.files)
            written = step.files
            new_tree, kept = _stage(directory, step.files)
            lesson = chapter.lesson
            if new_tree == tree and not step.empty:
                raise LessonError(
                    lesson.file, step.line, "this commit changes nothing.", way="Remove it, or show what it commits."
                )
            if step.empty and tree and new_tree != tree:
                raise LessonError(
                    lesson.file, 1, "the lesson changes files and never commits.", way="End it with git commit."
                )
            tree = new_tree
            parents = ("-p", parent) if parent else ()
            parent = git(directory, "commit-tree", tree, *parents, text=f"{step.message}\n", step=len(commits)).strip()
            last = step is chapter.steps[-1]
            own = lesson.chapter
            given = {each.tag for each in chapter.steps if each.tag}
            tags = tuple(tag for tag in (step.tag, own if last and own not in given else None) if tag)
            for tag in tags:
                git(directory, "update-ref", f"refs/tags/{tag}", parent)
            commits.append(Commit(step, parent, tags, kept))
        _nothing_uncommitted(directory, chapter, written, tree)
    git(directory, "update-ref", f"refs/heads/{BRANCH}", parent)
    git(directory, "reset", "-q", "--hard")
    return commits


def _write(directory: Path, before: Tree, after: Tree) -> None:
    for path in before.keys() - after.keys():
        (directory / path).unlink()
    for path, text in after.items():
        if before.get(path) != text:
            target = directory / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(text.encode())


def _stage(directory: Path, files: Tree) -> tuple[str, Tree]:
    """Stage everything as `git add -A` does, executable only what starts with `#!`; the tree's id and its files."""
    git(directory, "add", "-A")
    listed = [entry.split("\t", 1) for entry in git(directory, "ls-files", "-s", "-z").split("\0") if entry]
    kept = {path: files[path] for _, path in listed}
    for sign, mode in (("+x", "100755"), ("-x", "100644")):
        wrong = [path for entry, path in listed if kept[path].startswith("#!") is (sign == "+x") and entry[:6] != mode]
        if wrong:
            git(directory, "update-index", f"--chmod={sign}", "--", *wrong)
    return git(directory, "write-tree").strip(), kept


def _nothing_uncommitted(directory: Path, chapter: Chapter, written: Tree, tree: str) -> None:
    end = {path: text for path, text in chapter.end.items() if path not in chapter.left_out}
    if end == written:
        return
    _write(directory, written, end)
    new_tree, kept = _stage(directory, end)
    if new_tree != tree:
        committed = chapter.steps[-1].files
        changed = sorted(path for path in kept.keys() | committed.keys() if kept.get(path) != committed.get(path))
        lines = [change.block.place.first for change in chapter.changes if change.block.title in changed]
        raise LessonError(
            chapter.lesson.file,
            lines[-1] if lines else chapter.steps[-1].line,
            f"{changed[0]} is changed after the last commit, and nothing commits it.",
            way="End the chapter with git commit.",
        )
