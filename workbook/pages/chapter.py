"""What the site makes of the course: a chapter's first and last lines, a mistake's, lists of all, a page a commit."""

import difflib
import html
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from workbook.history.build import Commit
from workbook.history.files import Tree
from workbook.lesson.markdown import headings, walk
from workbook.lesson.minutes import minutes
from workbook.lesson.model import Lesson, Mistake
from workbook.pages.course import Course, Source, in_repository
from workbook.pages.markup import boxed, change, code, escaped, fenced, heading, whole
from workbook.replay.start import EMPTY
from workbook.say import _

Pages = Mapping[str, Source]  # by their English file's path


def top(meta: Mapping[str, Any], lesson: Lesson, text: str) -> str:
    """Under a chapter's title: its goal, its minutes, what the reader will learn, what it leaves out.

    `meta` is the front matter and `text` the page in the reader's language.
    """
    lists = {key: "\n".join(f"- {item}" for item in meta.get(key) or ()) for key in ("you_will_learn", "out_of_scope")}
    learn = boxed("wb-learn", _("**You will learn**"), lists["you_will_learn"])
    leave = boxed("wb-leave", _("**Not in this chapter**"), lists["out_of_scope"]) if lists["out_of_scope"] else ""
    spent, heads = minutes(lesson), headings(text)
    time = _("{minutes} minutes", minutes=sum(spent))
    if lesson.stops:
        time = _("{time}: {minutes} to the first rest stop", time=time, minutes=spent[0])
    for stop, further in zip(lesson.stops, spent[1:], strict=True):
        time += _(", {minutes} from *{heading}*", minutes=further, heading=heads[stop.heading + 1].text)
    return f"{meta.get('goal', '')}\n{{ .wb-goal }}\n\n{boxed('wb-facts', time)}\n\n{boxed('wb-front', learn, leave)}"


def end(lesson: Lesson, course: Course, pages: Pages) -> str:
    """At a chapter's end: its notebook, its notes, its commits and tags, what `workbook check` asks, its mistakes."""
    parts = [heading(2, _("Beside this chapter"), "beside-this-chapter")]
    if notebook := pages.get(f"notebooks/{lesson.chapter}.ipynb"):
        link = f"[{escaped(notebook.title)}](/{notebook.english})"
        parts.append(_("Experiments on the live MySQL: {link}", link=link))
    parts.append(_("In the course notes: {where}", where=pages[in_repository(lesson.file)].meta.get("notes", "")))
    parts.append(heading(3, _("The commits of this chapter"), "commits-of-this-chapter"))
    rows = [_("| Tags | Message | SHA |"), "|---|---|---|"]
    for commit in course.commits_of(lesson.chapter):
        link = f"[{escaped(_subject(commit))}](/{commit_page(commit)})"
        rows.append(f"| {_tags(course, commit)} | {link} | [`{commit.sha[:8]}`]({seen_at(course, commit)}) |")
    parts.append("\n".join(rows))
    if course.checks[lesson.chapter]:
        parts.append(heading(3, _("What `workbook check` asks"), "checks-of-this-chapter"))
    for each in course.checks[lesson.chapter]:
        see = _("See for yourself: {see}", see=code(each.see))
        parts.append(f'??? check "{each.asks}"\n\n    {escaped(each.why)}\n\n    {see}')
    if mistakes := course.mistakes[lesson.chapter]:
        parts.append(heading(3, _("Mistakes that people make here"), "mistakes-of-this-chapter"))
        parts.append(listed(mistakes, pages))
    return "\n\n".join(parts)


def listed(mistakes: Sequence[Mistake], pages: Pages) -> str:
    """Mistake pages as a list of links, each with its error's exact text."""
    links = []
    for mistake in mistakes:
        path = in_repository(mistake.file)
        links.append(f"- [{escaped(pages[path].title)}](/{path})<br>{code(mistake.error)}")
    return boxed("wb-mistakes", "\n".join(links))


def mistake_top(mistake: Mistake, course: Course) -> str:
    """Under a mistake's title: its chapter, the commit on which it is planted, the check."""
    folder = mistake.file.parent.parent
    number, lesson = folder.name[2:4], f"/{in_repository(folder)}/lesson.md"
    facts = [_("A mistake of [chapter {number}]({link})", number=number, link=lesson)]
    if mistake.tag == EMPTY:
        facts.append(_("It starts in an empty folder."))
    else:
        link = seen_at(course, course.history.tags[mistake.tag], mistake.tag)
        facts.append(_("It is planted on the tag {tag}", tag=f"[`{mistake.tag}`]({link})"))
    asks = {each.name: each.asks for own in course.checks.values() for each in own}
    if mistake.check in asks:
        facts.append(_("`workbook check` finds it: {asks}", asks=f"*{escaped(asks[mistake.check])}*"))
    return boxed("wb-facts", " · ".join(facts))


def with_error(text: str, mistake: Mistake) -> str:
    """A mistake's page with its error in the first heading.

    There a word weighs a thousand times as much in the search as in the text: who pastes an error finds its page.
    """
    error = f'<span class="wb-error">{code(mistake.error)}</span>'

    def named(found: re.Match[str]) -> str:
        return f"# {found[1]} {error} {found[2] or f'{{#{next(walk(found[0])).slug}}}'}"

    return re.sub(r"^# (.*?) *(\{#.*\})?$", named, text, count=1, flags=re.MULTILINE)


def clinic(course: Course, pages: Pages) -> str:
    """All mistakes, chapter by chapter, for the clinic's page."""
    parts = []
    for name, mistakes in course.mistakes.items():
        title = escaped(pages[in_repository(course.history.chapters[name].lesson.file)].title)
        parts += [heading(3, f"{name[2:]} · {title}", name), listed(mistakes, pages)]
    return "\n\n".join(parts)


def table(course: Course, pages: Pages) -> str:
    """All chapters as a table: what stands at the end of each, its tags, how many mistakes it has."""
    rows = [_("| Chapter | What stands at its end | Tags | Mistakes |"), "|---|---|---|---|"]
    for name, chapter in course.history.chapters.items():
        path = in_repository(chapter.lesson.file)
        tags = " ".join(_tags(course, each) for each in course.commits_of(name) if each.tags)
        goal = str(pages[path].meta.get("goal", "")).replace("|", "\\|")
        mistakes = f"[{len(course.mistakes[name])}](/{path}#mistakes-of-this-chapter)" if course.mistakes[name] else ""
        rows.append(f"| [{name[2:]} {escaped(pages[path].title)}](/{path}) | {goal} | {tags} | {mistakes} |")
    return "\n".join(rows)


def reds(course: Course) -> str:
    """The commits that are red on purpose, as a list: which test fails, and because of what."""
    lines = []
    for tag, commit in course.history.tags.items():
        if contract := commit.step.lesson.red.get(tag):
            tests = ", ".join(code(test) for test in contract.tests)
            said = _("{tests} fails because of {why}", tests=tests, why=code(contract.because))
            lines.append(f"- [`{tag}`]({seen_at(course, commit, tag)}): {said}")
    return "\n".join(lines)


def course_map(course: Course, pages: Pages) -> str:
    """The course as a line (the style sheet draws it): a station a chapter, a mark a commit, diamonds for red."""
    stations = []
    for name, chapter in course.history.chapters.items():
        path, marks = in_repository(chapter.lesson.file), ""
        for commit in course.commits_of(name):
            kind = "wb-red" if commit.step.lesson.red.keys() & set(commit.tags) else "wb-tag" if commit.tags else ""
            marks += f'<i class="{kind}" title="{html.escape(commit_title(commit))}"></i>'
        said = _("mistakes: {count}", count=len(course.mistakes[name]))
        stations.append(f"- [{name[2:]}&#160; {escaped(pages[path].title)}](/{path})<br>{marks} {said}")
    told = _("Dots are commits, large ones have a tag, diamonds are red on purpose.")
    return boxed("wb-map", "\n".join(stations), told)


def commit_page(commit: Commit) -> str:
    """The file of a commit's page below the site's folder: its first tag, or its SHA when it has none."""
    return f"commits/{commit.tags[0] if commit.tags else commit.sha[:8]}.md"


def seen_at(course: Course, commit: Commit, tag: str = "") -> str:
    """Where the link of a commit, or of its tag, leads: to the published repository, else to its page here."""
    if course.edition.repository:
        return course.edition.tag(tag) if tag else course.edition.commit(commit.sha)
    return f"/{commit_page(commit)}"


def commit_title(commit: Commit) -> str:
    """A commit's title: its tags and the first line of its message."""
    return f"{', '.join(commit.tags)}: {_subject(commit)}" if commit.tags else _subject(commit)


def commits(course: Course) -> Iterator[tuple[str, str, str]]:
    """The file, the title and the Markdown of each commit's page: message, SHA, tags, diffs, whole files."""
    before: Tree = {}
    for number, commit in enumerate(course.history.commits, 1):
        page, title = commit_page(commit), commit_title(commit)
        changed = sorted(path for path in commit.files if commit.files[path] != before.get(path))
        gone = [path for path in before if path not in commit.files]
        parts = [
            f"# {escaped(title)}",
            escaped(commit.step.message.partition("\n")[2].strip()),
            _facts(course, commit, number),
            heading(2, _("What it changes"), "changes"),
            *(_change(path, before.get(path), commit.files[path]) for path in changed),
            *(_("### <del>`{path}`</del> deleted", path=path) for path in gone),
            "" if changed or gone else _("It changes no file."),
        ]
        yield page, title, "\n\n".join(filter(None, parts)) + "\n"
        before = commit.files


def _subject(commit: Commit) -> str:
    return commit.step.message.partition("\n")[0]


def _tags(course: Course, commit: Commit) -> str:
    return " ".join(f"[`{tag}`]({seen_at(course, commit, tag)})" for tag in commit.tags)


def _facts(course: Course, commit: Commit, number: int) -> str:
    count, lesson = len(course.history.commits), commit.step.lesson
    link = f"/{in_repository(lesson.file)}"
    facts = boxed(
        "wb-facts",
        _("Commit {number} of {count}: `{sha}`", number=number, count=count, sha=commit.sha),
        _("It ends a step of [chapter {number}]({link}).", number=lesson.chapter[2:], link=link),
        _("Tags: {tags}", tags=_tags(course, commit)) if commit.tags else "",
        _("[In the repository]({link})", link=seen_at(course, commit)) if course.edition.repository else "",
    )
    for contract in (lesson.red[tag] for tag in commit.tags if tag in lesson.red):
        why = _("This commit is red on purpose. Exactly this fails, because {why}:", why=code(contract.because))
        facts += "\n\n" + boxed("wb-red", why, "\n".join(f"- `{test}`" for test in contract.tests))
    return facts


def _change(path: str, before: str | None, after: str) -> str:
    shown = whole(path, after)
    if before is not None:
        difference = [*difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=3)][2:]
        shown = change(fenced("diff", path, "\n".join(difference)), path, before, after)
    return f"### `{path}`\n\n{shown}"
