"""The order of the pages, and what they are called beside each other."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from workbook.website.pages import Source
from workbook.website.words import Words

MORE = (
    "changed-since-2025",
    "aerich-or-tortoise",
    "performance",
    "a-students-screen",
    "glossary",
    "contributing",
)
REFERENCE = ("settings", "api", "cli")

Nav = list[dict[str, Any]]


def nav(
    sources: Sequence[Source], titles: Mapping[str, str], commits: Mapping[str, Sequence[tuple[str, str]]], words: Words
) -> Nav:
    """MkDocs' `nav`: what each entry is called, and the `src_uri` of its page.

    Args:
        titles: the title of each page by its English file's path.
        commits: by chapter, the title and the `src_uri` of each commit's page.
    """
    by_path = {source.english: source for source in sources}

    def pages(*names: str, title: str = "") -> Nav:
        found = [by_path[f"docs/{name}.md"] for name in names if f"docs/{name}.md" in by_path]
        return [{title or titles[source.english]: source.src_uri} for source in found]

    def numbered(kind: str) -> Nav:
        return [
            {f"{source.chapter[2:]} {_short(titles[source.english])}": source.src_uri}
            for source in sources
            if source.kind == kind
        ]

    lessons = [source for source in sources if source.kind == "lesson"]
    mistakes = [
        {
            f"{lesson.chapter[2:]} {titles[lesson.english]}": [
                {titles[each.english]: each.src_uri}
                for each in sources
                if each.kind == "mistake" and each.chapter == lesson.chapter
            ]
        }
        for lesson in lessons
    ]
    history = [
        {f"{lesson.chapter[2:]} {titles[lesson.english]}": [{name: uri} for name, uri in commits[lesson.chapter]]}
        for lesson in lessons
    ]
    notebooks = numbered("notebook")
    sections: Nav = [
        *pages("index", title=words("home")),
        *pages("how-to-work", title=words("how-to-work")),
        {words("chapters"): pages("course-map") + numbered("lesson")},
        {words("clinic"): pages("clinic") + [each for each in mistakes if all(each.values())]},
        *([{words("notebooks"): [{words("notebooks"): "notebooks/index.md"}, *notebooks]}] if notebooks else []),
        {words("commits"): [{words("commits"): "commits/index.md"}, *history]},
        *pages("notes", title=words("notes")),
        {words("reference"): pages(*(f"reference/{name}" for name in REFERENCE), "lesson-format")},
        {words("more"): pages(*MORE)},
    ]
    return [section for section in sections if all(section.values())]


def _short(title: str) -> str:
    """A title without the chapter's number, which stands before it already."""
    short = re.sub(r"^(?:Chapter \d+|\d+장)\s*[:.,]\s*", "", title)
    return short[:1].upper() + short[1:]
