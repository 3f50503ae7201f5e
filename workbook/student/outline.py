"""The course as a student sees it: its chapters, and the history that their lessons build."""

import hashlib
from pathlib import Path

from filelock import FileLock

from workbook.history.build import build, history_folder
from workbook.history.files import trace
from workbook.lesson.chapters import ChapterFolder, lesson_files
from workbook.lesson.chapters import chapters as chapter_folders
from workbook.place import CHAPTERS
from workbook.say import Problem, _, language, stage


def chapters(folder: Path | None = None) -> list[ChapterFolder]:
    """All chapters in order, in the student's language."""
    return chapter_folders(folder or CHAPTERS, language())


def chapter(name: str) -> ChapterFolder:
    """The chapter of that id; `35` will do. Raises Problem when there is none."""
    known = chapters()
    wanted = name.lower() if name.lower().startswith("ch") else f"ch{name}"
    for each in known:
        if each.id == wanted:
            return each
    raise Problem(
        _("There is no chapter {name}.", name=name),
        ways=(_("Chapters: ") + ", ".join(each.id for each in known) + ".",),
        code=2,
    )


def before(name: str) -> str:
    """The id of the chapter before, which is the tag on which this one starts; empty for the first."""
    ids = [each.id for each in chapters()]
    place = ids.index(name)
    return ids[place - 1] if place else ""


def history() -> Path:
    """The repository that the lessons build; it is built when they have changed since.

    Raises:
        LessonError: a lesson does not build.
    """
    repository = history_folder()
    key = repository.with_name("history.key")
    repository.parent.mkdir(parents=True, exist_ok=True)
    wanted = _hash(CHAPTERS)
    with FileLock(repository.with_name("history.lock")):
        if not (repository / ".git").is_dir() or not key.exists() or key.read_text() != wanted:
            key.unlink(missing_ok=True)
            with stage(_("Building the history of the lessons")):
                build(CHAPTERS, repository)
            key.write_text(wanted)
    return repository


def start_files(name: str) -> dict[str, str]:
    """All files on which a chapter starts, by path: those that git ignores (`.env`) too."""
    for each in trace(CHAPTERS, name):
        if each.lesson.chapter == name:
            return {path: content for path, content in each.start.items() if path not in each.left_out}
    return {}


def left_out(name: str) -> frozenset[str]:
    """What the lessons up to a chapter leave out of history: lock files."""
    return trace(CHAPTERS, name)[-1].left_out


def _hash(folder: Path) -> str:
    digest = hashlib.sha256()
    for lesson in lesson_files(folder):
        made = [file for file in lesson.parent.glob("made/**/*") if file.is_file() and "__pycache__" not in file.parts]
        for file in [lesson, *sorted(made)]:
            content = file.read_bytes()
            digest.update(f"{file.relative_to(folder)}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()
