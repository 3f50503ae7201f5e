"""MkDocs' hook: it writes the pages of the configuration's language, and tells MkDocs where they are."""

import logging
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.livereload import LiveReloadServer

from workbook.place import private
from workbook.say import Language, choose
from workbook.website.course import read_course, sources
from workbook.website.generate import Site, footer, write

log = logging.getLogger("mkdocs.workbook")


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Write the pages into `.workbook/pages/`. What is wrong is a warning, at which `mkdocs build --strict` fails."""
    language: Language = "ko" if config.theme["language"] == "ko" else "en"
    choose(language)
    folder = private() / "pages" / language
    site = Site(read_course(), sources(language))
    write(site, folder)
    for problem in site.problems:
        log.warning(problem)
    config.docs_dir, config.nav, config.copyright = str(folder), site.nav(), footer()
    return config


def on_serve(server: LiveReloadServer, *, config: MkDocsConfig, **_: object) -> LiveReloadServer:
    """`mkdocs serve` watches what the pages are made from (`watch` in mkdocs.yml), and not what is written here."""
    server.unwatch(str(Path(config.docs_dir)))
    return server
