"""What a built site must keep, read from its HTML: links lead somewhere, nothing comes from another host, alt texts."""

import html
import posixpath
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import unquote, urlsplit

_TAG = re.compile(r"<(a|img|link|script|iframe|source|video|audio)\b([^>]*)>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""([\w-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+))""")
_ID = re.compile(r"""\b(?:id|name)=["']?([^\s"'>]+)""")
_STYLE_URL = re.compile(r"""(?:url\(\s*["']?|@import\s+["'])(https?:)?//""")
_ELSEWHERE = re.compile(r"[a-z][a-z0-9+.-]*:|//", re.IGNORECASE)
_ONLY_FOR_READERS = ("canonical", "alternate", "license")


def faults(root: Path) -> list[str]:
    """Everything in a built site that is not as it must be, one sentence each.

    Args:
        root: the folder of the site; links that start with a slash count from here.
    """
    files = {file.relative_to(root).as_posix(): file for file in sorted(root.rglob("*")) if file.is_file()}
    texts = {name: file.read_text(encoding="utf-8") for name, file in files.items() if name.endswith((".html", ".css"))}
    anchors = {name: {html.unescape(found) for found in _ID.findall(texts.get(name, ""))} for name in files}
    found = []
    for name, text in texts.items():
        if name.endswith(".css"):
            found += [f"{name}: loads something from another host."] if _STYLE_URL.search(text) else []
            continue
        for tag, attributes in dict.fromkeys(_TAG.findall(text)):
            values = {key.lower(): html.unescape("".join(value)) for key, *value in _ATTRIBUTE.findall(attributes)}
            found += [f"{name}: {fault}" for fault in _faults(name, tag.lower(), values, anchors)]
    return found


def _faults(name: str, tag: str, values: Mapping[str, str], anchors: Mapping[str, set[str]]) -> Iterator[str]:
    if tag == "img" and not values.get("alt", "").strip():
        yield f"the image {values.get('src', '')[:80]} has no alt text."
    target = values.get("href" if tag in ("a", "link") else "src", "")
    parts = urlsplit(target)
    if _ELSEWHERE.match(target):
        if not (tag == "a" or parts.scheme == "data" or (tag == "link" and values.get("rel") in _ONLY_FOR_READERS)):
            yield f"loads {target}, from another host."
    elif target and posixpath.basename(name) != "404.html":
        path = posixpath.normpath(posixpath.join("/", posixpath.dirname(name), unquote(parts.path))).lstrip("/")
        if not parts.path:
            path = name
        elif parts.path.endswith("/") or not posixpath.splitext(path)[1]:
            path = posixpath.join(path, "index.html").removeprefix("./")
        if path not in anchors:
            yield f"the link {target} leads nowhere."
        elif parts.fragment and path.endswith(".html") and unquote(parts.fragment) not in anchors[path]:
            yield f"the link {target} leads to a page that has no such anchor."
