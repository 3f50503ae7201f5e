"""Named normalisers: the only values in an output that may differ from one run to the next.

Each hides one kind of value by a placeholder in angle brackets, on both sides of a comparison. The table is the whole
list; each row carries an example, and the tests hold it to that.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Normaliser:
    """One kind of value.

    Attributes:
        name: as docs/lesson-format.md lists it.
        pattern, becomes: a regular expression and its replacement.
        example, hidden: a line before and after.
    """

    name: str
    pattern: re.Pattern[str]
    becomes: str
    example: str
    hidden: str


def _row(name: str, pattern: str, becomes: str, example: str, hidden: str) -> Normaliser:
    return Normaliser(name, re.compile(pattern), becomes, example, hidden)


_MONTH = "(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
_TIME = r"\d\d:\d\d:\d\d(?:\.\d+)?"

TABLE: tuple[Normaliser, ...] = (
    _row("ansi", r"\x1b\[[0-9;?]*[A-Za-z]|^.*\r(?!$)|\r$", "", "one\rtwo \x1b[1mhi\x1b[0m", "two hi"),
    _row("migration-date", r"\b(\d+_)\d{14}(?=_)", r"\1<date>", "0_20260105093000_init.py", "0_<date>_init.py"),
    _row(
        "datetime",
        rf"\b\d{{4}}-\d\d-\d\d[ T]{_TIME}(?:Z|[+-]\d\d:?\d\d)?|(?:\w{{3}}, )?\d\d {_MONTH} \d{{4}} {_TIME} GMT",
        "<datetime>",
        "at 2026-01-05 09:30:00.123456, Mon, 05 Jan 2026 09:30:00 GMT",
        "at <datetime>, <datetime>",
    ),
    _row(
        "datetime",
        r"datetime\.datetime\((?:\d+, ){3,6}\d+",
        "datetime.datetime(<datetime>",
        "datetime.datetime(2026, 1, 5, 9, 30, tzinfo=UTC)",
        "datetime.datetime(<datetime>, tzinfo=UTC)",
    ),
    _row(
        "duration",
        r"(?<![\w.])(?:\d+(?:\.\d+)?(?:ms|µs)|(?:\d+m )?\d+\.\d+ ?(?:s|sec|seconds))\b|(?<=\bin )(?:\d+m )?\d+s\b",
        "<duration>",
        "0.31s 744ms in 2m 03s (0.00 sec)",
        "<duration> <duration> in <duration> (<duration>)",
    ),
    _row(
        "pytest-bar",
        r"^=+ (.*<duration>.*?)(?: \(\d+:\d\d:\d\d\))? =+$",
        r"== \1 ==",
        "===== 1 passed in <duration> =====",
        "== 1 passed in <duration> ==",
    ),
    _row(
        "uuid",
        r"\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b",
        "<uuid>",
        "id 123e4567-e89b-42d3-a456-426614174000",
        "id <uuid>",
    ),
    _row(
        "url-code",
        r"\b(?=[a-zA-Z]*\d)(?=[a-z0-9]*[A-Z])(?=[A-Z0-9]*[a-z])[0-9A-Za-z]{19,22}\b",
        "<url-code>",
        '{"url_code":"7MIHUeqyp51SlIbp60aods"}',
        '{"url_code":"<url-code>"}',
    ),
    _row(
        # One code in 300 has no digit. Letters alone could be a class's name, so here they must stand like a value.
        "url-code",
        r"""(["'] ?|\| )(?=(?:[a-z]*[A-Z]){5})[A-Za-z]{19,22}(?= ?["'|])""",
        r"\1<url-code>",
        '{"url_code":"YMIHUeqypzSlIbpHaodsQw"}',
        '{"url_code":"<url-code>"}',
    ),
    _row(
        "client-host",
        r"(for user '[^']*'@)'[^']+'",
        r"\1'<host>'",
        "Access denied for user 'root'@'172.17.0.1' (using password: YES)",
        "Access denied for user 'root'@'<host>' (using password: YES)",
    ),
    _row(
        "address",
        r" at 0x[0-9a-f]+",
        " at 0x<address>",
        "<object object at 0x7f00ab>",
        "<object object at 0x<address>>",
    ),
    _row(
        "pid",
        r"(\bprocess \[|\bpid[ =:]+)\d+",
        r"\1<pid>",
        "Started server process [4711]",
        "Started server process [<pid>]",
    ),
    _row(
        "client-port",
        r"(127\.0\.0\.1:)\d{4,5}(?= - \")",
        r"\1<port>",
        '127.0.0.1:51234 - "GET /',
        '127.0.0.1:<port> - "GET /',
    ),
    _row(
        "git-hash",
        r"^(\[[^\]]* )[0-9a-f]{7,40}(?=\])",
        r"\1<hash>",
        "[my-work (root-commit) 1a2b3c4] Say hello",
        "[my-work (root-commit) <hash>] Say hello",
    ),
    _row("git-hash", r"\b(commit |HEAD is now at )[0-9a-f]{7,40}\b", r"\1<hash>", "commit 1a2b3c4d", "commit <hash>"),
    _row("git-hash", r"^[0-9a-f]{7}(?= )", "<hash>", "1a2b3c4 Say hello", "<hash> Say hello"),
    _row(
        "git-hash", r"^index [0-9a-f]{7,40}\.\.[0-9a-f]{7,40}", "index <hash>", "index 1a2b3c4..5d6e7f8", "index <hash>"
    ),
    _row(
        "uv-count",
        r"^(Resolved|Prepared|Installed|Audited|Checked|Uninstalled) \d+ packages?",
        r"\1 <count> packages",
        "Resolved 29 packages in <duration>",
        "Resolved <count> packages in <duration>",
    ),
    _row("uv-count", r"\b\d+(?:\.\d+)? ?(?:KiB|MiB|GiB|kB|MB)\b", "<size>", "ruff (10.4MiB)", "ruff (<size>)"),
    _row(
        "python",
        r"^Using (?:C?Python) \d\S*(?: interpreter at: \S+)?",
        "Using <python>",
        "Using CPython 3.11.7 interpreter at: /usr/bin/python3.11",
        "Using <python>",
    ),
    _row(
        "python",
        r"\bPython 3\.\d+\.\d+",
        "Python <python>",
        "-- Python 3.11.7, pytest-9.2.0",
        "-- Python <python>, pytest-9.2.0",
    ),
    _row(
        "python",
        r"(-- Python <python>.*)\bpluggy-[\d.]+",
        r"\1pluggy",
        "-- Python <python>, pluggy-1.6.0",
        "-- Python <python>, pluggy",
    ),
    _row("plugins", r"^plugins: .*", "plugins: <plugins>", "plugins: anyio-4.16.0", "plugins: <plugins>"),
    _row(
        "mysql-version",
        r"(?<![\w.=])(?:8\.[04]|9\.\d+)\.\d+(?:-[\w.~+]+)?(?![\w.])",
        "<mysql>",
        "| 9.7.4-2 | 8.4.6",
        "| <mysql> | <mysql>",
    ),
    _row(
        "temp-path",
        r"/tmp/(?:pytest-of-\w+|tmp\w+)[\w./-]*",
        "<temp-path>",
        "in /tmp/pytest-of-me/pytest-0/x",
        "in <temp-path>",
    ),
)


def normalise(lines: Sequence[str]) -> list[str]:
    """Lines as they are compared: volatile values hidden, no trailing spaces, changed tables laid out anew."""
    hidden = [_line(line) for line in lines]
    changed = [new != line.rstrip() for line, new in zip(lines, hidden, strict=True)]
    return _tables(hidden, changed)


def _line(line: str) -> str:
    for row in TABLE:
        line = row.pattern.sub(row.becomes, line)
    return line.rstrip()


def _tables(lines: list[str], changed: list[bool]) -> list[str]:
    """Lay out a MySQL table anew when one of its cells was hidden: the hidden value's width must not show."""
    done: list[str] = []
    at = 0
    while at < len(lines):
        end = at
        while end < len(lines) and re.match(r"[|+].*[|+]$", lines[end]):
            end += 1
        if end > at:
            done += [_cells(line) if any(changed[at:end]) else line for line in lines[at:end]]
        else:
            end = at + 1
            done.append(lines[at])
        at = end
    return done


def _cells(line: str) -> str:
    if line.startswith("|"):
        return "|" + "|".join(cell.strip() for cell in line.split("|")[1:-1]) + "|"
    return re.sub(r"-+", "-", line)
