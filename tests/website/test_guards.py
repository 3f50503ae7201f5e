"""Each fault that must not reach a reader is planted, and seen to be caught."""

import json
import shutil
import socket
from pathlib import Path

import pytest

from tests.website import chromium
from workbook.place import CLONE
from workbook.say import Language, Problem
from workbook.website import pages
from workbook.website.build import build_one
from workbook.website.search import name_errors
from workbook.website.serve import server
from workbook.website.verify import faults
from workbook.website.words import WORDS

PAGE = '<html><head>{head}</head><body><h2 id="here">x</h2><a href="{link}">y</a>{body}</body></html>'


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
    (tmp_path / "a" / "index.html").write_text(PAGE.format(**({"head": "", "link": "#here", "body": ""} | parts)))
    (tmp_path / "b" / "index.html").write_text('<a name="there"></a><a href="../a/">back</a>')
    assert faults(tmp_path) == said


def test_a_font_of_another_host_is_found_in_a_style_sheet(tmp_path: Path) -> None:
    (tmp_path / "a.css").write_text("@font-face { src: url('https://fonts.invalid/a.woff2') }")
    assert faults(tmp_path) == ["a.css: loads something from another host."]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[x](#nowhere)", "'#nowhere', but there is no such anchor on this page"),
        ("[x](other.md#nowhere)", "does not contain an anchor '#nowhere'"),
        ("[x](missing.md)", "'missing.md', but the target is not found"),
        ("[x](/absolute.md)", "absolute link '/absolute.md'"),
    ],
)
def test_the_sites_settings_make_a_dead_link_fail_the_build(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "index.md").write_text(f"# T\n\n{text}\n")
    (tmp_path / "docs" / "other.md").write_text("# Other\n")
    config = tmp_path / "mkdocs.yml"
    overrides = CLONE / "workbook/website/overrides"
    config.write_text(f"INHERIT: {CLONE}/mkdocs.yml\nhooks: []\nplugins: []\ntheme: {{custom_dir: {overrides}}}\n")
    with pytest.raises(Problem, match="does not build") as problem:
        build_one(str(config), tmp_path / "site")
    assert said in str(problem.value)


def test_two_pages_at_one_address_are_refused(tmp_path: Path) -> None:
    for chapter in ("ch01_a", "ch02_b"):
        folder = tmp_path / "chapters" / chapter / "mistakes"
        folder.mkdir(parents=True)
        (folder / "same.md").touch()
    with pytest.raises(Problem, match=r"ch02_b/mistakes/same\.md and .*ch01_a/mistakes/same\.md have the same address"):
        pages.sources("en", tmp_path)


@pytest.mark.parametrize(
    ("language", "file", "src_uri"), [("en", "docs/a.md", "docs/a.md"), ("ko", "docs/a.md", "docs/ko/a.md")]
)
def test_a_page_without_a_translation_is_shown_in_english(
    tmp_path: Path, language: Language, file: str, src_uri: str
) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "a.md").touch()
    (page,) = pages.sources(language, tmp_path)
    assert (page.file, page.src_uri, page.address) == (file, src_uri, "a/")


def test_the_search_knows_a_mistakes_error_beside_its_title(tmp_path: Path) -> None:
    index = tmp_path / "search_index.json"
    docs = [{"location": "mistakes/a/", "title": "A", "text": "x"}, {"location": "mistakes/a/#cause", "title": "Cause"}]
    index.write_text(json.dumps({"docs": docs}))
    name_errors(index, {"mistakes/a/": "assert <x>"})
    assert [entry["title"] for entry in json.loads(index.read_text())["docs"]] == ["A · assert &lt;x&gt;", "Cause"]


def test_a_taken_port_is_one_sentence(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(Problem, match=rf"^Port {port} is taken\.\n"):
            server(tmp_path, port)


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


def test_every_word_of_the_site_is_in_both_languages() -> None:
    missing = [key for key, (english, korean) in WORDS.items() if not korean or (not english and key != "untranslated")]
    assert missing == []
    assert [
        key for key, (english, korean) in WORDS.items() if english and english.count("{}") != korean.count("{}")
    ] == []


def test_the_site_is_whole_in_both_languages(site: Path) -> None:
    """The built site itself: the same addresses in both languages, and no fault."""
    names = {file.relative_to(site).as_posix() for file in site.rglob("index.html")}
    english = {name for name in names if not name.startswith("ko/")}
    assert {name.removeprefix("ko/") for name in names - english} == english
    assert faults(site) == []


def test_an_altered_copy_of_the_site_is_found_out(site: Path, tmp_path: Path) -> None:
    shutil.copytree(site / "mistakes", tmp_path / "mistakes")
    shutil.copytree(site / "assets", tmp_path / "assets")
    page = tmp_path / "mistakes/async-mode/index.html"
    page.write_text(page.read_text("utf-8").replace("</body>", '<a href="#no-such">x</a></body>'), "utf-8")
    assert [fault for fault in faults(tmp_path) if "#no-such" in fault] == [
        "mistakes/async-mode/index.html: the link #no-such leads to a page that has no such anchor."
    ]
