"""One language's site while MkDocs builds it: which files there are, and what each page's text becomes."""

import posixpath
import re
from collections.abc import Iterator, MutableMapping
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

from workbook.place import CLONE
from workbook.say import Language
from workbook.website import chapter, commits, notebook, reference
from workbook.website.blocks import escaped
from workbook.website.course import changes_of, course, in_repository, openapi
from workbook.website.links import Links
from workbook.website.markup import Extras, rewrite
from workbook.website.nav import Nav, nav
from workbook.website.pages import Source, sources
from workbook.website.words import Words

NOTEBOOKS = "notebooks/index.md"
ASSETS = CLONE / "docs" / "assets"


class Site:
    """The pages of one language."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self.words = Words(language)
        self.course = course()
        self.sources = sources(language)
        self.by_uri = {source.src_uri: source for source in self.sources}
        self.mistakes = {
            in_repository(mistake.file): mistake for each in self.course.mistakes.values() for mistake in each
        }
        made = [commits.src_uri(name) for name in commits.names(self.course.history).values()]
        known = {uri: uri for uri in [*made, commits.INDEX, NOTEBOOKS]}
        known |= {path: source.src_uri for source in self.sources for path in (source.english, source.file)}
        self.links = Links(known)

    @cached_property
    def titles(self) -> dict[str, str]:
        """The title of each page, in its own language, by its English file's path."""
        return {source.english: _title(source, (CLONE / source.file).read_text("utf-8")) for source in self.sources}

    def nav(self) -> Nav:
        """The order of the pages, as MkDocs takes it."""
        history = self.course.history
        named = commits.names(history)
        by_chapter = {
            name: [(commits.title(each), commits.src_uri(named[each.sha])) for each in self.course.commits_of(name)]
            for name in history.chapters
        }
        return nav(self.sources, self.titles, by_chapter, self.words)

    @cached_property
    def alone(self) -> set[str]:
        """The pages that stand in the navigation by themselves: a menu with one entry is none."""
        return {uri for section in self.nav() for uri in section.values() if isinstance(uri, str)}

    def files(self, config: MkDocsConfig) -> Iterator[File]:
        """Everything that the site holds beside the theme's own files."""
        for source in self.sources:
            if source.kind == "notebook":
                yield from self._notebook(source, config)
            else:
                file = _file(config, source.src_uri, source.dest_uri, path=CLONE / source.file)
                if source.address == "clinic/":
                    file.name = "index"  # the page that its section in the navigation leads to
                yield file
        for name, markdown in commits.pages(self.course.history, self.words):
            yield _file(config, commits.src_uri(name), f"commits/{name}/index.html", text=markdown)
        yield _file(config, commits.INDEX, commits.INDEX, text=commits.index(self.course.history, self.words))
        if any(source.kind == "notebook" for source in self.sources):
            yield _file(config, NOTEBOOKS, NOTEBOOKS, text=self._notebooks())
        for path in sorted(ASSETS.rglob("*")):
            if path.is_file():
                yield _file(config, in_repository(path), str(path.relative_to(ASSETS.parent).as_posix()), path=path)
        yield _file(config, "assets/openapi.json", "assets/openapi.json", text=openapi())
        for name, content in reference.swagger().items():
            yield _file(config, f"assets/swagger/{name}", f"assets/swagger/{name}", text=content)

    def markdown(self, markdown: str, page: Page) -> str:
        """A page's text as Python-Markdown is to read it."""
        source = self.by_uri.get(page.file.src_uri)
        if page.file.src_uri in self.alone:
            page.meta.setdefault("hide", ["navigation"])
        self.links.src_uri = page.file.src_uri
        self.links.file = source.file if source else page.file.src_uri
        if source is None:
            return markdown
        if source.file == source.english and self.language == "ko":
            markdown = re.sub(
                r"^(# .*)$",
                rf'\1\n\n<p class="wb-untranslated">{self.words("untranslated")}</p>\n',
                markdown,
                count=1,
                flags=re.MULTILINE,
            )
        return rewrite(markdown, source.file, self.words, self._extras(source, page.meta))

    def errors(self) -> dict[str, str]:
        """The exact text of each mistake's error, by its page's address."""
        return {
            source.address: " ".join(self.mistakes[source.english].error.split())
            for source in self.sources
            if source.kind == "mistake"
        }

    def _extras(self, source: Source, meta: MutableMapping[str, Any]) -> Extras:
        history = self.course.history
        if source.kind == "lesson":
            lesson = history.chapters[source.chapter]
            return Extras(
                changes=lesson.changes,
                commits=commits.links(history, self.course.commits_of(source.chapter), self.words),
                under_title=chapter.top(meta, self.words),
                at_end=chapter.end(lesson.lesson, self.course, self.titles, self.words),
            )
        if source.kind == "mistake":
            mistake = self.mistakes[source.english]
            top = chapter.mistake_top(mistake, self.course, self.words)
            return Extras(changes=changes_of(mistake, history), under_title=top)
        if source.address == "":
            meta["hide"] = ["navigation", "toc"]
            return Extras(at_end='<div class="wb-doors"></div>')
        if source.address == "clinic/":
            return Extras(inserts={"clinic": chapter.clinic(self.course, self.titles, self.words)})
        made = {"reference/api/": {"openapi": reference.API}, "reference/cli/": {"cli": reference.verbs()}}
        return Extras(inserts=made.get(source.address, {}))

    def _notebook(self, source: Source, config: MkDocsConfig) -> Iterator[File]:
        path = CLONE / source.file
        drawn = notebook.draw(path.read_text("utf-8"), source.file, self.words)
        yield _file(config, source.src_uri, source.dest_uri, text=drawn.markdown)
        # Beside its page's pictures, and under its own name, for the button.
        yield _file(config, f"notebooks/{path.name}", f"notebooks/{path.name}", path=path)
        for name, content in drawn.pictures.items():
            yield _file(config, f"notebooks/{name}", f"notebooks/{name}", text=content)

    def _notebooks(self) -> str:
        lines = [
            f"- [{source.chapter[2:]} {escaped(self.titles[source.english])}]({posixpath.basename(source.src_uri)})"
            for source in self.sources
            if source.kind == "notebook"
        ]
        return "\n\n".join([f"# {self.words('notebooks')}", self.words("notebooks-intro"), "\n".join(lines)]) + "\n"


def replaced(files: Files, site: Site, config: MkDocsConfig) -> Files:
    """The theme's files and the site's own, without those that MkDocs found in `docs` by itself."""
    docs = str(Path(config.docs_dir).resolve())
    theme = [file for file in files if file.src_dir is None or str(Path(file.src_dir).resolve()) != docs]
    return Files([*theme, *site.files(config)])


def _title(source: Source, text: str) -> str:
    if source.kind == "notebook":
        return notebook.title_of(text)
    front = re.match(r"---\n(.*?)\n---\n", text, re.DOTALL)
    title = yaml.safe_load(front[1]).get("title") if front else None
    heading = re.search(r"^# (.+)$", text, re.MULTILINE)
    return str(title or (heading[1].strip() if heading else posixpath.basename(source.english)))


def _file(
    config: MkDocsConfig, src_uri: str, dest_uri: str, *, path: Path | None = None, text: str | bytes | None = None
) -> File:
    dest_uri = f"{dest_uri.removesuffix('.md')}.html" if dest_uri.endswith(".md") else dest_uri
    file = File(src_uri, None, config.site_dir, config.use_directory_urls, dest_uri=dest_uri)
    file.generated_by = "workbook"
    if path is not None:
        file.abs_src_path = str(path)
    else:
        assert text is not None
        file.abs_src_path = None
        if isinstance(text, bytes):
            file.content_bytes = text
        else:
            file.content_string = text
    return file
