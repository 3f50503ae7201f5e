"""Links as they stand in the repository, turned to the pages of the site."""

import posixpath
from collections.abc import Mapping
from urllib.parse import urlsplit, urlunsplit
from xml.etree.ElementTree import Element

from markdown import Extension, Markdown
from markdown.treeprocessors import Treeprocessor


def mend(target: str, file: str, src_uri: str, known: Mapping[str, str]) -> str:
    """A link as MkDocs wants it: from `src_uri` to another `src_uri`.

    Args:
        target: the link as it stands in the text.
        file: the path in the repository of the file that holds the text.
        src_uri: the page that shows the text: another one than `file` for a notebook or a missing translation.
        known: the `src_uri` of the page that stands for a file of the repository.

    Returns:
        the mended link; the link itself where no page is known, so that the strict build names it.
    """
    parts = urlsplit(target)
    if parts.scheme or parts.netloc or not parts.path:
        return target
    # As on GitHub, a link that starts with a slash counts from the repository's root.
    wanted = posixpath.normpath(posixpath.join("/", posixpath.dirname(file), parts.path)).lstrip("/")
    there = known.get(wanted)
    if there is None:
        return target
    path = posixpath.relpath(there, posixpath.dirname(src_uri) or ".")
    return urlunsplit(("", "", path, parts.query, parts.fragment))


class _Mender(Treeprocessor):
    def __init__(self, links: "Links", md: Markdown) -> None:
        super().__init__(md)
        self.links = links

    def run(self, root: Element) -> None:
        for element in root.iter():
            key = {"a": "href", "img": "src"}.get(element.tag)
            if key and (target := element.get(key)):
                element.set(key, mend(target, self.links.file, self.links.src_uri, self.links.known))


class Links(Extension):
    """Mends the links of the page at hand, before MkDocs checks them. `file` and `src_uri` are set page by page."""

    def __init__(self, known: Mapping[str, str]) -> None:
        super().__init__()
        self.known = known
        self.file = self.src_uri = ""

    def extendMarkdown(self, md: Markdown) -> None:
        """Come before MkDocs' own `relpath`, which has priority 0."""
        md.treeprocessors.register(_Mender(self, md), "workbook_links", 1)
