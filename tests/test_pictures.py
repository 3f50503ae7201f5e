"""The lessons' pictures are as described, whole in both languages, without text on text, and shown on a page."""

import re
from itertools import combinations
from xml.etree import ElementTree

import pytest

from tests.pictures import ENDS, FOLDER, WIDTH, Part, described, draw, parts, said
from workbook.place import CLONE

SVG = "{http://www.w3.org/2000/svg}"
LESSON = CLONE / "chapters/ch37_mysql_in_ci/lesson.md"  # which shows the pictures, and writes the workflow
STEPS = re.findall(r"^      - name: (.*)$", LESSON.read_text(encoding="utf-8"), re.MULTILINE)
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


@pytest.mark.parametrize("language", ENDS)
@pytest.mark.parametrize("name", described())
def test_a_picture_is_as_described_and_whole_and_nothing_lies_on_anything(name: str, language: str) -> None:
    picture = described()[name]
    drawn = draw(picture, language)
    assert (FOLDER / f"{name}{ENDS[language]}").read_text(encoding="utf-8") == drawn, "python -m tests.pictures"
    assert faults(parts(picture, language)) == []
    root = ElementTree.fromstring(drawn)
    said = [root.findtext(f"{SVG}title") or "", root.findtext(f"{SVG}desc") or ""]
    assert all(said)
    assert [bool(HANGUL.search(each)) for each in said] == [language == "ko"] * 2
    shown = "".join(each.text or "" for each in root.iter(f"{SVG}text"))
    assert bool(HANGUL.search(shown)) == (language == "ko")


def test_a_text_that_is_too_long_for_its_box_and_one_on_an_arrow_are_noticed() -> None:
    boxes = {"a": {"at": [60, 0, 60], "text": ["A name too long"]}, "b": {"at": [60, 90, 60], "text": ["B"]}}
    (too_long,) = faults(parts({"boxes": boxes, "arrows": []}, "en"))
    assert "A name too long" in too_long
    boxes["a"]["text"] = ["A"]
    crossing = [
        ["a", "b", ["a long label on the left"], {"side": "left", "shift": 200}],
        ["a", "b", [], {"shift": 150}],
    ]
    (on_an_arrow,) = faults(parts({"boxes": boxes, "arrows": crossing}, "en"))
    assert "a long label" in on_an_arrow


@pytest.mark.parametrize("colour", ["green", "red"])
@pytest.mark.parametrize("end", ["", ".ko"])
def test_a_terminal_shows_the_steps_and_asks_no_other_host(colour: str, end: str) -> None:
    drawn = (FOLDER / f"ci-{colour}{end}.svg").read_text(encoding="utf-8")
    root = ElementTree.fromstring(drawn)
    assert all(root.findtext(f"{SVG}{name}") for name in ("title", "desc"))
    assert re.findall(r"https?://[^\"]*", drawn) == ["http://www.w3.org/2000/svg"]
    shown = " ".join("".join(root.itertext()).split())
    assert [step for step in STEPS if step not in shown] == ([] if colour == "green" else ["Report the coverage"])
    assert bool(HANGUL.search(shown)) == bool(end)


def test_every_picture_stands_on_a_page_of_its_language_with_its_text() -> None:
    """What a reader hears who does not see the picture is the picture's own description."""
    shown = [
        (target, " ".join(alt.split()), ".ko." in page.name or "ko" in page.parts)
        for page in [*CLONE.glob("chapters/ch*/*.md"), *CLONE.glob("docs/**/*.md")]
        for alt, target in re.findall(
            r"!\[([^]]*)\]\([./]*(?:docs/)?pictures/([\w.-]+)\)", page.read_text(encoding="utf-8")
        )
    ]
    drawn = {file.name for file in FOLDER.iterdir() if file.suffix in (".svg", ".png")}
    assert {target for target, _, _ in shown} == drawn
    assert all(".ko." in target for target, _, korean in shown if korean and target != "docs.png")
    texts = {name: " ".join(said(picture["desc"], "en").split()) for name, picture in described().items()}
    texts |= {f"{name}.ko": " ".join(said(each["desc"], "ko").split()) for name, each in described().items()}
    assert {target: alt for target, alt, _ in shown if texts.get(target.removesuffix(".svg"), alt) != alt} == {}


def test_the_picture_of_the_workflow_has_its_steps() -> None:
    drawn = [box["text"][0] for name, box in described()["workflow"]["boxes"].items() if re.fullmatch(r"s\d", name)]
    assert drawn == STEPS
