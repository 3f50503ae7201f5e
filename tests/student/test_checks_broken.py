"""Broken code is a sentence with a file and a line, never a crash and never an endless wait."""

from pathlib import Path

import pytest

from tests.student.conftest import ProjectAt
from tests.student.judging import missing, verdicts

BROKEN = {
    "a syntax error": ("app/configs/base_config.py", "class Config(:\n", "app/configs/base_config.py:1: SyntaxError"),
    "an import error": (
        "app/configs/__init__.py",
        "\nimport nothing_of_that_name\n",
        "app/configs/__init__.py:2: Module",
    ),
    "an exit": ("app/configs/__init__.py", "raise SystemExit(3)\n", "app/configs/__init__.py:1: SystemExit: 3"),
    "an endless loop": (
        "app/configs/__init__.py",
        "import threading\n\nwhile True:\n    threading.Event().wait()\n",
        "app/configs/__init__.py:",
    ),
    "a process that ends": ("app/configs/__init__.py", "import os\nos._exit(0)\n", "Importing it ended Python"),
    "bytes that are no text": ("app/configs/__init__.py", "\0", "SyntaxError"),
}


@pytest.mark.parametrize("kind", BROKEN)
def test_code_that_cannot_be_imported_is_a_sentence(
    kind: str, project_at: ProjectAt, no_database_is_left: None
) -> None:
    path, content, expected = BROKEN[kind]
    root = project_at("ch33")
    (root / path).write_text(content)

    # Only a loop meets the deadline; a machine that is busy has time enough to import what does not loop.
    found = verdicts(root, "ch33", seconds=20 if "loop" in kind else 200)

    (sentence,) = missing(found)["settings_import"]
    assert expected in sentence
    assert missing(found).keys() == {"settings_import"}
    assert "Traceback" not in "".join(said for verdict in found.values() for said in verdict.sentences)


def test_a_test_that_never_ends_is_named_by_its_line(project_at: ProjectAt, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workbook.student.testrun.TEST_SECONDS", 30.0)
    root = project_at("ch35")
    loop = "    while True:\n        threading.Event().wait()\n"  # takes no processor from the other tests
    (root / "app/tests/test_loop.py").write_text(f"import threading\n\n\ndef test_loop() -> None:\n{loop}")

    found = verdicts(root, "ch35")

    assert "app/tests/test_loop.py:" in missing(found)["tests_run"][0]


def test_a_project_without_pyproject_is_a_sentence(project_at: ProjectAt) -> None:
    root = project_at("ch32")

    (sentence,) = missing(verdicts(root, "ch33"))["settings_import"]
    assert "has no pyproject.toml yet" in sentence


def test_a_pyproject_that_is_no_toml_is_a_sentence(project_at: ProjectAt) -> None:
    root = project_at("ch33")
    (root / "pyproject.toml").write_text("[project\n")

    (sentence,) = missing(verdicts(root, "ch33"))["settings_import"]
    assert "`uv sync` fails" in sentence


def test_a_server_that_does_not_answer_is_one_sentence(project_at: ProjectAt, monkeypatch: pytest.MonkeyPatch) -> None:
    root = project_at("ch32")
    monkeypatch.setenv("MYSQL_PORT", "1")

    found = verdicts(root, "ch32")

    assert "127.0.0.1:1" in missing(found)["server_answers"][0].replace("port 1", "127.0.0.1:1")
    assert missing(found).keys() == {"server_answers"}
    assert found["database_exists"].state == "unseen"


def test_nothing_of_the_students_files_is_touched(project_at: ProjectAt) -> None:
    root = project_at("ch35")
    before = {path: path.read_bytes() for path in _files(root)}

    verdicts(root, "ch35")

    assert {path: path.read_bytes() for path in _files(root)} == before


def _files(root: Path) -> list[Path]:
    return [path for path in root.rglob("*") if path.is_file() and path.relative_to(root).parts[0] != ".git"]
