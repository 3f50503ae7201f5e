"""The ids that MkDocs gives to headings, by which a section is named in every language."""

import re
import unicodedata
from collections.abc import Sequence

from markdown_it.token import Token


def slugs(headings: Sequence[str]) -> list[str]:
    """The id of each heading of a page, in order.

    The rule is that of Python-Markdown's extension `toc`, which MkDocs uses: the second heading of a name ends in `_1`.

    Args:
        headings: their plain text.
    """
    given: list[str] = []
    for heading in headings:
        slug = _slug(heading)
        given.append(_unique(slug, given))
    return given


def plain(inline: Token) -> str:
    """The text of a heading or a paragraph without its marks; code keeps its letters."""
    kept = ("text", "code_inline", "softbreak", "hardbreak")
    return "".join(child.content or " " for child in inline.children or () if child.type in kept)


def _slug(text: str) -> str:
    ascii_only = unicodedata.normalize("NFKD", " ".join(text.split())).encode("ascii", "ignore").decode("ascii")
    return re.sub(r"[-\s]+", "-", re.sub(r"[^\w\s-]", "", ascii_only).strip().lower())


def _unique(slug: str, given: list[str]) -> str:
    if slug and slug not in given:
        return slug
    numbered = re.fullmatch(r"(.*)_([0-9]+)", slug)
    base, count = (numbered[1], int(numbered[2]) + 1) if numbered else (slug, 1)
    while f"{base}_{count}" in given:
        count += 1
    return f"{base}_{count}"
