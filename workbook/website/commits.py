"""A page for each commit of the history: message, SHA, tags, diff, whole files after, and the tree of all files."""

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence

from workbook.history.build import Commit, History
from workbook.history.files import Tree
from workbook.lesson.model import RedContract
from workbook.website.blocks import boxed, change, escaped, fenced
from workbook.website.course import in_repository
from workbook.website.words import Words

INDEX = "commits/index.md"


def names(history: History) -> dict[str, str]:
    """The name of each commit's page by its SHA: its first tag, or its number when it has none."""
    return {
        commit.sha: commit.tags[0] if commit.tags else str(number) for number, commit in enumerate(history.commits, 1)
    }


def src_uri(name: str) -> str:
    """By what name MkDocs knows the page of a commit."""
    return f"commits/{name}.md"


def title(commit: Commit) -> str:
    """A commit's title: its tags and the first line of its message."""
    subject = commit.step.message.partition("\n")[0]
    return f"{', '.join(commit.tags)}: {subject}" if commit.tags else subject


def index(history: History, words: Words) -> str:
    """The page that lists all commits, chapter by chapter."""
    named = names(history)
    parts = [f"# {words('commits')}", words("commits-intro")]
    for chapter in history.chapters.values():
        parts.append(f"## {chapter.lesson.chapter[2:]} · {chapter.lesson.title} {{#{chapter.lesson.chapter}}}")
        own = [commit for commit in history.commits if commit.step.lesson is chapter.lesson]
        parts.append(table(own, named, words))
    return "\n\n".join(parts) + "\n"


def table(commits: Sequence[Commit], named: Mapping[str, str], words: Words) -> str:
    """Commits as a table of tags, messages and SHAs, each linked to its page."""
    rows = [f"| {words('commit-tags')} | {words('message')} | SHA |", "|---|---|---|"]
    for commit in commits:
        tags = " ".join(f"`{tag}`" for tag in commit.tags)
        subject = escaped(commit.step.message.partition("\n")[0])
        rows.append(f"| {tags} | [{subject}](/{src_uri(named[commit.sha])}) | `{commit.sha[:8]}` |")
    return "\n".join(rows)


def links(history: History, commits: Sequence[Commit], words: Words) -> list[tuple[str, str]]:
    """For each commit that a lesson types: the label and the target of the link to its page."""
    named = names(history)
    return [
        (words("commit-of", named[commit.sha]), f"/{src_uri(named[commit.sha])}")
        for commit in commits
        if not commit.step.empty
    ]


def pages(history: History, words: Words) -> Iterator[tuple[str, str]]:
    """The name and the Markdown of each commit's page."""
    named = names(history)
    origin: dict[str, str] = {}
    before: Tree = {}
    for number, commit in enumerate(history.commits):
        name = named[commit.sha]
        changed = [path for path in commit.files if commit.files[path] != before.get(path)]
        gone = [path for path in before if path not in commit.files]
        origin |= {path: name for path in changed}
        parts = [
            f"---\ntitle: {_quoted(title(commit))}\nsearch:\n  exclude: true\n---",
            f"# {escaped(title(commit))}",
            _head(history, commit, number, named, words),
            f"## {words('commit-changes')} {{#changes}}",
            *(_change(path, before.get(path), commit.files[path], words) for path in sorted(changed)),
            *(f"### <del>`{path}`</del> {words('commit-deleted')}" for path in sorted(gone)),
            *([] if changed or gone else [words("commit-empty")]),
            f"## {words('commit-tree')} {{#files}}",
            words("commit-tree-intro"),
            _tree(commit.files, origin, name),
        ]
        yield name, "\n\n".join(part for part in parts if part) + "\n"
        before = commit.files


def anchor(path: str) -> str:
    """The id of a file's heading on a commit's page."""
    return re.sub(r"[^a-z0-9]+", "-", path.lower()).strip("-")


def _head(history: History, commit: Commit, number: int, named: Mapping[str, str], words: Words) -> str:
    lesson = commit.step.lesson
    around = []
    if number:
        around.append(_neighbour(history.commits[number - 1], named, words, "commit-previous"))
    if number + 1 < len(history.commits):
        around.append(_neighbour(history.commits[number + 1], named, words, "commit-next"))
    body = commit.step.message.partition("\n")[2].strip()
    facts = [
        f"{words('commit-number', number + 1, len(history.commits))}: `{commit.sha}`",
        words("commit-lesson", lesson.chapter[2:], f"/{in_repository(lesson.file)}"),
        *([f"{words('commit-tags')}: " + " ".join(f"`{tag}`" for tag in commit.tags)] if commit.tags else []),
        " · ".join(around),
    ]
    shown = boxed("wb-facts", *facts)
    red = [lesson.red[tag] for tag in commit.tags if tag in lesson.red]
    return "\n\n".join([*([escaped(body)] if body else []), shown, *(_red(contract, words) for contract in red)])


def _neighbour(commit: Commit, named: Mapping[str, str], words: Words, key: str) -> str:
    name = named[commit.sha]
    return words(key, f"[{escaped(title(commit))}]({name}.md)")


def _red(contract: RedContract, words: Words) -> str:
    tests = "\n".join(f"- `{test}`" for test in contract.tests)
    return boxed("wb-red", words("commit-red", contract.because), tests)


def _change(path: str, before: str | None, after: str, words: Words) -> str:
    heading = f"### `{path}` {{#{anchor(path)}}}"
    if before is None:
        return f"{heading}\n\n{fenced('whole', path, after)}"
    difference = [*difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=3)][2:]
    return f"{heading}\n\n{change(fenced('diff', path, chr(10).join(difference)), path, before, after, words)}"


def _tree(files: Tree, origin: Mapping[str, str], name: str) -> str:
    """The files as nested lists, folders first named, each file linked to the commit that wrote it as it is."""
    lines: list[str] = []
    shown: list[str] = []
    for path in sorted(files, key=lambda path: (path.count("/") == 0, path)):
        folders = path.split("/")[:-1]
        for depth, folder in enumerate(folders):
            if shown[: depth + 1] != folders[: depth + 1]:
                lines.append(f"{'    ' * depth}- {escaped(folder)}/")
        shown = folders
        target = "" if origin[path] == name else f"{origin[path]}.md"
        lines.append(f"{'    ' * len(folders)}- [{escaped(path.split('/')[-1])}]({target}#{anchor(path)})")
    return boxed("wb-tree", "\n".join(lines))


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
