"""The lessons' pictures are as described, whole in both languages, without text on text, and shown on a page."""

import re
from itertools import combinations
from xml.etree import ElementTree

import pytest

from tests.pictures import FOLDER, WIDTH, Part, described, draw, files, parts
from workbook.place import CLONE, TEMPLATE

SVG = "{http://www.w3.org/2000/svg}"
HANGUL = re.compile(r"[\uac00-\ud7a3]")


def inside(one: Part, other: Part) -> bool:
    return (
        other.x <= one.x
        and other.y <= one.y
        and one.x + one.w <= other.x + other.w
        and one.y + one.h <= other.y + other.h
    )


def apart(one: Part, other: Part) -> bool:
    return (
        one.x + one.w <= other.x or other.x + other.w <= one.x or one.y + one.h <= other.y or other.y + other.h <= one.y
    )


def clash(one: Part, other: Part) -> bool:
    """Whether one lies on the other and may not. A box holds texts and boxes, a group arrows as well."""
    kinds = {one.kind, other.kind}
    if apart(one, other) or kinds == {"arrow"} or kinds == {"arrow", "group"}:
        return False
    return "arrow" in kinds or kinds == {"text"} or not (inside(one, other) or inside(other, one))


def faults(picture: list[Part]) -> list[str]:
    """What lies beyond the picture's edge, and what on something else."""
    beyond = [f"beyond the edge: {each.svg}" for each in picture if each.x < 0 or each.x + each.w > WIDTH]
    return beyond + [f"{a.svg} lies on {b.svg}" for a, b in combinations(picture, 2) if clash(a, b)]


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("name", described())
def test_a_picture_is_whole_and_nothing_lies_on_anything(name: str, language: str) -> None:
    picture = described()[name]
    assert faults(parts(picture, language)) == []
    root = ElementTree.fromstring(draw(picture, language))
    said = [root.findtext(f"{SVG}title") or "", root.findtext(f"{SVG}desc") or ""]
    assert all(said)
    assert [bool(HANGUL.search(each)) for each in said] == [language == "ko"] * 2
    shown = "".join(each.text or "" for each in root.iter(f"{SVG}text"))
    assert bool(HANGUL.search(shown)) == (language == "ko")


def test_a_text_that_is_too_long_for_its_box_and_one_on_an_arrow_are_noticed() -> None:
    boxes = {"a": {"at": [0, 0, 60], "text": ["A name too long"]}, "b": {"at": [0, 90, 60], "text": ["B"]}}
    (too_long,) = faults(parts({"boxes": boxes, "arrows": []}, "en"))
    assert "A name too long" in too_long
    boxes["a"]["text"] = ["A"]
    crossing = [
        ["a", "b", ["a long label on the left"], {"side": "left", "shift": 200}],
        ["a", "b", [], {"shift": 150}],
    ]
    (on_an_arrow,) = faults(parts({"boxes": boxes, "arrows": crossing}, "en"))
    assert "a long label" in on_an_arrow


@pytest.mark.parametrize(("name", "content"), [*files()], ids=lambda value: value[:20])
def test_a_picture_is_drawn_as_described_and_a_page_shows_it(name: str, content: str) -> None:
    assert (FOLDER / name).read_text(encoding="utf-8") == content, "python -m tests.pictures"
    pages = CLONE.glob("chapters/ch*/lesson.ko.md" if ".ko." in name else "chapters/ch*/lesson.md")
    assert any(f"](../../docs/pictures/{name})" in page.read_text(encoding="utf-8") for page in pages)


def test_the_picture_of_the_workflow_has_its_steps() -> None:
    workflow = (TEMPLATE / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8")
    drawn = [box["text"][0] for name, box in described()["workflow"]["boxes"].items() if re.fullmatch(r"s\d", name)]
    assert drawn == re.findall(r"^      - name: (.*)$", workflow, re.MULTILINE)
