"""What the site adds to a chapter's page and to a mistake's: front matter at the top, what belongs to it at the end."""

from collections.abc import Mapping, Sequence
from typing import Any

from workbook.lesson.model import Lesson, Mistake
from workbook.runner.start import EMPTY
from workbook.website import commits
from workbook.website.blocks import boxed, code, escaped
from workbook.website.course import Course, checks, in_repository
from workbook.website.words import Words


def top(meta: Mapping[str, Any], words: Words) -> str:
    """Under a chapter's title: its goal, what the reader will learn, what it leaves out, which notes it mirrors.

    Args:
        meta: the front matter in the page's own language.
    """
    learn = boxed("wb-learn", f"**{words('you-will-learn')}**", _listed(meta.get("you_will_learn")))
    beyond = _listed(meta.get("out_of_scope"))
    leave = boxed("wb-leave", f"**{words('out-of-scope')}**", beyond) if beyond else ""
    notes = f"**{words('mirrors')}:** {escaped(str(meta.get('notes', '')))}"
    return "\n\n".join(
        [
            f"{escaped(str(meta.get('goal', '')))}\n{{ .wb-goal }}",
            boxed("wb-front", learn, leave),
            f"{notes}\n{{ .wb-mirrors }}",
        ]
    )


def end(lesson: Lesson, course: Course, titles: Mapping[str, str], words: Words) -> str:
    """At a chapter's end: its notebook, its commits and tags, what `workbook check` asks, its mistakes.

    Args:
        titles: the title of each page by its English file's path.
    """
    parts = [f"## {words('beside')} {{#beside-this-chapter}}"]
    notebook = f"notebooks/{lesson.chapter}.ipynb"
    if notebook in titles:
        parts.append(words("notebook-link", escaped(titles[notebook]), f"/{notebook}"))
    parts += [
        f"### {words('commits-of-chapter')} {{#commits-of-this-chapter}}",
        commits.table(
            course.commits_of(lesson.chapter),
            commits.names(course.history),
            words,
        ),
    ]
    asked = checks(lesson.chapter, words.language)
    if asked:
        parts.append(f"### {words('checks')} {{#checks-of-this-chapter}}")
        parts += [
            f'??? check "{check.asks}"\n\n    {escaped(check.why)}\n\n    {words("look-yourself")}: {code(check.see)}'
            for check in asked
        ]
    mistakes = course.mistakes[lesson.chapter]
    if mistakes:
        parts += [f"### {words('mistakes-of-chapter')} {{#mistakes-of-this-chapter}}", listed(mistakes, titles)]
    return "\n\n".join(parts)


def listed(mistakes: Sequence[Mistake], titles: Mapping[str, str]) -> str:
    """Mistake pages as a list of links, each with its error's exact text."""
    lines = []
    for mistake in mistakes:
        path = in_repository(mistake.file)
        link = f"[{escaped(titles.get(path, mistake.title))}](/{path})"
        lines.append(f"- {link}<br>{code(mistake.error)}")
    return boxed("wb-mistakes", "\n".join(lines))


def mistake_top(mistake: Mistake, course: Course, words: Words) -> str:
    """Under a mistake's title: its chapter, the error's text, the commit on which it is planted, the check."""
    chapter = mistake.file.parent.parent.name.partition("_")[0]
    facts = [words("mistake-of", chapter[2:], f"/{in_repository(mistake.file.parent.parent)}/lesson.md")]
    if mistake.tag == EMPTY:
        facts.append(words("mistake-empty"))
    else:
        name = commits.names(course.history)[course.history.tags[mistake.tag].sha]
        facts.append(f"{words('mistake-tag')} [`{mistake.tag}`](/{commits.src_uri(name)})")
    asks = {check.name: check.asks for chapter in course.mistakes for check in checks(chapter, words.language)}
    if mistake.check in asks:
        facts.append(words("mistake-check", f"*{escaped(asks[mistake.check])}*"))
    return boxed("wb-facts", f"{words('mistake-error')}: {code(mistake.error)}", " · ".join(facts))


def clinic(course: Course, titles: Mapping[str, str], words: Words) -> str:
    """All mistakes, chapter by chapter, for the clinic's page."""
    parts = []
    for name, mistakes in course.mistakes.items():
        lesson = course.history.chapters[name].lesson
        title = escaped(titles.get(in_repository(lesson.file), lesson.title))
        parts += [f"### {name[2:]} · {title} {{#{name}}}", listed(mistakes, titles)]
    return "\n\n".join(parts)


def _listed(items: object) -> str:
    return "\n".join(f"- {escaped(str(item))}" for item in items) if isinstance(items, list) else ""
