"""A small course for the machine's own tests: two chapters, no package to install, one red and one green step."""

from pathlib import Path

FRONT = """---
title: {title}
goal: One sentence.
you_will_learn: [one thing]
notes: nowhere; a fixture
{more}---
"""


def lesson(body: str, *, more: str = "", title: str = "A fixture") -> str:
    """A lesson's text from its body, with front matter of six lines plus `more`."""
    return FRONT.format(title=title, more=more) + body


FIRST = lesson("""
# A greeting

```text title=".gitignore"
.env
__pycache__/
.pytest_cache/
```

```text title=".env"
NAME=world
```

```python title="greet.py"
def greet(name: str) -> str:
    return "hello"
```

```console
$ python -c "from greet import greet; print(greet('you'))"
hello
```

```console
$ git init -q
$ git add -A
$ git commit -m "Say hello"
```
""")

RED = "red:\n  ch02-red:\n    test: test_greet.py::test_greets_by_name\n    because: assert 'hello' == 'hello you'\n"
SECOND = lesson(
    """
# A name

```python title="test_greet.py"
from greet import greet


def test_greets() -> None:
    assert greet("you").startswith("hello")


def test_greets_by_name() -> None:
    assert greet("you") == "hello you"
```

<!-- exit: 1 -->
```console
$ python -m pytest -q -p no:asyncio
...
E       AssertionError: assert 'hello' == 'hello you'
...
1 failed, 1 passed in 0.01s
```

<!-- tag: ch02-red -->
```console
$ git add -A
$ git commit -m "Test that a greeting has a name"
```

```diff title="greet.py"
@@
 def greet(name: str) -> str:
-    return "hello"
+    return f"hello {name}"
```

```console
$ python -m pytest -q -p no:asyncio
..                                                                       [100%]
2 passed in 0.01s
$ git add -A
$ git commit -m "Greet by name"
```
""",
    title="A name",
    more=RED,
)


def write_course(chapters: Path, *lessons: str) -> Path:
    """Write lessons as ch01_fixture, ch02_fixture, …; the two above when none is given. Returns the folder."""
    for number, text in enumerate(lessons or (FIRST, SECOND), 1):
        folder = chapters / f"ch{number:02}_fixture"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "lesson.md").write_text(text, encoding="utf-8")
    return chapters


def line_of(text: str, wanted: str) -> int:
    """The line, counted from 1, of the only line that holds this."""
    (number,) = [number for number, line in enumerate(text.split("\n"), 1) if wanted in line]
    return number
