"""MkDocs' hook: each event handed on to `workbook.website`."""

from pathlib import Path
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import Files
from mkdocs.structure.pages import Page

from workbook.website.fences import CUSTOM_FENCES
from workbook.website.footer import footer
from workbook.website.search import name_errors
from workbook.website.site import Site, replaced

_site: list[Site] = []


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Read the course, and fix the order of the pages and the footer."""
    site = Site("ko" if config.theme["language"] == "ko" else "en")
    _site[:] = [site]
    config.nav = site.nav()
    config.copyright = footer(site.words)
    config.mdx_configs["pymdownx.superfences"] = {"custom_fences": CUSTOM_FENCES}
    config.markdown_extensions.append(site.links)
    return config


def on_files(files: Files, *, config: MkDocsConfig) -> Files:
    """Put the course's pages in the place of what lies in `docs`."""
    return replaced(files, _site[0], config)


def on_page_markdown(markdown: str, *, page: Page, **_: Any) -> str:
    """Rewrite a page's text for the site."""
    return _site[0].markdown(markdown, page)


def on_post_build(*, config: MkDocsConfig) -> None:
    """Let the search find errors. Hooks come after plugins, so the index is written by now."""
    name_errors(Path(config.site_dir) / "search" / "search_index.json", _site[0].errors())
