"""The site as a folder of ordinary Markdown pages, one language at a time, from what the repository holds.

It is MkDocs' hook, too: before each build it writes the pages of the configuration's language.
"""

import json
import logging
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Sequence
from importlib import resources
from pathlib import Path
from typing import Any

import yaml
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.livereload import LiveReloadServer

from workbook.history.lock import read_versions
from workbook.lesson.chapters import skips
from workbook.pages import chapter
from workbook.pages.course import Course, Source, changes_of, in_repository, read_course, sources
from workbook.pages.markup import draw, mended, rewrite
from workbook.place import CHAPTERS, CLONE, TEMPLATE, private
from workbook.say import Problem, _, choose, language

ALONE = ("index.md", "how-to-work.md", "notes.md")
"""The pages that stand in the navigation by themselves: a menu with one entry is none."""
REFERENCE = ("your-own-project", "reference/settings", "reference/api", "reference/cli", "lesson-format", "github")
MORE = (
    "changed-since-2025",
    "aerich-or-tortoise",
    "performance",
    "reliability",
    "a-students-screen",
    "glossary",
    "contributing",
)
NAV = ".nav.json"
"""The pages' order, beside them."""
_PLANNED = re.compile(r"^\| (\d\d) .+ \| .+ \|\n", re.MULTILINE)
"""A row of the course map's table of the chapters to come: a chapter that is written is no longer planned."""

Nav = list[dict[str, Any]]
PICTURES = {
    file.relative_to(CLONE / "docs").as_posix(): file
    for kind in ("svg", "png")
    for file in sorted((CLONE / "docs").rglob(f"*.{kind}"))
}
log = logging.getLogger("mkdocs.workbook")


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Write the pages into `.workbook/pages/`, and tell MkDocs where they are.

    While a lesson is broken, the pages stay as they last were whole, with a warning: `mkdocs build --strict` fails.
    """
    choose("ko" if config.theme["language"] == "ko" else "en")
    folder = private() / "pages" / language()
    try:
        write(Site(read_course(), sources(language())), folder)
    except Problem as problem:
        if not (folder / NAV).exists():
            raise PluginError(str(problem)) from None
        log.warning(problem)
    nav = json.loads((folder / NAV).read_text(encoding="utf-8"))
    config.docs_dir, config.nav, config.copyright = str(folder), nav, footer()
    if os.environ.get("SITE_URL") and language() == "ko":
        config.site_url = f"{config.site_url}ko/"
    return config


def on_serve(server: LiveReloadServer, *, config: MkDocsConfig, **_: object) -> LiveReloadServer:
    """`mkdocs serve` watches what the pages are made from (`watch` in mkdocs.yml), and not what is written here."""
    server.unwatch(str(Path(config.docs_dir)))
    return server


class Site:
    """One language's site."""

    def __init__(self, course: Course, sources: Sequence[Source]) -> None:
        self.course = course
        self.sources = sources
        self.pages = {source.english: source for source in sources}
        self.mistakes = {in_repository(each.file): each for own in course.mistakes.values() for each in own}
        self.known = {page: page for page in map(chapter.commit_page, course.history.commits)}
        self.known |= {f"docs/{picture}": picture for picture in PICTURES}
        self.known |= {path: source.page for source in sources for path in (source.english, source.file)}

    def files(self) -> Iterator[tuple[str, str | bytes]]:
        """Every file of the folder: its path and what it holds. Raises Problem when something in a page is broken."""
        for source in self.sources:
            beside: dict[str, bytes] = {}
            if source.kind == "notebook":
                text, beside = draw(source.text, source.file)
            else:
                text = self._whole(source)
            meta = {"title": source.meta["title"]} if "title" in source.meta else {}
            if source.kind == "chapter":
                meta["title"] = f"{source.chapter[2:]} {source.title}"
            if source.page in ALONE:
                meta["hide"] = ["navigation", *(["toc"] if source.page == "index.md" else [])]
            yield source.page, _page(meta, mended(text, source.file, source.page, self.known))
            yield from ((f"notebooks/{name}", content) for name, content in beside.items())
        for page, title, text in chapter.commits(self.course):
            yield page, _page({"title": title, "search": {"exclude": True}}, mended(text, page, page, self.known))
        yield from ((picture, file.read_bytes()) for picture, file in PICTURES.items())
        yield NAV, json.dumps(self.nav())
        yield "assets/openapi.json", openapi()
        for name in ("swagger-ui-bundle.js", "swagger-ui.css"):  # the template serves the same ones
            yield f"assets/swagger/{name}", (resources.files("fastapi_swagger") / "resources" / name).read_bytes()

    def nav(self) -> Nav:
        """The order of the pages, and what they are called beside each other, as MkDocs' setting `nav` takes it."""

        def named(*names: str, title: str = "") -> Nav:
            found = [self.pages[f"docs/{name}.md"] for name in names if f"docs/{name}.md" in self.pages]
            return [{title or source.title: source.page} for source in found]

        def links(kind: str, own: str = "") -> Nav:
            return [{each.title: each.page} for each in self.sources if each.kind == kind and own in ("", each.chapter)]

        def history(name: str) -> Nav:
            return [{chapter.commit_title(each): chapter.commit_page(each)} for each in self.course.commits_of(name)]

        lessons = [each for each in self.sources if each.kind == "chapter"]
        titles = {each.chapter: f"{each.chapter[2:]} {each.title}" for each in lessons}
        mistakes = [{title: own} for name, title in titles.items() if (own := links("mistake", name))]
        sections: Nav = [
            *named("index", title=_("Home")),
            *named("how-to-work", title=_("How to work")),
            {_("Chapters"): named("course-map") + [{titles[each.chapter]: each.page} for each in lessons]},
            {_("Error clinic"): named("clinic") + mistakes},
            {_("Notebooks"): named("notebooks") + links("notebook")},
            {_("Commits"): [{title: history(name)} for name, title in titles.items()]},
            *named("notes", title=_("The notes")),
            {_("Reference"): named(*REFERENCE)},
            {_("More"): named(*MORE)},
        ]
        return [section for section in sections if all(section.values())]

    def _whole(self, source: Source) -> str:
        """A page's text with all that belongs to it."""
        course, history, pages = self.course, self.course.history, self.pages
        if source.kind == "chapter":
            lesson = history.chapters[source.chapter]
            made = [chapter.commit_page(each) for each in course.commits_of(source.chapter) if not each.step.empty]
            text = rewrite(source.text, source.file, changes=lesson.changes, commits=made)
            text = _after_title(text, chapter.top(source.meta, lesson.lesson, source.text))
            return f"{text}\n\n{chapter.end(lesson.lesson, course, pages)}\n"
        if source.kind == "mistake":
            mistake = self.mistakes[source.english]
            text = rewrite(source.text, source.file, changes=changes_of(mistake, history))
            return _after_title(chapter.with_error(text, mistake), chapter.mistake_top(mistake, course))
        text = _PLANNED.sub(lambda row: "" if f"ch{row[1]}" in history.chapters else row[0], source.text)
        inserts = {
            "clinic": lambda: chapter.clinic(course, pages),
            "chapters": lambda: chapter.table(course, pages),
            "map": lambda: chapter.course_map(course, pages),
            "skips": lambda: _(
                "{count} blocks on these pages are shown and not run: each says so, and why.",
                count=len(skips(CHAPTERS)),
            ),
            "reds": lambda: chapter.reds(course),
            "openapi": lambda: '<div id="wb-api" class="wb-api" data-assets="../../assets/"></div>',
            "cli": verbs,
        }
        return rewrite(text, source.file, inserts=inserts)


def write(site: Site, folder: Path) -> None:
    """Write the pages into a folder, and remove what else is there."""
    files = {folder / path: content.encode() if isinstance(content, str) else content for path, content in site.files()}
    for target, wanted in files.items():
        target.parent.mkdir(parents=True, exist_ok=True)
        fresh = target.with_name(f".{target.name}.{os.getpid()}")
        fresh.write_bytes(wanted)
        fresh.replace(target)  # whole at once: another build may be reading
    for file in folder.rglob("*"):
        if file.is_file() and file not in files and not file.name.startswith("."):
            file.unlink()


def footer() -> str:
    """What stands at the foot of every page: the edition, and the versions that every command was run with."""
    project = tomllib.loads((CLONE / "pyproject.toml").read_text(encoding="utf-8"))
    verified = project["tool"]["workbook"]["verified"]
    packages = ", ".join(f"{name} {version}" for name, version in sorted(read_versions(CHAPTERS).items()))
    return _(
        "Edition {edition} · every command run on MySQL {mysql} and Python {python}, with {packages}",
        **{"edition": project["project"]["version"], "packages": packages, **verified},
    )


def verbs() -> str:
    """Every verb of `workbook` with its help, as the command writes it, below a heading of the second level."""
    text = _printed("-m", "workbook", "--lang", language(), "--manual")
    # The list of verbs cuts their sentences short; the headings below it are the list.
    text = re.sub(r"\*\*Commands\*\*:\n\n(?:\* .*\n)+\n?", "", text)
    return text.replace(f"{CLONE}/", "").replace("\n* ", "\n- ")


def openapi() -> str:
    """The template's OpenAPI schema, as JSON. The application is imported, not served: no MySQL is needed."""
    asking = "import json; from app.main import app; print(json.dumps(app.openapi(), indent=1))"
    return _printed("-c", asking, cwd=TEMPLATE)


def _printed(*arguments: str, cwd: Path = CLONE) -> str:
    """What our Python prints. Raises Problem when it fails."""
    done = subprocess.run([sys.executable, *arguments], cwd=cwd, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Problem(f"The site needs what this prints: python {' '.join(arguments)}", why=done.stderr.strip())
    return done.stdout


def _after_title(text: str, more: str) -> str:
    return re.sub(r"^(# .*)$", lambda found: f"{found[1]}\n\n{more}\n", text, count=1, flags=re.MULTILINE)


def _page(meta: dict[str, Any], text: str) -> str:
    front = yaml.safe_dump(meta, allow_unicode=True, sort_keys=False, width=1000) if meta else ""
    return f"---\n{front}---\n\n{text.lstrip()}" if front else text.lstrip()
