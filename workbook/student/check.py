"""A check: prose from `checks.md`, a function from `checks.py`, and what it looks at, injected by name.

    @check(after=post_answers_a_code)
    def each_post_saves_one(posted: Posted, rows: Rows) -> Found:
        for code in posted.codes - rows.codes:
            yield "lost", {"code": code}

A parameter names a *look*: a function marked `@look`, in the vocabulary or in the chapter's own `checks.py`, whose
parameters are looks in turn. Each is looked at once a run, however many checks ask.

The prose has one heading a check, its id; under it what is asked, `why:`, `see:`, each sentence that it may say under
an id of its own, and three hints. A link to a heading is shown in a terminal as plain words: `ch36, "Make it pass"`.
"""

import inspect
import re
import runpy
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal, NamedTuple, TypeAlias, TypeVar

import pymysql

from workbook.lesson.errors import LessonError
from workbook.lesson.markdown import headings
from workbook.lesson.reader import read_text
from workbook.say import Problem, _, language

FILE, PROSE = "checks.py", "checks.md"

Found: TypeAlias = Iterator[tuple[str, dict[str, object]]]
"""What is missing: the id of a sentence in `checks.md`, and what stands for its placeholders."""

Moves: TypeAlias = Iterable[tuple[str, str]]
"""Paths of routes, each with the one that a later chapter has given it."""
State = Literal["holds", "missing", "unseen", "moot"]
Function = TypeVar("Function", bound=Callable[..., Any])
_MARK, _LOOK = "workbook_check", "workbook_look"
_KEYED = re.compile(r"([a-z][a-z0-9_]*): (.+)")
_HINT = re.compile(r"([1-9])\. (.+)")
_LINK = re.compile(r"\[([^\]]+)\]\(([^)#\s]+)(?:#([^)\s]+))?\)")


class Broken(Problem):
    """The project is in a state in which a check cannot look.

    Its text says what is broken, and where; in a check it may be the id of one of its sentences.
    """


class Moot(Broken):
    """What a check asks about is done in a way that it cannot look at: neither right nor wrong, and no more to do."""


class Unjudged(Broken):
    """The project is neither right nor wrong: something that is not its own keeps us from looking; says what to do."""


def check(*, after: Any = (), broken: str = "", lasts: bool = True) -> Callable[[Function], Function]:
    """Make a function a check; its name is the check's id.

    Args:
        after: what must hold first, or this one is not seen: a check of this chapter, `"ch35/its_id"`, or several.
        broken: the sentence (with `{said}`) for what keeps it from looking, when that is what it asks about.
        lasts: whether it goes on being asked in later chapters.
    """

    def mark(function: Function) -> Function:
        setattr(function, _MARK, (after if isinstance(after, tuple) else (after,), broken, lasts))
        return function

    return mark


def look(function: Function) -> Function:
    """Make a function a look: checks and other looks that name it as a parameter get what it returns."""
    setattr(function, _LOOK, True)
    if function.__module__.startswith("workbook."):
        _looks[function.__name__] = function
    return function


_looks: dict[str, Callable[..., Any]] = {}
"""The looks that all chapters share; a chapter's own are found beside its checks."""


@dataclass(frozen=True)
class Check:
    """One thing that a chapter asks for: what `checks.md` says in the reader's language, and how it looks.

    `sentences` are by their ids, with `{placeholders}`; `after` are keys; `broken` and `lasts` are as in `check`.
    """

    chapter: str
    name: str
    asks: str
    why: str
    see: str
    sentences: dict[str, str]
    hints: tuple[str, ...]
    look: Callable[..., Found]
    after: tuple[str, ...]
    broken: str
    lasts: bool

    @property
    def key(self) -> str:
        """`ch35/tests_run`."""
        return f"{self.chapter}/{self.name}"


class Entry(NamedTuple):
    """What a page says under a heading, with its line: lines without a key, those with one, and the hints."""

    line: int
    name: str
    says: list[str]
    keyed: dict[str, str]
    hints: list[str]


def entries(file: Path, moves: Moves = ()) -> list[Entry]:
    """What stands under the headings of a page like `checks.md`, with the new paths of routes that have moved."""
    heading = re.compile(r"^## +(.+?) *\n", re.MULTILINE)
    text, found = read_text(file), []
    for path, target in moves:
        text = text.replace(path, target)
    for name, body in zip(heading.findall(text), heading.split(text)[2::2], strict=True):
        lines = [each for each in body.splitlines() if each.strip() and not each.startswith("<!--")]
        keyed = {match[1]: match[2] for each in lines if (match := _KEYED.fullmatch(each))}
        hints = [match[2] for each in lines if (match := _HINT.fullmatch(each))]
        says = [each for each in lines if not _KEYED.fullmatch(each) and not _HINT.fullmatch(each)]
        found.append(Entry(1 + text[: text.index(body)].count("\n"), name, says, keyed, hints))
    return found


def in_language(page: Path) -> Path:
    """A page in the reader's language: `checks.md`, or `checks.ko.md` beside it."""
    return page if language() == "en" else page.with_suffix(".ko.md")


def checks_of(chapter: str, folder: Path, moves: Moves = ()) -> list[Check]:
    """A chapter's checks, in the order of `checks.md`, with the new paths of routes; none when it asks nothing.

    Raises LessonError: a check has no function, or the reverse; a part is missing; a link leads nowhere.
    """
    if not (folder / PROSE).exists():
        return []
    file = in_language(folder / PROSE)
    prose = entries(file, moves)
    names = [each.name for each in prose]
    functions = {name: each for name, each in _module(folder / FILE).items() if hasattr(each, _MARK)}
    if sorted(names) != sorted(functions):
        lonely = ", ".join(sorted({*names} ^ functions.keys())) or "one of them is there twice"
        raise LessonError(file, 1, f"{PROSE} and {FILE} do not name the same checks: {lonely}.")
    found = []
    for line, name, says, keyed, hints in prose:
        if len(says) != 1 or not {"why", "see"} <= keyed.keys() or len(hints) != 3:
            what = "a check has one line that says what is asked, `why:`, `see:`, and three hints, 1. to 3."
            raise LessonError(file, line, what)
        after, broken, lasts = getattr(functions[name], _MARK)
        first = tuple(key if isinstance(key, str) else f"{chapter}/{key.__name__}" for key in after)
        why, see = keyed.pop("why"), _plain(file, line, keyed.pop("see"))
        plain = tuple(_plain(file, line, each) for each in hints)
        found.append(Check(chapter, name, says[0], why, see, keyed, plain, functions[name], first, broken, lasts))
    return found


def moved(folder: Path) -> dict[str, str]:
    """The paths that a chapter gives to earlier chapters' routes: `MOVED = {"/v1/old": "/v1/new"}` in `checks.py`."""
    return dict(_module(folder / FILE).get("MOVED", {}))


def reached(folder: Path, shape: Any, route: str) -> bool | None:
    """Whether a project's files show that it has come to a chapter: `reached` in `checks.py`; None without one."""
    sign = _module(folder / FILE).get("reached")
    return sign(shape, route) if sign else None


@cache
def _module(file: Path) -> dict[str, Any]:
    return runpy.run_path(str(file), run_name=f"workbook_checks_{file.parent.name}") if file.exists() else {}


def _plain(file: Path, line: int, said: str) -> str:
    """A sentence with its links in words; a chapter that several of them lead to is named once."""
    named: set[str] = set()

    def words(link: re.Match[str]) -> str:
        text, path, slug = link.groups()
        target = file.parent / path.replace(".ko.md", ".md")  # which has the slugs of both
        if not target.is_file() or (slug and slug not in _slugs(target)):
            raise LessonError(file, line, f"the link to {path}{'#' + slug if slug else ''} leads nowhere.")
        page = target.resolve()
        chapter = next(part for part in reversed(page.parts) if re.match(r"ch\d\d_", part))[2:4]
        if chapter in named:
            return f'"{text}"'
        named.add(chapter)
        return _('ch{number}, "{heading}"', number=chapter, heading=text)

    return _LINK.sub(words, said)


@cache
def _slugs(page: Path) -> set[str]:
    return {heading.slug for heading in headings(read_text(page))}


@dataclass(frozen=True)
class Verdict:
    """What came of a check: it holds, something is missing, it is unseen because something else is broken, or moot.

    `sentences` and `ids` are what is missing, or why it is unseen; `heard` is what the project's own programs had said.
    """

    check: Check
    state: State
    sentences: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()
    heard: str = ""


class Examination:
    """A project (`ground`) under its checks: each look is taken once, each check judged once.

    `checks` are all that may be asked, or named by another's `after`; `routes` the request that each chapter is about.
    """

    def __init__(self, checks: Iterable[Check], routes: dict[str, str], ground: Any) -> None:
        self._checks = {each.key: each for each in checks}
        self._routes, self._ground = routes, ground
        self._seen: dict[tuple[Any, str], Any] = {}
        self._verdicts: dict[str, Verdict] = {}

    def verdict(self, key: str) -> Verdict:
        """Look. The student's code cannot make this fail."""
        if key not in self._verdicts:
            self._verdicts[key] = self._look(self._checks[key])
        return self._verdicts[key]

    def _look(self, check: Check) -> Verdict:
        for first in map(self.verdict, check.after):
            if first.state not in ("holds", "moot"):
                asked = (_("First this must hold: {asks}", asks=first.check.asks),)
                return Verdict(check, "unseen", asked if first.state == "missing" else first.sentences)
        try:
            seen = check.look(**self._arguments(check.look, self._routes.get(check.chapter, "")))
            # A later chapter may have more wrong applications for the same route, and says so itself.
            found = [(name, values) for name, values in seen if name in check.sentences]
        except Moot as error:
            return Verdict(check, "moot", (check.sentences.get(str(error), str(error)),))
        except (Problem, pymysql.MySQLError) as error:
            if not check.broken or isinstance(error, Unjudged):
                return Verdict(check, "unseen", (check.sentences.get(str(error), _said(error)),))
            found = [(check.broken, {"said": _said(error)})]
        if not found:
            return Verdict(check, "holds")
        sentences = tuple(check.sentences[name].format(**values) for name, values in found)
        ids = tuple(name for name, _values in found)
        return Verdict(check, "missing", sentences, ids, "\n\n".join(self._ground.heard))

    def _arguments(self, function: Callable[..., Any], route: str) -> dict[str, Any]:
        """What the function asks for. A parameter with a default has it when that cannot be seen."""
        found = {}
        for name, parameter in inspect.signature(function).parameters.items():
            with suppress(*([Problem] if parameter.default is not parameter.empty else [])):
                found[name] = self._see(name, function, route)
        return found

    def _see(self, name: str, asker: Callable[..., Any], route: str) -> Any:
        if name in ("route", "ground"):
            return route if name == "route" else self._ground
        local = asker.__globals__.get(name)
        function: Any = local if hasattr(local, _LOOK) else _looks[name]
        key = (function, route if "route" in inspect.signature(function).parameters else "")
        if key not in self._seen:
            try:
                self._seen[key] = function(**self._arguments(function, route))
            except Problem as error:
                self._seen[key] = error
        if isinstance(self._seen[key], Problem):
            raise self._seen[key]
        return self._seen[key]


def _said(error: Problem | pymysql.MySQLError) -> str:
    if isinstance(error, Problem):
        return error.what
    return _("MySQL refused: {said}", said=error.args[-1] if error.args else error)
