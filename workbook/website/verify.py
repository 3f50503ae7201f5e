"""What a built site must keep, read from its HTML: links lead somewhere, nothing comes from another host, alt texts."""

import html
import posixpath
import re
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from urllib.parse import unquote, urlsplit

_TAG = re.compile(r"<(a|img|link|script|iframe|source|video|audio)\b([^>]*)>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""([\w-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+))""")
_ID = re.compile(r"""\b(?:id|name)=(?:"([^"]*)"|'([^']*)'|([^\s>"']+))""")
_STYLE_URL = re.compile(r"""(?:url\(\s*["']?|@import\s+["'])(https?:)?//""")
_ELSEWHERE = re.compile(r"[a-z][a-z0-9+.-]*:|//", re.IGNORECASE)
_ONLY_FOR_READERS = re.compile(r"canonical|alternate|me|license")


class _Page:
    def __init__(self, root: Path, file: Path) -> None:
        self.name = file.relative_to(root).as_posix()
        self.text = file.read_text(encoding="utf-8")

    @cached_property
    def ids(self) -> set[str]:
        """What an anchor can lead to."""
        return {html.unescape(next(filter(None, found), "")) for found in _ID.findall(self.text)}

    def tags(self) -> Iterator[tuple[str, dict[str, str]]]:
        """The tags that load or link something, with their attributes."""
        for match in _TAG.finditer(self.text):
            yield (
                match[1].lower(),
                {name.lower(): html.unescape("".join(value)) for name, *value in _ATTRIBUTE.findall(match[2])},
            )


def faults(root: Path) -> list[str]:
    """Everything in a built site that is not as it must be, one sentence each.

    Args:
        root: the folder of the site; links that start with a slash count from here.
    """
    pages = {page.name: page for page in (_Page(root, file) for file in sorted(root.rglob("*.html")))}
    found = [fault for page in pages.values() for fault in _faults_of(page, pages, root)]
    for sheet in sorted(root.rglob("*.css")):
        if _STYLE_URL.search(sheet.read_text(encoding="utf-8")):
            found.append(f"{sheet.relative_to(root).as_posix()}: loads something from another host.")
    return found


def _faults_of(page: _Page, pages: dict[str, _Page], root: Path) -> Iterator[str]:
    for tag, values in page.tags():
        if tag == "img" and not values.get("alt", "").strip():
            yield f"{page.name}: the image {values.get('src', '')[:80]} has no alt text."
        target = values.get("href") if tag in ("a", "link") else values.get("src")
        if not target or target.startswith("data:"):
            continue
        if _ELSEWHERE.match(target):
            if tag != "a" and not (tag == "link" and _ONLY_FOR_READERS.search(values.get("rel", ""))):
                yield f"{page.name}: loads {target}, from another host."
        elif page.name != "404.html" and not page.name.endswith("/404.html"):
            yield from _dead_end(page, target, pages, root)


def _dead_end(page: _Page, target: str, pages: dict[str, _Page], root: Path) -> Iterator[str]:
    parts = urlsplit(target)
    path = posixpath.normpath(posixpath.join("/", posixpath.dirname(page.name), unquote(parts.path))).lstrip("/")
    if not parts.path:
        path = page.name
    elif parts.path.endswith("/") or not posixpath.splitext(path)[1]:
        path = posixpath.join(path, "index.html").removeprefix("./")
    if path not in pages and not (root / path).is_file():
        yield f"{page.name}: the link {target} leads nowhere."
    elif parts.fragment and path in pages and unquote(parts.fragment) not in pages[path].ids:
        yield f"{page.name}: the link {target} leads to a page that has no such anchor."
