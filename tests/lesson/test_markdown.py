"""The walker tells every part of a page with its lines."""

from workbook.lesson.markdown import Part, front_lines, walk

PAGE = """---
title: x
---
# The `first` [title](a.md)

<!-- tag: ch01 -->
<!-- note: two
lines -->
```console
$ true
```

Words with *marks*, `code` and ![a picture](b.svg).

- a list

  ````md title="x"
  ```
  ````

| a |
|---|
| [2](c.md) |

## The `first` title

<details><summary>More</summary><a href="d.md">d</a></details>

!!! note

    Inside.

> ```text
> never closed
"""


def test_a_page_is_its_parts_in_order() -> None:
    assert front_lines(PAGE) == 3
    containers = ("p", "ul", "li", "table", "thead", "tbody", "tr", "blockquote")
    assert [part for part in walk(PAGE) if part.kind not in containers] == [
        Part("heading", 4, 4, "The first title", slug="the-first-title", level=1),
        Part("comment", 6, 6, "tag: ch01"),
        Part("comment", 7, 8, "note: two\nlines"),
        Part("fence", 9, 11, "$ true\n", info="console"),
        Part("text", 13, 13, "Words with marks, code and a picture."),
        Part("text", 15, 15, "a list", depth=2),
        Part("fence", 17, 19, "```\n", info='md title="x"', depth=2),
        Part("text", 21, 21, "a", depth=3),
        Part("text", 23, 23, "2", depth=3),
        Part("heading", 25, 25, "The first title", slug="the-first-title_1", level=2),
        Part("html", 27, 27, '<details><summary>More</summary><a href="d.md">d</a></details>\n'),
        Part("text", 29, 29, "!!! note"),
        Part("text", 31, 31, "Inside."),
        Part("fence", 33, 34, "never closed\n", info="text", depth=1, closed=False),
    ]
    links = [(part.first, child.attrs["href"]) for part in walk(PAGE) for child in part.inline if "href" in child.attrs]
    assert links == [(4, "a.md"), (23, "c.md")]
    assert [(part.first, part.kind) for part in walk("# x\n\n---\n")] == [(1, "heading"), (3, "hr")]
