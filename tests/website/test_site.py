"""The site as a whole: every chapter is in it, what is broken is said where it stands, and each fault is caught."""

import re
import shutil
import socket
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from mkdocs.exceptions import PluginError

from tests.lesson.course import FIRST, SECOND, write_course
from tests.website import conftest
from workbook.mysql.server import Server
from workbook.place import CHAPTERS
from workbook.say import Language, Problem
from workbook.website import build, course, generate
from workbook.website.build import faults
from workbook.website.chapter import clinic
from workbook.website.course import Course, read_course, sources
from workbook.website.generate import Site, footer, write

HTML = '<html><head>{head}</head><body><h2 id="here">x</h2><a href="{link}">y</a>{body}</body></html>'
MISTAKE = """---
title: A mistake
tag: ch01
error: "assert <1> == 2"
---

# A mistake

```console
$ true
assert <1> == 2
```
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
    table = "| 02 Planned once | x |\n| 03 Planned | x |\n"
    (tmp_path / "docs/course-map.md").write_text(
        f"# Map\n\n<!-- map -->\n\n<!-- chapters -->\n\n|a|b|\n|---|---|\n{table}"
    )
    return tmp_path


def pages_of(root: Path) -> tuple[Site, dict[str, str]]:
    site = Site(read_course(root / "chapters"), sources("en", root))
    files = site.files()
    return site, {path: text.decode(errors="replace") if isinstance(text, bytes) else text for path, text in files}


def test_a_chapter_in_its_folder_is_everywhere(small: Path) -> None:
    _site, pages = pages_of(small)
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
    tab = lesson.partition('=== "The change"')[2].partition('=== "The whole file"')[2]
    fence = (
        '    ```{ .python hl_lines="2" data-search-exclude="" title="greet.py" }\n    def greet(name: str) -> str:\n'
    )
    assert tab.strip().startswith(fence.strip()), "the whole file, its new lines marked"
    places = [lesson.index(f"](../commits/{name}.md){{ .wb-commit-link }}") for name in ("ch02-red", "ch02")]
    assert places == sorted(places), "each command that commits is followed by the link to its commit"


def test_a_commits_page_holds_the_sha_the_change_the_file_after_it_and_the_tree(small: Path) -> None:
    site, pages = pages_of(small)
    green, red = pages["commits/ch02.md"], pages["commits/ch02-red.md"]
    assert site.course.history.tags["ch02"].sha in green
    change, whole = green.partition('=== "The whole file"')[::2]
    assert '-    return "hello"' in change
    assert "+" not in whole.partition("```{")[2].partition("## All files")[0]
    assert "search:\n  exclude: true" in green
    assert "because `assert 'hello' == 'hello you'`:" in red
    assert "- `test_greet.py::test_greets_by_name`" in red
    assert "[`greet.py`](ch01.md#greet-py)" in red
    assert "[`greet.py`](ch02.md#greet-py)" in green
    assert "[`test_greet.py`](ch02-red.md#test-greet-py)" in green


def test_only_what_changed_is_written_and_what_is_left_over_goes(small: Path, tmp_path: Path) -> None:
    folder = tmp_path / "pages"
    write(pages_of(small)[0], folder)
    before = {file: file.stat().st_mtime_ns for file in folder.rglob("*.md")}
    (folder / "stale.md").touch()
    (small / "docs/clinic.md").write_text("# Clinic, changed\n")
    write(pages_of(small)[0], folder)
    after = {file: file.stat().st_mtime_ns for file in folder.rglob("*.md")}
    assert [file.name for file in before if after.get(file) != before[file]] == ["index.md"]
    assert after.keys() == before.keys()


def test_a_broken_lesson_is_a_warning_and_the_pages_stay_as_they_were(
    small: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(generate, "read_course", lambda: read_course(small / "chapters"))
    monkeypatch.setattr(generate, "sources", lambda language: sources(language, small))
    (lesson,) = (small / "chapters").glob("ch02_*/lesson.md")
    whole = lesson.read_text()
    broken = whole.replace('-    return "hello"', "-    return nothing")
    for text, home in ((whole, "first"), (broken, "first"), (broken, "second")):
        lesson.write_text(text)
        monkeypatch.setenv("WORKBOOK_HOME", str(small / home))
        config: Any = SimpleNamespace(theme={"language": "en"})
        if home == "second":
            with pytest.raises(PluginError, match=r"lesson\.md"):
                generate.on_config(config)
        else:
            generate.on_config(config)
            assert "{'ch02-red: Test" in str(config.nav)
            assert 'return "hello' in (Path(config.docs_dir) / "chapters/ch02.md").read_text()
    (said,) = caplog.messages
    assert "lesson.md" in said


def test_the_clinics_list_holds_every_mistake_with_the_words_of_its_error(course: Course) -> None:
    pages = {source.english: source for source in sources("en")}
    shown = clinic(course, pages)
    mistakes = [mistake for each in course.mistakes.values() for mistake in each]
    files = [file for file in CHAPTERS.glob("*/mistakes/*.md") if not file.name.endswith(".ko.md")]
    assert len(mistakes) == len(files) == shown.count("](/chapters/")
    for mistake in mistakes:
        assert " ".join(mistake.error.split()) in shown


def test_the_foot_of_every_page_names_the_mysql_that_the_tests_run_on(mysql: Server) -> None:
    if "packages" not in mysql.how:
        pytest.skip(f"the site speaks of the MySQL of the distribution's packages, and this one is {mysql.how}")
    series = ".".join(mysql.version.split(".")[:2])
    assert f"MySQL {series} " in footer(), "write the new one under [tool.workbook.verified] in pyproject.toml"


def test_two_pages_at_one_address_are_refused(tmp_path: Path) -> None:
    for chapter in ("ch01_a", "ch02_b"):
        folder = tmp_path / "chapters" / chapter / "mistakes"
        folder.mkdir(parents=True)
        (folder / "same.md").touch()
    with pytest.raises(Problem, match=r"ch02_b/mistakes/same\.md and .*ch01_a/mistakes/same\.md have the same address"):
        sources("en", tmp_path)


@pytest.mark.parametrize(
    ("language", "translated", "file"),
    [("en", True, "docs/a.md"), ("ko", False, "docs/a.md"), ("ko", True, "docs/ko/a.md")],
)
def test_a_page_without_a_translation_is_shown_in_english(
    tmp_path: Path, language: Language, translated: bool, file: str
) -> None:
    for path in ("docs/a.md", *(["docs/ko/a.md"] if translated else [])):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).touch()
    (page,) = sources(language, tmp_path)
    assert (page.file, page.page) == (file, "a.md")


@pytest.mark.parametrize(
    ("part", "content", "said"),
    [
        ("link", "#here", ""),
        ("link", "../b/#there", ""),
        ("link", "../b/#nowhere", "the link ../b/#nowhere leads to a page that has no such anchor."),
        ("link", "../c/", "the link ../c/ leads nowhere."),
        (
            "head",
            '<link rel="stylesheet" href="https://x.invalid/?a">',
            "loads https://x.invalid/?a, from another host.",
        ),
        ("body", '<script src="//cdn.invalid/a.js"></script>', "loads //cdn.invalid/a.js, from another host."),
        ("body", '<img src="../p.png">', "the image ../p.png has no alt text."),
        ("body", '<img src="../p.png" alt="bars">', ""),
        ("body", '<img alt=bars src="../q.png">', "the link ../q.png leads nowhere."),
        ("body", "<code>&lt;img src=&quot;x.png&quot;&gt;</code>", ""),
    ],
)
def test_the_built_html_is_searched_for_faults(tmp_path: Path, part: str, content: str, said: str) -> None:
    for name in "ab":
        (tmp_path / name).mkdir()
    (tmp_path / "p.png").touch()
    (tmp_path / "a" / "index.html").write_text(
        HTML.format(**({"head": "", "link": "#here", "body": ""} | {part: content}))
    )
    (tmp_path / "b" / "index.html").write_text('<a name="there"></a><a href="../a/">back</a>')
    (tmp_path / "a.css").write_text("@font-face { src: url('https://fonts.invalid/a.woff2') }")
    own = [f"a/index.html: {said}"] if said else []
    assert faults(tmp_path) == [*own, "a.css: loads something from another host."]


def test_the_sites_settings_make_a_dead_link_fail_the_build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "docs").mkdir()
    links = "[a](#nowhere) [b](other.md#nowhere) [c](missing.md) [d](/absolute.md)"
    (tmp_path / "docs" / "index.md").write_text(f"# T\n\n{links}\n")
    (tmp_path / "docs" / "other.md").write_text("# Other\n")
    config = tmp_path / "mkdocs.yml"
    theme = f"{{custom_dir: {build.CLONE}/workbook/website/overrides}}"
    config.write_text(f"INHERIT: {build.CLONE}/mkdocs.yml\nhooks: []\nplugins: []\nwatch: []\ntheme: {theme}\n")
    monkeypatch.setattr(build, "CONFIGS", {str(config): "."})
    with pytest.raises(Problem, match="does not build") as problem:
        build.mkdocs(tmp_path / "site")
    assert "'#nowhere', but there is no such anchor on this page" in str(problem.value)
    assert "does not contain an anchor '#nowhere'" in str(problem.value)
    assert "'missing.md', but the target is not found" in str(problem.value)
    assert "absolute link '/absolute.md'" in str(problem.value)


def test_the_site_is_whole_in_both_languages_and_a_fault_in_it_is_found(site: Path, tmp_path: Path) -> None:
    names = {file.relative_to(site).as_posix() for file in site.rglob("index.html")}
    english = {name for name in names if not name.startswith("ko/")}
    assert {name.removeprefix("ko/") for name in names - english} == english
    assert faults(site) == []
    shutil.copytree(site / "mistakes", tmp_path / "mistakes")
    page = tmp_path / "mistakes/async-mode/index.html"
    page.write_text(page.read_text("utf-8").replace("</body>", '<a href="#no-such">x</a></body>'), "utf-8")
    assert [fault for fault in faults(tmp_path) if "#no-such" in fault] == [
        "mistakes/async-mode/index.html: the link #no-such leads to a page that has no such anchor."
    ]


def test_a_taken_port_is_one_sentence(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(Problem, match=rf"^Port {port} cannot be used: "):
            build.server(tmp_path, port)


def test_without_a_chromium_a_test_is_skipped_with_the_way_to_get_one_or_fails_where_it_is_required(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    for required, outcome in (("", pytest.skip.Exception), ("1", pytest.fail.Exception)):
        monkeypatch.setenv(conftest.REQUIRED, required)
        with pytest.raises(outcome, match=r"no Chromium here: apt-get install .*chromium fonts-noto-cjk"):
            conftest.chromium()
