"""Steps to commits and tags in a real repository."""

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from filelock import FileLock

from workbook.history.files import Tree
from workbook.history.git import git
from workbook.history.trace import Chapter, Step, trace
from workbook.history.versions import check_versions
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
        place = ids.index(chapter)
        return self.tags[ids[place - 1]] if place else None


def history_folder() -> Path:
    """Where `workbook build` leaves the history: a git repository that students' projects are cloned from."""
    return private() / "history"


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
    traced = trace(chapters, until)
    repository.parent.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(prefix=f"{repository.name}-", dir=repository.parent))
    old = scratch.with_name(f"{scratch.name}-old")
    try:
        commits = _commit_all(scratch, traced)
        (scratch / _MARK).touch()
        scratch.chmod(0o755)
        # Two builds at the same moment: each makes its own, and the later one takes the place.
        with FileLock(repository.with_name(f"{repository.name}.building")):
            if repository.exists() and any(repository.iterdir()) and not (repository / _MARK).exists():
                what = f"{repository} holds something that no build made, so it is left alone."
                raise Problem(what, ways=("Name another folder.",))
            if repository.exists():
                repository.rename(old)
            scratch.rename(repository)
    finally:
        shutil.rmtree(old, ignore_errors=True)
        shutil.rmtree(scratch, ignore_errors=True)
    _check_red_steps(commits, complete=until is None)
    tags = {tag: commit for commit in commits for tag in commit.tags}
    return History(repository, {chapter.lesson.chapter: chapter for chapter in traced}, tuple(commits), tags)


def checked(chapters: Path, repository: Path) -> History:
    """The whole history, its pins compared with the table. Raises LessonError."""
    history = build(chapters, repository)
    check_versions([chapter.lesson for chapter in history.chapters.values()], chapters)
    return history


@contextmanager
def history_until(chapters: Path, until: str | None) -> Iterator[History]:
    """The history up to a chapter in a folder of its own, so that a broken later lesson is in nobody's way.

    Raises:
        LessonError: a lesson up to there does not build.
        Problem: there is no such chapter.
    """
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
            new_tree, kept = _stage(directory, written, step.files)
            if new_tree == tree and not step.empty:
                way = "Remove it, or show what it commits."
                raise LessonError(lesson.file, step.line, "this commit changes nothing.", way=way)
            if step.empty and tree and new_tree != tree:
                raise LessonError(lesson.file, 1, "the lesson changes files and never commits: end it with git commit.")
            written, tree = step.files, new_tree
            parents = ("-p", parent) if parent else ()
            parent = git(directory, "commit-tree", tree, *parents, text=f"{step.message}\n", step=len(commits)).strip()
            tags = [step.tag] if step.tag else []
            if step is chapter.steps[-1] and lesson.chapter not in {each.tag for each in chapter.steps}:
                tags.append(lesson.chapter)
            for tag in tags:
                git(directory, "update-ref", f"refs/tags/{tag}", parent)
            commits.append(Commit(step, parent, tuple(tags), kept))
        end = chapter.kept(chapter.end)
        if end != written:
            end_tree, kept = _stage(directory, written, end)
            if end_tree != tree:
                raise _uncommitted(chapter, kept)
            written = end
    git(directory, "update-ref", f"refs/heads/{BRANCH}", parent)
    git(directory, "reset", "-q", "--hard")
    return commits


def _stage(directory: Path, before: Tree, after: Tree) -> tuple[str, Tree]:
    """Stage files as `git add -A` does, executable only what starts with `#!`; the tree's id, and the files in it."""
    for path in before.keys() - after.keys():
        (directory / path).unlink()
    for path, text in after.items():
        if before.get(path) != text:
            (directory / path).parent.mkdir(parents=True, exist_ok=True)
            (directory / path).write_bytes(text.encode())
    git(directory, "add", "-A")
    listed = [entry.split("\t", 1) for entry in git(directory, "ls-files", "-s", "-z").split("\0") if entry]
    kept = {path: after[path] for _, path in listed}
    for sign, mode in (("+x", "100755"), ("-x", "100644")):
        wrong = [path for entry, path in listed if kept[path].startswith("#!") is (sign == "+x") and entry[:6] != mode]
        if wrong:
            git(directory, "update-index", f"--chmod={sign}", "--", *wrong)
    return git(directory, "write-tree").strip(), kept


def _uncommitted(chapter: Chapter, kept: Tree) -> LessonError:
    step = chapter.steps[-1]
    changed = sorted(path for path in kept.keys() | step.files.keys() if kept.get(path) != step.files.get(path))
    lines = [change.block.place.first for change in chapter.changes if change.block.title in changed]
    what = f"{changed[0]} is changed after the last commit, and nothing commits it."
    line = lines[-1] if lines else step.line
    return LessonError(chapter.lesson.file, line, what, way="End the chapter with git commit.")


def is_test_file(path: str) -> bool:
    """Whether pytest takes tests or fixtures from this file."""
    name = PurePosixPath(path).name
    return name == "conftest.py" or (name.endswith(".py") and (name.startswith("test_") or name.endswith("_test.py")))


def _check_red_steps(commits: Sequence[Commit], *, complete: bool) -> None:
    """The tests named are there at their red tag, and no test file of the red step changes until its green step.

    The green step is the next commit with a tag that is not red, in the same chapter or in a later one.

    Args:
        complete: whether the history goes to the last chapter; otherwise the green step may be yet to come.

    Raises:
        LessonError: naming the fence that edits the test, or the front matter's line of the tag.
    """
    for number, commit in enumerate(commits):
        lesson, before = commit.step.lesson, commits[number - 1].files if number else {}
        for tag in [tag for tag in commit.tags if tag.endswith("-red")]:
            _tests_exist(commit, tag)
            written = {p: text for p, text in commit.files.items() if is_test_file(p) and text != before.get(p)}
            for later in commits[number + 1 :]:
                for path, text in written.items():
                    if later.files.get(path) != text:
                        raise _edited(tag, later.step, path)
                if any(not each.endswith("-red") for each in later.tags):
                    break
            else:
                if complete:
                    raise LessonError(lesson.file, commit.step.line, f"no green step follows {tag}.")


def _tests_exist(commit: Commit, tag: str) -> None:
    lesson = commit.step.lesson
    for test in lesson.red[tag].tests:
        path, *names = test.split("::")
        name = names[-1].partition("[")[0]
        if f"def {name}(" not in commit.files.get(path, ""):
            what = f"`{tag}` names {name}, and {path} has no such test."
            raise LessonError(lesson.file, lesson.red[tag].line, what)


def _edited(tag: str, green: Step, path: str) -> LessonError:
    lines = [change.block.place.first for change in green.changes if change.block.title == path]
    return LessonError(
        green.lesson.file,
        lines[0] if lines else green.line,
        f"the green step after {tag} edits its test: {path}.",
        why="A test that is changed to pass proves nothing. It must be byte-identical.",
        way="Write the test as it will stay before the red commit.",
    )
