"""A page for each commit of the history: message, SHA, tags, diff, whole files after, and the list of all files."""

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence

from workbook.history.build import Commit
from workbook.history.files import Tree
from workbook.say import _
from workbook.website.course import Course, in_repository
from workbook.website.markup import boxed, change, code, escaped, fenced, heading, whole

INDEX = "commits/index.md"


def page(name: str) -> str:
    """The file of a commit's page below the site's folder."""
    return f"commits/{name}.md"


def title(commit: Commit) -> str:
    """A commit's title: its tags and the first line of its message."""
    subject = commit.step.message.partition("\n")[0]
    return f"{', '.join(commit.tags)}: {subject}" if commit.tags else subject


def index(course: Course) -> str:
    """The page that lists all commits, chapter by chapter."""
    intro = _(
        "The lessons build this history: one commit a step. `workbook start` clones it into your project, so "
        "`git show ch35-red` works there too."
    )
    parts = [heading(1, _("Commits"), "commits"), intro]
    for name, chapter in course.history.chapters.items():
        parts += [
            heading(2, f"{name[2:]} · {chapter.lesson.title}", name),
            table(course.commits_of(name), course.names),
        ]
    return "\n\n".join(parts) + "\n"


def table(commits: Sequence[Commit], names: Mapping[str, str]) -> str:
    """Commits as a table of tags, messages and SHAs, each linked to its page."""
    rows = [_("| Tags | Message | SHA |"), "|---|---|---|"]
    for commit in commits:
        tags = " ".join(f"`{tag}`" for tag in commit.tags)
        subject = escaped(commit.step.message.partition("\n")[0])
        rows.append(f"| {tags} | [{subject}](/{page(names[commit.sha])}) | `{commit.sha[:8]}` |")
    return "\n".join(rows)


def pages(course: Course) -> Iterator[tuple[str, str, str]]:
    """The name, the title and the Markdown of each commit's page."""
    origin: dict[str, str] = {}
    before: Tree = {}
    for number, commit in enumerate(course.history.commits, 1):
        name = course.names[commit.sha]
        changed = sorted(path for path in commit.files if commit.files[path] != before.get(path))
        gone = [path for path in before if path not in commit.files]
        origin |= {path: name for path in changed}
        parts = [
            f"# {escaped(title(commit))}",
            escaped(commit.step.message.partition("\n")[2].strip()),
            _facts(course, commit, number),
            heading(2, _("What it changes"), "changes"),
            *(_change(path, before.get(path), commit.files[path]) for path in changed),
            *(_("### <del>`{path}`</del> deleted", path=path) for path in gone),
            "" if changed or gone else _("It changes no file."),
            heading(2, _("All files at this commit"), "files"),
            _("A link leads to the commit that wrote the file as it is here."),
            "\n".join(f"- [`{path}`]({_place(path, origin[path], name)})" for path in sorted(commit.files)),
        ]
        yield name, title(commit), "\n\n".join(filter(None, parts)) + "\n"
        before = commit.files


def anchor(path: str) -> str:
    """The id of a file's heading on a commit's page."""
    return re.sub(r"[^a-z0-9]+", "-", path.lower()).strip("-")


def _place(path: str, origin: str, here: str) -> str:
    """The link to a file on the page of the commit that wrote it."""
    return f"{'' if origin == here else f'/{page(origin)}'}#{anchor(path)}"


def _facts(course: Course, commit: Commit, number: int) -> str:
    count, lesson = len(course.history.commits), commit.step.lesson
    link = f"/{in_repository(lesson.file)}"
    facts = boxed(
        "wb-facts",
        _("Commit {number} of {count}: `{sha}`", number=number, count=count, sha=commit.sha),
        _("It ends a step of [chapter {number}]({link}).", number=lesson.chapter[2:], link=link),
        _("Tags: {tags}", tags=" ".join(f"`{tag}`" for tag in commit.tags)) if commit.tags else "",
    )
    for contract in (lesson.red[tag] for tag in commit.tags if tag in lesson.red):
        why = _("This commit is red on purpose. Exactly this fails, because {why}:", why=code(contract.because))
        facts += "\n\n" + boxed("wb-red", why, "\n".join(f"- `{test}`" for test in contract.tests))
    return facts


def _change(path: str, before: str | None, after: str) -> str:
    title = heading(3, f"`{path}`", anchor(path))
    if before is None:
        return f"{title}\n\n{whole(path, after)}"
    difference = [*difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=3)][2:]
    return f"{title}\n\n{change(fenced('diff', path, chr(10).join(difference)), path, before, after)}"
