"""What the site adds to a chapter's page and to a mistake's, and the lists and the map of all of them."""

import html
import re
from collections.abc import Mapping, Sequence
from typing import Any

from workbook.lesson.markdown import walk
from workbook.lesson.model import Lesson, Mistake
from workbook.runner.start import EMPTY
from workbook.say import _
from workbook.website import commits
from workbook.website.course import Course, Source, in_repository, is_red
from workbook.website.markup import boxed, code, escaped, heading

Pages = Mapping[str, Source]
"""The pages by their English file's path."""


def top(meta: Mapping[str, Any]) -> str:
    """Under a chapter's title: its goal, what the reader will learn, what it leaves out.

    Args:
        meta: the front matter in the page's own language.
    """
    learn = boxed("wb-learn", _("**You will learn**"), _items(meta.get("you_will_learn")))
    beyond = _items(meta.get("out_of_scope"))
    leave = boxed("wb-leave", _("**Not in this chapter**"), beyond) if beyond else ""
    return f"{meta.get('goal', '')}\n{{ .wb-goal }}\n\n{boxed('wb-front', learn, leave)}"


def end(lesson: Lesson, course: Course, pages: Pages) -> str:
    """At a chapter's end: its notebook, its notes, its commits and tags, what `workbook check` asks, its mistakes."""
    parts = [heading(2, _("Beside this chapter"), "beside-this-chapter")]
    notebook = pages.get(f"notebooks/{lesson.chapter}.ipynb")
    if notebook:
        link = f"[{escaped(notebook.title)}](/{notebook.english})"
        parts.append(_("Experiments on the live MySQL: {link}", link=link))
    parts.append(_("In the course notes: {where}", where=pages[in_repository(lesson.file)].meta.get("notes", "")))
    parts.append(heading(3, _("The commits of this chapter"), "commits-of-this-chapter"))
    parts.append(commits.table(course.commits_of(lesson.chapter), course.names))
    if course.checks[lesson.chapter]:
        parts.append(heading(3, _("What `workbook check` asks"), "checks-of-this-chapter"))
    for each in course.checks[lesson.chapter]:
        see = _("See for yourself: {see}", see=code(each.see))
        parts.append(f'??? check "{each.asks}"\n\n    {escaped(each.why)}\n\n    {see}')
    mistakes = course.mistakes[lesson.chapter]
    if mistakes:
        parts.append(heading(3, _("Mistakes that people make here"), "mistakes-of-this-chapter"))
        parts.append(listed(mistakes, pages))
    return "\n\n".join(parts)


def listed(mistakes: Sequence[Mistake], pages: Pages) -> str:
    """Mistake pages as a list of links, each with its error's exact text."""
    paths = [in_repository(mistake.file) for mistake in mistakes]
    links = [f"- [{escaped(pages[path].title)}](/{path})<br>" for path in paths]
    return boxed("wb-mistakes", "\n".join(link + code(each.error) for link, each in zip(links, mistakes, strict=True)))


def mistake_top(mistake: Mistake, course: Course) -> str:
    """Under a mistake's title: its chapter, the commit on which it is planted, the check."""
    folder = mistake.file.parent.parent
    number, lesson = folder.name[2:4], f"/{in_repository(folder)}/lesson.md"
    facts = [_("A mistake of [chapter {number}]({link})", number=number, link=lesson)]
    if mistake.tag == EMPTY:
        facts.append(_("It starts in an empty folder."))
    else:
        page = commits.page(course.names[course.history.tags[mistake.tag].sha])
        facts.append(_("It is planted on the tag {tag}", tag=f"[`{mistake.tag}`](/{page})"))
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
        tags = " ".join(f"[`{tag}`](/{commits.page(tag)})" for each in course.commits_of(name) for tag in each.tags[:1])
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
            lines.append(f"- [`{tag}`](/{commits.page(tag)}): {said}")
    return "\n".join(lines)


def course_map(course: Course, pages: Pages, planned: Sequence[tuple[str, str]]) -> str:
    """The course drawn as a line, in the colours of the page: a station a chapter, a mark a commit, diamonds for red.

    Args:
        planned: number and title of each chapter that is not written yet.
    """
    shapes, y = [], 16
    for name, chapter in course.history.chapters.items():
        title = html.escape(pages[in_repository(chapter.lesson.file)].title)
        shapes += [
            f'<circle cx="14" cy="{y}" r="8"/>',
            f'<a href="../chapters/{name}/">{_text(34, y, name[2:], title)}</a>',
        ]
        own = course.commits_of(name)
        for x, commit in enumerate(own):
            told = f"<title>{html.escape(commits.title(commit))}</title>"
            shape, size = ("wb-red", 7) if is_red(commit) else ("", 5 if commit.tags else 3)
            mark = f'<rect x="-{size}" y="-{size}" width="{2 * size}" height="{2 * size}" rx="{0 if shape else size}" '
            turned = f'transform="translate({41 + 17 * x} {y + 24}) rotate(45)"'
            shapes.append(f'{mark}class="{shape}" {turned}>{told}</rect>')
        said = _("mistakes: {count}", count=len(course.mistakes[name]))
        shapes.append(f'<text x="{41 + 17 * len(own)}" y="{y + 28}" font-size="13">{said}</text>')
        y += 64
    written = y - 64
    for number, title in planned:
        shapes += [f'<circle class="wb-planned" cx="14" cy="{y}" r="7"/>', _text(34, y, number, html.escape(title))]
        y += 36
    told = _("Dots are commits, large ones have a tag, diamonds are red on purpose. Empty circles are planned.")
    label = _("The course, chapter by chapter")
    line = f'<path d="M14 16V{written}"/><path d="M14 {written}V{y - 36}" stroke-dasharray="2 5"/>'
    return (
        f'<figure class="wb-map"><svg viewBox="0 0 420 {y}" role="group" aria-label="{label}">'
        f"{line}{''.join(shapes)}</svg><figcaption>{told}</figcaption></figure>"
    )


def _text(x: int, y: int, number: str, title: str) -> str:
    return f'<text x="{x}" y="{y + 5}" font-size="16">{number}&#160; {title}</text>'


def _items(items: object) -> str:
    return "\n".join(f"- {item}" for item in items) if isinstance(items, list) else ""
