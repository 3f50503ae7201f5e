"""The site as a folder of ordinary Markdown pages, one language at a time, from what the repository holds."""

import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Sequence
from importlib import resources
from pathlib import Path
from typing import Any

import typer
import yaml
from typer.cli import get_docs_for_click
from typer.main import get_command

from workbook.history.lock import read_versions
from workbook.place import CHAPTERS, CLONE, TEMPLATE
from workbook.say import Problem, _, language
from workbook.website import chapter, commits, notebook
from workbook.website.course import Course, Source, changes_of, in_repository
from workbook.website.markup import escaped, fenced, indented, mended, rewrite

ALONE = ("index.md", "how-to-work.md", "notes.md")
"""The pages that stand in the navigation by themselves: a menu with one entry is none."""
REFERENCE = ("reference/settings", "reference/api", "reference/cli", "lesson-format")
MORE = ("changed-since-2025", "aerich-or-tortoise", "performance", "a-students-screen", "glossary", "contributing")
_PLANNED = re.compile(r"^\| (\d\d) (.+?) \| .+ \|\n", re.MULTILINE)
"""A row of the course map's table of the chapters to come: number and title."""

Nav = list[dict[str, Any]]


class Site:
    """One language's site.

    Attributes:
        problems: what keeps pages from being whole. Each page shows its own, and the others are there all the same.
    """

    def __init__(self, course: Course, sources: Sequence[Source]) -> None:
        self.course = course
        self.sources = sources
        self.pages = {source.english: source for source in sources}
        self.mistakes = {in_repository(each.file): each for own in course.mistakes.values() for each in own}
        self.problems = [str(error) for error in course.broken.values()]
        self.known = {page: page for page in [*map(commits.page, course.names.values()), commits.INDEX]}
        self.known |= {path: source.page for source in sources for path in (source.english, source.file)}

    def files(self) -> Iterator[tuple[str, str | bytes]]:
        """Every file of the folder: its path and what it holds."""
        for source in self.sources:
            text, pictures = self._text(source)
            meta = {"title": source.meta["title"]} if "title" in source.meta else {}
            if source.page in ALONE:
                meta["hide"] = ["navigation", *(["toc"] if source.page == "index.md" else [])]
            yield source.page, _page(meta, mended(text, source.file, source.page, self.known))
            yield from ((f"notebooks/{name}", content) for name, content in pictures.items())
        for name, title, text in commits.pages(self.course):
            path, meta = commits.page(name), {"title": title, "search": {"exclude": True}}
            yield path, _page(meta, mended(text, path, path, self.known))
        yield commits.INDEX, mended(commits.index(self.course), commits.INDEX, commits.INDEX, self.known)
        yield "assets/openapi.json", openapi()
        for name in ("swagger-ui-bundle.js", "swagger-ui.css"):  # the template serves the same ones
            yield f"assets/swagger/{name}", (resources.files("fastapi_swagger") / "resources" / name).read_bytes()

    def nav(self) -> Nav:
        """The order of the pages, and what they are called beside each other, as MkDocs' setting `nav` takes it."""

        def named(*names: str, title: str = "") -> Nav:
            found = [self.pages[f"docs/{name}.md"] for name in names if f"docs/{name}.md" in self.pages]
            return [{title or source.title: source.page} for source in found]

        def numbered(kind: str) -> Nav:
            own = [source for source in self.sources if source.kind == kind]
            return [{f"{source.chapter[2:]} {_short(source.title)}": source.page} for source in own]

        def by_chapter(pages: Sequence[tuple[str, str, str]]) -> Nav:
            found: Nav = []
            for lesson in (source for source in self.sources if source.kind == "lesson"):
                own = [{title: page} for chapter, title, page in pages if chapter == lesson.chapter]
                found += [{f"{lesson.chapter[2:]} {lesson.title}": own}] if own else []
            return found

        mistakes = [(each.chapter, each.title, each.page) for each in self.sources if each.kind == "mistake"]
        history = [
            (each.step.lesson.chapter, commits.title(each), commits.page(self.course.names[each.sha]))
            for each in self.course.history.commits
        ]
        sections: Nav = [
            *named("index", title=_("Home")),
            *named("how-to-work", title=_("How to work")),
            {_("Chapters"): named("course-map") + numbered("lesson")},
            {_("Error clinic"): named("clinic") + by_chapter(mistakes)},
            {_("Notebooks"): numbered("notebook")},
            {_("Commits"): [{_("Commits"): commits.INDEX}, *by_chapter(history)]},
            *named("notes", title=_("The notes")),
            {_("Reference"): named(*REFERENCE)},
            {_("More"): named(*MORE)},
        ]
        return [section for section in sections if all(section.values())]

    def _text(self, source: Source) -> tuple[str, dict[str, bytes]]:
        """A page's text, and the files beside it. What is broken is said on the page."""
        beside: dict[str, bytes] = {}
        broken: Problem | None = self.course.broken.get(source.english)
        try:
            if source.kind == "notebook":
                text, beside = notebook.draw(source.raw, source.file)
            else:
                text = self._whole(source)
        except Problem as problem:
            self.problems.append(str(problem))
            text, broken = f"# {escaped(source.title)}\n", problem
        if broken:
            title = _("This page is not whole: something in it is broken.")
            text = _after_title(text, f'!!! failure "{title}"\n\n{indented(fenced("text", "", str(broken)))}')
        if source.file == source.english and language() == "ko":
            note = _("This page is not translated yet; here is the English one.")
            text = _after_title(text, f'<p class="wb-untranslated">{note}</p>')
        return text, beside

    def _whole(self, source: Source) -> str:
        """A page's text with all that belongs to it. Raises Problem when something in it is broken."""
        course, history, pages = self.course, self.course.history, self.pages
        if source.kind == "lesson" and source.chapter in history.chapters:
            lesson = history.chapters[source.chapter]
            made = [course.names[each.sha] for each in course.commits_of(source.chapter) if not each.step.empty]
            text = rewrite(source.text, source.file, changes=lesson.changes, commits=made)
            text = _after_title(text, chapter.top(source.meta))
            return f"{text}\n\n{chapter.end(lesson.lesson, course, pages)}\n"
        if source.english in self.mistakes:
            mistake = self.mistakes[source.english]
            text = rewrite(source.text, source.file, changes=changes_of(mistake, history))
            return _after_title(chapter.with_error(text, mistake), chapter.mistake_top(mistake, course))
        text, planned = source.text, _PLANNED.findall(source.text)
        if source.page == "course-map.md":  # a chapter that is written is no longer planned
            written = {each.chapter[2:] for each in self.sources if each.kind == "lesson"}
            text = _PLANNED.sub(lambda row: "" if row[1] in written else row[0], text)
            planned = _PLANNED.findall(text)
        inserts = {
            "clinic": lambda: chapter.clinic(course, pages),
            "map": lambda: chapter.course_map(course, pages, planned),
            "chapters": lambda: chapter.table(course, pages),
            "reds": lambda: chapter.reds(course),
            "openapi": lambda: '<div id="wb-api" class="wb-api" data-assets="../../assets/"></div>',
            "cli": verbs,
        }
        return rewrite(text, source.file, inserts=inserts)


def write(site: Site, folder: Path) -> None:
    """Write the pages into a folder, and remove what else is there. What is the same already is left untouched."""
    written = set()
    for path, content in site.files():
        target, wanted = folder / path, content.encode() if isinstance(content, str) else content
        written.add(target)
        if not target.is_file() or target.read_bytes() != wanted:
            target.parent.mkdir(parents=True, exist_ok=True)
            fresh = target.with_name(f".{target.name}.{os.getpid()}")
            fresh.write_bytes(wanted)
            fresh.replace(target)  # whole at once: another build may be reading
    for file in folder.rglob("*"):
        if file.is_file() and file not in written and not file.name.startswith("."):
            file.unlink()


def footer() -> str:
    """What stands at the foot of every page: the edition, and the versions that every command was run with."""
    project = tomllib.loads((CLONE / "pyproject.toml").read_text(encoding="utf-8"))
    verified = project["tool"]["workbook"]["verified"]
    packages = ", ".join(f"{name} {version}" for name, version in sorted(read_versions(CHAPTERS).items()))
    return _(
        "Edition {edition} · every command run on MySQL {mysql} and Python {python}, with {packages}",
        edition=project["project"]["version"],
        packages=packages,
        **verified,
    )


def verbs() -> str:
    """Every verb of `workbook` with its help, as Markdown below a heading of the second level."""
    from workbook.cli import app
    from workbook.korean_help import speak

    command = get_command(app)
    speak(command, ())
    text = get_docs_for_click(obj=command, ctx=typer.Context(command), name="workbook", indent=1)
    # The list of verbs cuts their sentences short; the headings below it are the list.
    text = re.sub(r"\*\*Commands\*\*:\n\n(?:\* .*\n)+\n?", "", text)
    return text.replace(f"{CLONE}/", "").replace("\n* ", "\n- ")


def openapi() -> str:
    """The template's OpenAPI schema, as JSON. The application is imported, not served: no MySQL is needed.

    Raises:
        Problem: it cannot be imported.
    """
    asking = "import json; from app.main import app; print(json.dumps(app.openapi(), indent=1))"
    done = subprocess.run([sys.executable, "-c", asking], cwd=TEMPLATE, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Problem("The template cannot be imported, so it has no OpenAPI schema.", why=done.stderr.strip())
    return done.stdout


def _short(title: str) -> str:
    """A notebook's title without the chapter's number, which stands before it already, in either language."""
    short = re.sub(r"^(?:Chapter )?\d+\S*?\s*[:.,]\s*", "", title)
    return short[:1].upper() + short[1:]


def _after_title(text: str, more: str) -> str:
    return re.sub(r"^(# .*)$", lambda found: f"{found[1]}\n\n{more}\n", text, count=1, flags=re.MULTILINE)


def _page(meta: dict[str, Any], text: str) -> str:
    front = yaml.safe_dump(meta, allow_unicode=True, sort_keys=False, width=1000) if meta else ""
    return f"---\n{front}---\n\n{text.lstrip()}" if front else text.lstrip()
