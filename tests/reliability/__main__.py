"""Write what is counted into docs/reliability.md, in both languages: `python -m tests.reliability`.

Each fault is done twice: to the template, and to the same application before chapter 45, which has no guard yet and
is expected to fail. A row names its test, and its cells begin with as many numbers as the test counts. The second
table of the page has no numbers: it names tests of the template itself.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from workbook.place import CLONE

BEFORE = "ch44"
COUNTED = CLONE / ".workbook/reliability"
PAGES = (CLONE / "docs/reliability.md", CLONE / "docs/ko/reliability.md")
ROW = re.compile(r"^\| (?P<fault>.*?) \| (?P<plain>.*?) \| (?P<ours>.*?) \| `(?P<test>test_\w+)` \|$", re.MULTILINE)


def counted(of: Path | None = None) -> dict[str, dict[str, object]]:
    """Run the tests on the template, or on another project; what each has counted, by its name."""
    shutil.rmtree(COUNTED, ignore_errors=True)
    command = [sys.executable, "-m", "pytest", "-m", "slow", "-k", "template", "--tb=no", "-q", "tests/reliability"]
    environment = os.environ | ({"RELIABILITY_OF": str(of)} if of else {})
    subprocess.run(command, cwd=CLONE, env=environment, check=not of)
    return {file.stem: json.loads(file.read_text()) for file in COUNTED.glob("*.json")}


def filled(cell: str, numbers: dict[str, object] | None) -> str:
    """A cell with its numbers as they were counted; as it is, where a test did not come to count."""
    found = iter((numbers or {}).values())
    return re.sub(r"\d+", lambda number: str(next(found, number[0])), cell) if numbers else cell


def main() -> None:
    """Count, and write both pages."""
    ours = counted()
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder) / BEFORE
        clone = ["git", "clone", "-q", "--branch", BEFORE, str(CLONE / ".workbook/history"), str(project)]
        subprocess.run(clone, check=True, stderr=subprocess.DEVNULL)
        plain = counted(of=project)
    for page in PAGES:

        def row(found: re.Match[str]) -> str:
            test = found["test"]
            cells = (found["fault"], filled(found["plain"], plain.get(test)), filled(found["ours"], ours[test]))
            return f"| {' | '.join(cells)} | `{test}` |"

        page.write_text(ROW.sub(row, page.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
