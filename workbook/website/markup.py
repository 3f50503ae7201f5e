"""A page's Markdown rewritten for the site: tabs for diffs, ids for headings, comments as notes."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from markdown_it import MarkdownIt
from markdown_it.token import Token

from workbook.history.files import Change
from workbook.lesson.commands import commit_message
from workbook.lesson.markdown import ALONE, BEFORE_A_FENCE
from workbook.lesson.model import Diff
from workbook.say import Problem
from workbook.website import blocks, lists
from workbook.website.words import Words

_COMMENT = re.compile(r"<!--\s*(.*?)\s*-->\s*", re.DOTALL)
_TITLE = re.compile(r'title="([^"]*)"')
_DETAILS = re.compile(r"<(details|summary)>")
_SILENT = BEFORE_A_FENCE | ALONE | {"section"}


@dataclass(frozen=True, slots=True)
class Extras:
    """What a page gets that does not stand in its text.

    Attributes:
        changes: what each titled fence does, in order; empty when that is not known.
        commits: for each command that commits, in order, the label and the link of its page.
        under_title: Markdown that follows the first heading.
        inserts: Markdown by the name of the comment that it takes the place of.
        at_end: Markdown that follows everything.
    """

    changes: Sequence[Change] = ()
    commits: Sequence[tuple[str, str]] = ()
    under_title: str = ""
    inserts: Mapping[str, str] = field(default_factory=dict)
    at_end: str = ""


def rewrite(text: str, file: str, words: Words, extras: Extras) -> str:
    """The page's text as Python-Markdown is to read it.

    Args:
        text: the page without its front matter.
        file: its path in the repository.

    Raises:
        Problem: a comment that nothing is known of.
    """
    lines = text.split("\n")
    tokens = [token for token in MarkdownIt("commonmark").parse(text) if token.map is not None or token.nesting == -1]
    new: dict[int, str | None] = {**lists.fit(lines, tokens)}
    changes = _fitting(tokens, extras.changes)
    commits = list(extras.commits)
    headings = [token for token in tokens if token.type == "heading_open"]
    for token in tokens:
        if token.map is None or token.nesting == -1:
            continue
        first, last = token.map
        if token.type == "html_block" and token.content.lstrip().startswith("<!--"):
            _comment(token, headings, lines, new, words, extras, file)
        elif token.type == "html_block":
            for number in range(first, last):
                new[number] = _DETAILS.sub(_open, new.get(number) or lines[number])
        elif token.type == "fence" and not token.level:
            block = _fence(token, lines[first:last], changes, words)
            if token.info.strip() == "console":
                block += _commit_links(token.content, commits)
            new |= {number: None for number in range(first, last)} | {first: block}
    if headings and headings[0].map:
        end = headings[0].map[1]
        new[end - 1] = f"{new.get(end - 1, lines[end - 1])}\n\n{extras.under_title}"
    kept = [new.get(number, line) for number, line in enumerate(lines)]
    return "\n".join(line for line in kept if line is not None) + f"\n\n{extras.at_end}"


def _open(match: re.Match[str]) -> str:
    return f'<{match[1]} markdown="{"span" if match[1] == "summary" else "block"}">'


def _comment(
    token: Token,
    headings: Sequence[Token],
    lines: Sequence[str],
    new: dict[int, str | None],
    words: Words,
    extras: Extras,
    file: str,
) -> None:
    assert token.map
    first, last = token.map
    if _COMMENT.sub("", token.content).strip():
        return  # something else than comments stands there too
    shown = []
    for match in _COMMENT.finditer(token.content):
        name, _, value = (part.strip() for part in match[1].partition(":"))
        if name == "not run":
            shown.append(f'<p class="wb-note">{words("not-run")}: {value}</p>\n')
        elif name == "section":
            above = [heading for heading in headings if heading.map and heading.map[1] <= first]
            if above and above[-1].map:
                at = above[-1].map[1] - 1
                new[at] = f"{lines[at]} {{#{value.split()[0]}}}"
        elif name in extras.inserts:
            shown.append(extras.inserts[name])
        elif name not in _SILENT:
            raise Problem(f"{file}: nothing is known of the comment <!-- {name} -->.")
    new |= {number: None for number in range(first, last)} | {first: "\n".join(["", *shown, ""])}


def _fitting(tokens: Sequence[Token], changes: Sequence[Change]) -> dict[int, Change]:
    """Changes by the line of their fence. None of them when the fences are not the ones that the changes come from."""
    titled = [token for token in tokens if token.type == "fence" and not token.level and _TITLE.search(token.info)]
    titles = [match[1] for token in titled if (match := _TITLE.search(token.info))]
    if titles != [change.block.title for change in changes]:
        return {}
    return {token.map[0]: change for token, change in zip(titled, changes, strict=True) if token.map}


def _fence(token: Token, source: Sequence[str], changes: Mapping[int, Change], words: Words) -> str:
    assert token.map
    change = changes.get(token.map[0])
    text = "\n".join(source)
    if change is None or not isinstance(change.block, Diff):
        return text
    drawn = blocks.change(text, change.block.title, change.before or "", change.after, words)
    return f"\n{drawn}\n"


def _commit_links(content: str, commits: list[tuple[str, str]]) -> str:
    shown = ""
    for line in content.split("\n"):
        if line.startswith("$ ") and commits and commit_message(line[2:]) is not None:
            label, target = commits.pop(0)
            shown += f"\n\n[{label}]({target}){{ .wb-commit-link }}\n"
    return shown
