"""A chapter lives in its folder alone: one that is added to a copy is found by every part of the companion."""

import shutil
from pathlib import Path

import pytest

from tests.lesson.course import FRONT
from tests.student.conftest import ProjectAt
from tests.student.judging import checks, said, verdicts
from workbook.explain.clinic import read_clinic
from workbook.history.build import build
from workbook.mysql.server import Server
from workbook.place import CHAPTERS
from workbook.student.checking import asked
from workbook.student.commands import inside
from workbook.student.project import Progress
from workbook.student.stuck import next_hint

LESSON = (
    FRONT.format(title="The description", more="route: GET /openapi.json\n")
    + """
# The description

## Ask for it

```text title="notes.txt"
It describes itself.
```

```console
$ git add -A
$ git commit -m "Describe"
```
"""
)
MISTAKE = """---
title: Nothing is described
tag: ch38
error: described nothing
check: it_describes_itself
---

# Nothing is described

```console
$ echo described nothing
described nothing
```
"""
PROSE = """# What chapter 38 asks

## it_describes_itself

It describes itself

why: Clients read it.
see: curl http://127.0.0.1:8000/openapi.json
rows: {count} rows, {statements} statements.
fooled: The test passes when it {wrong}.

1. Ask.
2. [Ask for it](lesson.md#ask-for-it).
3. curl
"""
CODE = '''"""How chapter 38 looks."""

from workbook.student.vocabulary import Api, Found, Rows, Tests, check, look


@look
def answers(api: Api, route: str):
    method, _, path = route.partition(" ")
    return [api.send(method, path), api.post("/v1/mysql/meetings", json={}), api.patch(path), api.delete(path)]


@check(after=("ch35/tests_run", "ch36/tests_are_green"))
def it_describes_itself(answers, rows: Rows, tests: Tests) -> Found:
    """It answers, and the tests would notice if it did not."""
    assert [each.status for each in answers] == [200, 200, 405, 405]
    inserts = [each for each in answers[1].statements if each.startswith("INSERT INTO `meetings`")]
    yield "rows", {"count": rows("SELECT COUNT(*) FROM meetings WHERE id = %s", 1)[0][0], "statements": len(inserts)}
    for wrong in tests.fooled_by:
        yield "fooled", {"wrong": wrong}
'''
WRONG = '''"""Wrong ones."""


async def right(request):
    return 200, {"openapi": "3"}


async def says_nothing(request):
    return 200, {}


async def answers_404(request):
    return 404, {}
'''


@pytest.fixture
def chapter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    copied = tmp_path / "chapters"
    shutil.copytree(CHAPTERS, copied)
    folder = copied / "ch38_the_description"
    (folder / "mistakes").mkdir(parents=True)
    files = {"lesson.md": LESSON, "checks.md": PROSE, "checks.ko.md": PROSE, "checks.py": CODE, "wrong.py": WRONG}
    for name, text in {**files, "mistakes/nothing.md": MISTAKE}.items():
        (folder / name).write_text(text, encoding="utf-8")
    for module in ("project", "checking"):
        monkeypatch.setattr(f"workbook.student.{module}.CHAPTERS", copied)
    return folder


def test_it_is_found_in_the_list_the_hints_the_clinic_and_the_history(chapter: Path, tmp_path: Path) -> None:
    project = tmp_path / "project"
    project.mkdir()
    Progress(current="ch38", missing={"ch38": ["ch38/it_describes_itself"]}).write(project)

    assert "> ch38  now    The description" in inside(project)
    assert asked("ch38")[-1].key == "ch38/it_describes_itself"
    assert next_hint(project) == "It describes itself\n  A nudge (1/3): Ask."
    assert [page.name for page in read_clinic(chapter.parent)][-1] == "ch38/nothing"
    assert [*build(chapter.parent, tmp_path / "history").tags][-1] == "ch38"


@pytest.mark.slow
def test_its_checks_speak_to_the_application_and_its_wrong_ones_stand_before_its_own_route(
    chapter: Path, project_at: ProjectAt, mysql: Server
) -> None:
    root = project_at("ch37")
    (root / "app/tests/test_own_description.py").write_text(
        "async def test_docs(client) -> None:\n    assert (await client.get('/openapi.json')).status_code == 200\n"
    )

    found = verdicts(root, checks("ch38"), mysql)

    assert said(found) == {"it_describes_itself.rows", "it_describes_itself.fooled"}, found
    assert found["it_describes_itself"].sentences == ("1 rows, 1 statements.", "The test passes when it says_nothing.")
