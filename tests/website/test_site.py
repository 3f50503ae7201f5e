"""The site as a whole: every chapter is in it, what is broken is said where it stands, and each fault is caught."""

import shutil
import socket
from pathlib import Path

import pytest

from tests.lesson.course import FIRST, SECOND, write_course
from tests.website import chromium
from workbook.mysql.server import Server
from workbook.place import CHAPTERS
from workbook.say import Language, Problem
from workbook.website import build, commits, course, generate
from workbook.website.build import faults
from workbook.website.chapter import clinic
from workbook.website.course import Course, asked, read_course, sources
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


def site_of(root: Path) -> Site:
    return Site(read_course(root / "chapters"), sources("en", root))


def pages_of(site: Site) -> dict[str, str]:
    return {path: text.decode(errors="replace") if isinstance(text, bytes) else text for path, text in site.files()}


def test_a_chapter_in_its_folder_is_everywhere(small: Path) -> None:
    site = site_of(small)
    pages = pages_of(site)
    assert site.problems == []
    assert "chapters/ch02.md" in str(site.nav())
    assert "commits/ch02-red.md" in str(site.nav())
    assert '<a href="../chapters/ch02/">' in pages["course-map.md"]
    assert "[`ch02-red`](commits/ch02-red.md)" in pages["course-map.md"]
    assert "03 Planned" in pages["course-map.md"]
    assert "02 Planned once" not in pages["course-map.md"], "a chapter that is written is no longer planned"
    assert "[A mistake](../mistakes/one.md)<br>`assert <1> == 2`" in pages["clinic/index.md"]
    error = '<span class="wb-error">`assert <1> == 2`</span>'
    assert f"# A mistake {error} {{#a-mistake}}" in pages["mistakes/one.md"], "the search weighs headings most"
    assert "Beside this chapter" in pages["chapters/ch01.md"]


def test_a_commits_page_holds_the_sha_the_change_the_file_after_it_and_the_tree(small: Path) -> None:
    site = site_of(small)
    pages = pages_of(site)
    green, red = pages["commits/ch02.md"], pages["commits/ch02-red.md"]
    assert site.course.history.tags["ch02"].sha in green
    change, whole = green.partition('=== "The whole file"')[::2]
    assert '-    return "hello"' in change
    assert "+" not in whole.partition("```{")[2].partition("## All files")[0]
    assert "search:\n  exclude: true" in green
    assert "because `assert 'hello' == 'hello you'`:" in red
    assert "- `test_greet.py::test_greets_by_name`" in red
    assert "[`greet.py`](ch01.md#greet-py)" in red
    assert "[`greet.py`](#greet-py)" in green
    assert "[`test_greet.py`](ch02-red.md#test-greet-py)" in green
    for name, _title, text in commits.pages(site.course):
        assert text.count("### `") == text.count("](#"), f"{name}: every file that changed has a heading"


def test_a_broken_lesson_shows_its_error_and_the_rest_goes_on(small: Path) -> None:
    (lesson,) = (small / "chapters").glob("ch02_*/lesson.md")
    lesson.write_text(lesson.read_text().replace('-    return "hello"', "-    return nothing"))
    site = site_of(small)
    pages = pages_of(site)
    assert len(site.problems) == 1
    assert '!!! failure "This page is not whole' in pages["chapters/ch02.md"]
    assert site.problems[0].splitlines()[0] in pages["chapters/ch02.md"]
    assert "Beside this chapter" in pages["chapters/ch01.md"]
    assert "commits/ch01.md" in pages


def test_only_what_changed_is_written_and_what_is_left_over_goes(small: Path, tmp_path: Path) -> None:
    folder = tmp_path / "pages"
    write(site_of(small), folder)
    before = {file: file.stat().st_mtime_ns for file in folder.rglob("*.md")}
    (folder / "stale.md").touch()
    (small / "docs/clinic.md").write_text("# Clinic, changed\n")
    write(site_of(small), folder)
    after = {file: file.stat().st_mtime_ns for file in folder.rglob("*.md")}
    assert [file.name for file in before if after.get(file) != before[file]] == ["index.md"]
    assert after.keys() == before.keys()


def test_the_clinics_list_holds_every_mistake_with_the_words_of_its_error(course: Course) -> None:
    pages = {source.english: source for source in sources("en")}
    shown = clinic(course, pages)
    mistakes = [mistake for each in course.mistakes.values() for mistake in each]
    files = [file for file in CHAPTERS.glob("*/mistakes/*.md") if not file.name.endswith(".ko.md")]
    assert len(mistakes) == len(files) == shown.count("](/chapters/")
    for mistake in mistakes:
        assert " ".join(mistake.error.split()) in shown


def test_what_a_chapter_asks_is_read_from_its_page_of_checks(tmp_path: Path) -> None:
    (tmp_path / "checks.md").write_text(
        "# Checks\n\n## saves_one\n<!-- section: x -->\nEach request saves\none meeting\n"
        "why: A link that leads to no row\nleads nowhere.\nsee: SELECT id FROM meetings;\nlost: {code} was lost.\n"
        "1. A nudge.\n2. [Why](lesson.md#why): because.\n3. Almost.\n\n## other\n\nIt answers\nwhy: So.\nsee: curl\n"
    )
    assert asked(tmp_path) == [
        (
            "saves_one",
            "Each request saves one meeting",
            "A link that leads to no row leads nowhere.",
            "SELECT id FROM meetings;",
        ),
        ("other", "It answers", "So.", "curl"),
    ]


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
    ("parts", "said"),
    [
        ({}, []),
        ({"link": "../b/#there"}, []),
        ({"link": "../b/#nowhere"}, ["a/index.html: the link ../b/#nowhere leads to a page that has no such anchor."]),
        ({"link": "../c/"}, ["a/index.html: the link ../c/ leads nowhere."]),
        (
            {"head": '<link rel="stylesheet" href="https://fonts.invalid/css?family=x">'},
            ["a/index.html: loads https://fonts.invalid/css?family=x, from another host."],
        ),
        (
            {"body": '<script src="//cdn.invalid/a.js"></script>'},
            ["a/index.html: loads //cdn.invalid/a.js, from another host."],
        ),
        ({"body": '<img src="../p.png">'}, ["a/index.html: the image ../p.png has no alt text."]),
        ({"body": '<img src="../p.png" alt="bars">'}, []),
        ({"body": '<img alt=bars src="../q.png">'}, ["a/index.html: the link ../q.png leads nowhere."]),
        ({"body": "<code>&lt;img src=&quot;x.png&quot;&gt;</code>"}, []),
    ],
)
def test_the_built_html_is_searched_for_faults(tmp_path: Path, parts: dict[str, str], said: list[str]) -> None:
    for name in "ab":
        (tmp_path / name).mkdir()
    (tmp_path / "p.png").touch()
    (tmp_path / "a" / "index.html").write_text(HTML.format(**({"head": "", "link": "#here", "body": ""} | parts)))
    (tmp_path / "b" / "index.html").write_text('<a name="there"></a><a href="../a/">back</a>')
    (tmp_path / "a.css").write_text("@font-face { src: url('https://fonts.invalid/a.woff2') }")
    assert faults(tmp_path) == [*said, "a.css: loads something from another host."]


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
    monkeypatch.delenv(chromium.REQUIRED, raising=False)
    with pytest.raises(pytest.skip.Exception, match=r"no Chromium here: apt-get install .*chromium fonts-noto-cjk"):
        chromium.required_or_skipped()
    monkeypatch.setenv(chromium.REQUIRED, "1")
    with pytest.raises(pytest.fail.Exception, match="is set, and there is no Chromium here"):
        chromium.required_or_skipped()
