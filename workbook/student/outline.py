"""The course as a student sees it: its chapters, and the history that their lessons build."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock

from workbook.course import CHAPTERS, history_folder
from workbook.history.build import build
from workbook.history.trace import lesson_files, trace
from workbook.lesson.frontmatter import read_front_matter, text_of
from workbook.say import Problem, _, language, stage

_KNOWN = {"title", "goal", "you_will_learn", "notes", "out_of_scope", "red", "left_out", "stands", "route"}


@dataclass(frozen=True, slots=True)
class Chapter:
    """A chapter: its id, its title and goal in the student's language, its lesson in it, the request it is about."""

    id: str
    title: str
    goal: str
    lesson: Path
    route: str

    @property
    def folder(self) -> Path:
        """Where lesson, checks and mistakes lie."""
        return self.lesson.parent


def chapters() -> list[Chapter]:
    """All chapters in order, by their front matter alone, so that it is quick."""
    found = []
    for english in lesson_files(CHAPTERS):
        file = english.with_name("lesson.ko.md") if language() == "ko" else english
        file = file if file.exists() else english
        front = read_front_matter(file, file.read_text(encoding="utf-8"), required=set(), optional=_KNOWN)
        title, goal, route = (text_of(file, front, key) for key in ("title", "goal", "route"))
        found.append(Chapter(file.parent.name.partition("_")[0], title, goal, file, route))
    return found


def chapter(name: str) -> Chapter:
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
