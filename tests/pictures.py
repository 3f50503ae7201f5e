"""The lessons' pictures in both languages: `python -m tests.pictures` draws `docs/pictures/pictures.yml`.

A box is as high as its lines are many; an arrow goes straight, up and down where the boxes overlap in x, else across.
"""

from collections.abc import Iterator
from html import escape
from typing import Any, NamedTuple

import yaml

from workbook.place import CLONE

FOLDER = CLONE / "docs" / "pictures"
ENDS = {"en": ".svg", "ko": ".ko.svg"}
WIDTH, LINE, PAD = 480, 17, 8
"""Pixels. So narrow, a picture is legible on a telephone as well."""
EM = {"name": 13.0, "small": 11.5, "code": 11.0}
"""The size of each kind of line."""
STYLE = """
svg { font: 13px system-ui, sans-serif; color-scheme: light dark; color: light-dark(#1a2b3c, #e6edf3) }
rect { fill: light-dark(#f3f6fb, #1f2833); stroke: light-dark(#7a8ca3, #8b9db3); rx: 6px }
rect.strong { fill: light-dark(#dbe9fb, #1d3a5f) } rect.good { fill: light-dark(#d9f2df, #1e4429) }
rect.bad { fill: light-dark(#fbe0e0, #54242a) } rect.note { fill: none; stroke: none }
rect.group { fill: none; stroke-dasharray: 5 4 }
text { fill: currentColor } .middle { text-anchor: middle } .end { text-anchor: end }
.name { font-weight: 600 } .small { font-size: 11.5px } .code { font: 11px ui-monospace, monospace; white-space: pre }
path { fill: none; stroke: light-dark(#7a8ca3, #8b9db3) } path.dashed { stroke-dasharray: 5 4 }
marker path { fill: light-dark(#7a8ca3, #8b9db3); stroke: none }
"""
ARROW = (
    '<defs><marker id="a" markerWidth="7" markerHeight="7" refX="5" refY="3" orient="auto">'
    '<path d="M0 0L6 3L0 6Z"/></marker></defs>'
)


class Part(NamedTuple):
    """A piece of a picture: what it is (a box's kind, `arrow`, or `text`), the place it takes, and its SVG."""

    kind: str
    x: float
    y: float
    w: float
    h: float
    svg: str


def described() -> dict[str, dict[str, Any]]:
    """Every picture's description, by name."""
    read: dict[str, dict[str, Any]] = yaml.safe_load((FOLDER / "pictures.yml").read_text(encoding="utf-8"))
    return read


def said(text: str, language: str) -> str:
    """A text in a language: `English | 한국어`, or one for both."""
    return text.split(" | ")[-1 if language == "ko" else 0]


def line(x: float, y: float, text: str, kind: str = "small", anchor: str = "") -> Part:
    """A line of text on the base line y. How wide it is, is estimated: a Korean letter is as wide as high."""
    kind, text = ("code", text.strip("`")) if text.startswith("`") else (kind, text)
    each = 0.67 if kind == "name" else 0.6  # of the widest fonts that systems have
    width = EM[kind] * sum(1.0 if letter >= "ᄀ" else each for letter in text)
    left = x - width * {"middle": 0.5, "end": 1}.get(anchor, 0)
    svg = f'<text class="{kind} {anchor}" x="{x:g}" y="{y:g}">{escape(text)}</text>'.replace(' "', '"')
    return Part("text", left, y - EM[kind], width, EM[kind] + 2, svg)


def box(name: str, x: float, y: float, w: float, lines: list[str], kind: str = "", h: float = 0) -> Iterator[Part]:
    """A box and its lines: the first is its name, but in a note and a step. A note's and a table's begin left."""
    h = h or PAD * 2 + LINE * len(lines) - 2
    css = f' class="{kind}"' if kind else ""
    yield Part(kind or "box", x, y, w, h, f'<rect{css} x="{x:g}" y="{y:g}" width="{w:g}" height="{h:g}"/>')
    left = kind in ("group", "note") or len(lines) > 3
    for number, text in enumerate(lines):
        head = "small" if number or kind in ("note", "step") else "name"
        at = y + PAD + 11 + LINE * number
        yield line(x + PAD, at, text, head) if left else line(x + w / 2, at, text, head, "middle")


def arrow(
    one: Part, other: Part, text: list[str], kind: str = "", shift: float = 0, side: str = "right"
) -> Iterator[Part]:
    """A straight arrow from box to box, beside the middle of what they share by `shift`, and the lines beside it."""
    low, high = max(one.x, other.x), min(one.x + one.w, other.x + other.w)
    css = f' class="{kind}"' if kind else ""
    if low < high:
        x, down = (low + high) / 2 + shift, one.y < other.y
        y1, y2 = (one.y + one.h, other.y - 2) if down else (one.y, other.y + other.h + 2)
        middle = (y1 + y2) / 2 - LINE * (len(text) - 1) / 2 + 4
        for number, each in enumerate(text):
            beside = (x + 6, "") if side == "right" else (x - 6, "end")
            yield line(beside[0], middle + LINE * number, each, anchor=beside[1])
        place, path = (x, min(y1, y2), 0, abs(y2 - y1)), f"M{x:g} {y1:g}V{y2:g}"
    else:
        y = (max(one.y, other.y) + min(one.y + one.h, other.y + other.h)) / 2 + shift
        x1, x2 = (one.x + one.w, other.x - 2) if one.x < other.x else (one.x, other.x + other.w + 2)
        for number, each in enumerate(text):
            yield line((x1 + x2) / 2, y - 6 - LINE * (len(text) - 1 - number), each, anchor="middle")
        place, path = (min(x1, x2), y, abs(x2 - x1), 0), f"M{x1:g} {y:g}H{x2:g}"
    yield Part("arrow", *place, f'<path{css} marker-end="url(#a)" d="{path}"/>')


def parts(picture: dict[str, Any], language: str) -> list[Part]:
    """All pieces of a picture, what lies below first."""
    found, boxes = [], {}
    for name, each in picture["boxes"].items():
        x, y, w, *h = each["at"]
        own = list(box(name, x, y, w, [said(text, language) for text in each["text"]], each.get("kind", ""), *h))
        boxes[name] = own[0]
        found += own
    for one, other, text, *more in picture["arrows"]:
        lines = [said(each, language) for each in text]
        found += arrow(boxes[one], boxes[other], lines, **dict(*more))
    return found


def svg(title: str, text: str, width: float, height: float, body: str) -> str:
    """A whole picture, which follows dark and light."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="-1 -1 {width + 2:g} {height + 2:g}" '
        f'width="{width:g}" height="{height:g}" role="img">\n'
        f"<title>{escape(title)}</title>\n<desc>{escape(text)}</desc>\n<style>{STYLE}</style>\n{ARROW}\n{body}\n</svg>\n"
    )


def draw(picture: dict[str, Any], language: str) -> str:
    """A picture as SVG."""
    pieces = parts(picture, language)
    height = max(each.y + each.h for each in pieces) + 2
    body = "\n".join(each.svg for each in pieces)
    return svg(said(picture["title"], language), said(picture["desc"], language), WIDTH, height, body)


if __name__ == "__main__":
    for name, picture in described().items():
        for language, end in ENDS.items():
            (FOLDER / f"{name}{end}").write_text(draw(picture, language), encoding="utf-8")
