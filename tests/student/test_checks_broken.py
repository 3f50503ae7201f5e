"""Broken code is a sentence with a file and a line, never a crash and never an endless wait."""

import pytest

from tests.student.conftest import ProjectAt
from tests.student.judging import checks, missing, verdicts
from workbook.mysql.server import Server

pytestmark = pytest.mark.slow

CONFIGS = "app/configs/__init__.py"


@pytest.mark.parametrize(
    ("tag", "path", "content", "expected"),
    [
        ("ch33", "app/configs/base_config.py", "class Config(:\n", "app/configs/base_config.py:1: SyntaxError"),
        ("ch33", CONFIGS, "\nimport nothing_of_that_name\n", f"{CONFIGS}:2: Module"),
        ("ch33", CONFIGS, "raise SystemExit(3)\n", f"{CONFIGS}:1: SystemExit: 3"),
        ("ch33", CONFIGS, "import threading\n\nwhile True:\n    threading.Event().wait()\n", f"{CONFIGS}:"),
        ("ch33", CONFIGS, "import os\nos._exit(0)\n", "Importing it ended Python"),
        ("ch33", CONFIGS, "\0", "SyntaxError"),
        ("ch33", "pyproject.toml", "[project\n", "`uv sync` fails"),
        ("ch32", "README.md", "", "has no pyproject.toml yet"),
    ],
)
def test_what_cannot_be_imported_is_one_sentence(
    tag: str, path: str, content: str, expected: str, project_at: ProjectAt, mysql: Server, no_database_is_left: None
) -> None:
    root = project_at(tag)
    (root / path).write_text(content)

    # A loop is let run for as long as an import may take on a busy machine.
    found = verdicts(root, checks("ch33"), mysql, seconds=20 if "while" in content else 120)

    (sentence,) = missing(found)["settings_import"]
    assert expected in sentence
    assert missing(found).keys() == {"settings_import"}
    assert "Traceback" not in "".join(said for verdict in found.values() for said in verdict.sentences)


def test_a_test_that_never_ends_is_named_by_its_line(
    project_at: ProjectAt, mysql: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workbook.student.testrun.TIMES", 0.3)
    root = project_at("ch35")
    (root / "app/tests/test_loop.py").write_text(
        "import threading\n\n\ndef test_loop() -> None:\n    threading.Event().wait()\n"
    )

    found = verdicts(root, checks("ch35"), mysql)

    assert "app/tests/test_loop.py:" in missing(found)["tests_run"][0]
