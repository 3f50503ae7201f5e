"""The site as a whole: every chapter is in it, what is broken is said where it stands, and each fault is caught."""

import re
import socket
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from mkdocs.exceptions import PluginError

from tests.lesson.course import FIRST, SECOND, write_course
from workbook.history.publish import Edition
from workbook.lesson.chapters import skips
from workbook.mysql.server import Server
from workbook.pages import build, course, generate
from workbook.pages.build import faults
from workbook.pages.course import read_course, sources
from workbook.pages.generate import Site, footer, write
from workbook.place import CHAPTERS
from workbook.say import Problem, korean

MISTAKE = """---
title: A mistake
tag: ch01
error: "assert <1> == 2"
---\n\n# A mistake\n\n```console\n$ true\nassert <1> == 2\n```
"""


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository of two chapters, with a mistake and a map."""
    monkeypatch.setattr(course, "CLONE", tmp_path)
    monkeypatch.setattr(generate, "openapi", lambda: "{}")  # importing the template takes a second
    write_course(tmp_path / "chapters", FIRST, SECOND)
    (mistakes := next((tmp_path / "chapters").glob("ch01_*")) / "mistakes").mkdir()
    (mistakes / "one.md").write_text(MISTAKE)
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/clinic.md").write_text("# Clinic\n\n<!-- clinic -->\n")
    planned = "|a|b|\n|---|---|\n| 02 Planned once | x |\n| 03 Planned | x |\n"
    (tmp_path / "docs/course-map.md").write_text(f"# Map\n\n<!-- map -->\n\n<!-- chapters -->\n\n{planned}")
    return tmp_path


def pages_of(root: Path) -> tuple[Site, dict[str, str]]:
    site = Site(read_course(root / "chapters"), sources("en", root))
    files = site.files()
    return site, {path: text.decode(errors="replace") if isinstance(text, bytes) else text for path, text in files}


def test_a_chapter_in_its_folder_and_its_commits_are_everywhere(small: Path) -> None:
    site, pages = pages_of(small)
    course_map, lesson = pages["course-map.md"], pages["chapters/ch02.md"]
    assert {"chapters/ch02.md", "commits/ch02-red.md"} <= set(re.findall(r'"([^"]+\.md)"', pages[".nav.json"]))
    assert "[02&#160; A name](chapters/ch02.md)" in course_map
    assert "[`ch02-red`](commits/ch02-red.md)" in course_map
    assert "03 Planned" in course_map
    assert "02 Planned once" not in course_map, "a chapter that is written is no longer planned"
    assert "[A mistake](../mistakes/one.md)<br>`assert <1> == 2`" in pages["clinic/index.md"]
    error = '<span class="wb-error">`assert <1> == 2`</span>'
    assert f"# A mistake {error} {{#a-mistake}}" in pages["mistakes/one.md"], "the search weighs headings most"
    assert "Beside this chapter" in lesson
    assert lesson.startswith("---\ntitle: 02 A name\n---")
    assert "\n5 minutes\n" in lesson
    tab = lesson.partition('=== "The change"')[2].partition('=== "The whole file"')[2]
    fence = '```{ .python hl_lines="2" data-search-exclude="" title="greet.py" }\n    def greet(name: str) -> str:\n'
    assert tab.strip().startswith(fence), "the whole file, its new lines marked"
    places = [lesson.index(f"](../commits/{name}.md){{ .wb-commit-link }}") for name in ("ch02-red", "ch02")]
    assert places == sorted(places), "each command that commits is followed by the link to its commit"
    green, red = pages["commits/ch02.md"], pages["commits/ch02-red.md"]
    change, whole = green.partition('=== "The whole file"')[::2]
    for part in (site.course.history.tags["ch02"].sha, '-    return "hello"', "search:\n  exclude: true"):
        assert part in change
    assert "+" not in whole.partition("```{")[2]
    for part in ("because `assert 'hello' == 'hello you'`:", "- `test_greet.py::test_greets_by_name`"):
        assert part in red


def test_tags_and_commits_lead_to_the_published_repository_where_one_is_named(small: Path) -> None:
    site, here = pages_of(small)
    assert "[`ch02-red`](../commits/ch02-red.md)" in here["chapters/ch02.md"]
    assert "In the repository" not in here["commits/ch02.md"]
    published = Edition("2026.1", "https://git.example/us/workbook")
    there = {path: str(text) for path, text in Site(replace(site.course, edition=published), site.sources).files()}
    tag, sha = f"{published.repository}/tree/2026.1/ch02-red", site.course.history.tags["ch02-red"].sha
    lesson, commit = there["chapters/ch02.md"], there["commits/ch02-red.md"]
    for page in (lesson, commit, there["course-map.md"]):
        assert f"[`ch02-red`]({tag})" in page
    assert f"[`{sha[:8]}`]({published.commit(sha)})" in lesson
    assert f"[In the repository]({published.commit(sha)})" in commit
    assert "](../commits/ch02.md)" in lesson, "the message leads to the page here, which needs no network"


def test_a_page_that_is_gone_is_removed_where_the_pages_are_written(small: Path, tmp_path: Path) -> None:
    for left in ({"course-map.md", "ch01.md"}, {"ch01.md"}):
        write(pages_of(small)[0], tmp_path / "pages")
        assert {file.name for file in (tmp_path / "pages").rglob("*")} & {"course-map.md", "ch01.md"} == left
        (small / "docs/course-map.md").unlink(missing_ok=True)


def test_a_broken_lesson_is_a_warning_and_the_pages_stay_as_they_were(
    small: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(generate, "choose", lambda name: None)  # it would last
    monkeypatch.setattr(generate, "read_course", lambda: read_course(small / "chapters"))
    monkeypatch.setattr(generate, "sources", lambda language: sources(language, small))
    (lesson,) = (small / "chapters").glob("ch02_*/lesson.md")
    whole = lesson.read_text()
    monkeypatch.setenv("WORKBOOK_HOME", str(small / "home"))
    config: Any = SimpleNamespace(theme={"language": "en"})
    for text in (whole, whole.replace('-    return "hello"', "-    return nothing")):
        lesson.write_text(text)
        generate.on_config(config)
        assert "{'ch02-red: Test" in str(config.nav)
        assert 'return "hello' in (Path(config.docs_dir) / "chapters/ch02.md").read_text()
    (said,) = caplog.messages
    assert "lesson.md" in said
    monkeypatch.setenv("WORKBOOK_HOME", str(small / "fresh"))
    with pytest.raises(PluginError, match=r"lesson\.md"):
        generate.on_config(config)


def test_the_foot_of_every_page_names_the_mysql_that_the_tests_run_on(mysql: Server) -> None:
    if "packages" not in mysql.how:
        pytest.skip(f"the site speaks of the MySQL of the distribution's packages, and this one is {mysql.how}")
    series = ".".join(mysql.version.split(".")[:2])
    assert f"MySQL {series} " in footer(), "write the new one under [tool.workbook.verified] in pyproject.toml"


def test_a_page_without_a_translation_is_shown_in_english_and_two_at_one_address_are_refused(tmp_path: Path) -> None:
    for path in ("docs/a.md", "docs/b.md", "docs/ko/b.md", "chapters/ch01_a/mistakes/c.md"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).touch()
    assert [each.file for each in sources("en", tmp_path)[:2]] == ["docs/a.md", "docs/b.md"]
    korean = sources("ko", tmp_path)
    assert [(each.file, each.page) for each in korean[:2]] == [("docs/a.md", "a.md"), ("docs/ko/b.md", "b.md")]
    (tmp_path / "chapters/ch01_a").rename(tmp_path / "chapters/ch02_b")
    (tmp_path / "docs/mistakes").mkdir()
    (tmp_path / "docs/mistakes/c.md").touch()
    with pytest.raises(Problem, match=r"ch02_b/mistakes/c\.md and docs/mistakes/c\.md have the same address"):
        sources("en", tmp_path)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ('<link rel="stylesheet" href="//x.invalid/?a">', "loads //x.invalid/?a, from another host."),
        ('<script src="//cdn.invalid/a.js"></script>', "loads //cdn.invalid/a.js, from another host."),
        ('<img src="../p.png">', "the image ../p.png has no alt text."),
        ('<img src="../p.png" alt="bars"><code>&lt;img src=&quot;x.png&quot;&gt;</code>', ""),
        ('<a href="https://x.invalid/">elsewhere</a><img alt=dot src="data:image/png;base64,eA">', ""),
    ],
)
def test_the_built_html_is_searched_for_faults(tmp_path: Path, content: str, said: str) -> None:
    (tmp_path / "a.html").write_text(f"<html><head></head><body>{content}</body></html>")
    (tmp_path / "b.css").write_text("@font-face { src: url('https://fonts.invalid/a.woff2') }")
    own = [f"a.html: {said}"] if said else []
    assert faults(tmp_path) == [*own, "b.css: loads something from another host."]


def test_the_sites_settings_make_a_dead_link_fail_the_build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "docs").mkdir()
    links = "[a](#nowhere) [b](other.md#nowhere) [c](missing.md) [d](/absolute.md)"
    (tmp_path / "docs" / "index.md").write_text(f"# T\n\n{links}\n")
    (tmp_path / "docs" / "other.md").write_text("# Other\n")
    config = tmp_path / "mkdocs.yml"
    theme = f"{{custom_dir: {build.CLONE}/workbook/pages/overrides}}"
    config.write_text(f"INHERIT: {build.CLONE}/mkdocs.yml\nhooks: []\nplugins: []\nwatch: []\ntheme: {theme}\n")
    monkeypatch.setattr(build, "CONFIGS", {str(config): "."})
    with pytest.raises(Problem, match="does not build") as problem:
        build.mkdocs(tmp_path / "site")
    for said in (
        "no such anchor on this page",
        "not contain an anchor '#nowhere'",
        "'missing.md', but",
        "absolute link",
    ):
        assert said in str(problem.value)


def test_every_page_is_there_in_both_languages(site: Path) -> None:
    english, korean = ({file.relative_to(root) for file in root.rglob("index.html")} for root in (site, site / "ko"))
    assert korean == {file for file in english if file.parts[0] != "ko"}


def test_the_home_page_counts_what_is_not_run(site: Path) -> None:
    sentence = "{count} blocks on these pages are shown and not run: each says so, and why."
    for page, said in (("index.html", sentence), ("ko/index.html", korean()[sentence])):
        assert said.format(count=len(skips(CHAPTERS))) in (site / page).read_text(encoding="utf-8")


def test_a_taken_port_is_one_sentence(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(Problem, match=rf"^Port {port} cannot be used: "):
            build.server(tmp_path, port)
