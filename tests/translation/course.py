"""A page in two languages, in step, to plant faults into."""

from pathlib import Path

from workbook.translation.pairs import Pair
from workbook.translation.parity import findings_of
from workbook.translation.sync import accept

ENGLISH = """---
title: The hat
goal: You find the hat again.
notes: "001, the part on hats"
left_out: [uv.lock]
---

# The hat

It was here in the morning.

## Start

Read [chapter 32](../ch32_mysql/lesson.md), [the page](mistakes/no-hat.md#the-cure) and
[the manual](https://example.org/hats). The [map](../../docs/map.md) is drawn.

<!-- exit: 1 -->
```console
$ find hat
nothing
```

| place | what lies there |
|---|---|
| shelf | shoes |

## Start

<!-- background -->
```console
$ wait
```

<!-- stop -->

Where is it?
<details><summary>Answer</summary>On your head.</details>
"""

KOREAN = """---
title: 모자
goal: 모자를 다시 찾아요.
notes: "001, 모자 부분"
left_out: [uv.lock]
---

# 모자

아침에는 여기 있었어요.

## 시작하기

[실수 페이지](mistakes/no-hat.ko.md#the-cure)와 [32장](../ch32_mysql/lesson.ko.md)을 읽어요.
[설명서](https://example.org/hats)도 있고 [지도](../../docs/ko/map.md)도 있어요.

<!-- exit: 1 -->
```console
$ find hat
nothing
```

| 자리 | 거기 있는 것 |
|---|---|
| 선반 | 신발 |

## 시작하기

<!-- background -->
```console
$ wait
```

<!-- stop -->

어디 있을까요?
<details><summary>정답</summary>머리 위에 있어요.</details>
"""


def write_pair(root: Path, english: str = ENGLISH, korean: str = KOREAN, name: str = "lesson") -> Pair:
    """Write both pages of chapter 99 below `root`, without section comments."""
    folder = root / "chapters" / "ch99_hat"
    folder.mkdir(parents=True, exist_ok=True)
    pair = Pair(folder / f"{name}.md", folder / f"{name}.ko.md")
    pair.english.write_text(english, encoding="utf-8")
    pair.korean.write_text(korean, encoding="utf-8")
    return pair


def write_accepted(root: Path, english: str = ENGLISH, korean: str = KOREAN, name: str = "lesson") -> Pair:
    """Write both pages, in step, with section comments."""
    pair = write_pair(root, english, korean, name)
    accept(str(pair.korean), root)
    return pair


def change(file: Path, old: str, new: str) -> None:
    """Replace the first occurrence of a text, which must be there."""
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def said(pair: Pair) -> list[str]:
    """What is not in step: kind and sentence, with the files' names alone."""
    root = pair.english.parents[2]
    return [f"{finding.kind}: {finding}".replace(f"{pair.english.parent}/", "") for finding in findings_of(pair, root)]
