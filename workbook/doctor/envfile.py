"""The project's `.env`: what stands in it, and what the application will make of that."""

import ast
import difflib
import io
import re
import subprocess
from pathlib import Path

from dotenv.parser import Binding, parse_stream

from workbook.doctor.finding import Finding
from workbook.say import _

OTHER_NAMES = {
    "MYSQL_DATABASE": "MYSQL_DB",
    "DB_HOST": "MYSQL_HOST",
    "DB_PORT": "MYSQL_PORT",
    "DB_PASSWORD": "MYSQL_PASSWORD",
}
"""What the same settings are called by images and by other courses."""

_SECRET = re.compile(r"PASSWORD|SECRET|TOKEN|KEY", re.IGNORECASE)


def examine(project: Path) -> list[Finding]:
    """What is wrong with the project's `.env`; nothing when there is none, which is fine: the defaults serve."""
    file = project / ".env"
    if not file.is_file():
        return []
    content = file.read_bytes()
    found = [*_bytes(content), *_committed(project)]
    try:
        lines = content.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError:
        return [_not_utf8(), *found]
    known = settings(project)
    seen: set[str] = set()
    for number, binding in _bindings(lines):
        found += _binding(number, binding, known, seen)
    return found


def settings(project: Path) -> set[str]:
    """The names that the application's settings have, read from `app/configs` without running it."""
    names: set[str] = set()
    for file in (project / "app/configs").glob("*.py"):
        try:
            tree = ast.parse(file.read_text(encoding="utf-8"))
        except (SyntaxError, UnicodeDecodeError):
            continue
        classes = [node for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
        fields = [each.target for node in classes for each in node.body if isinstance(each, ast.AnnAssign)]
        names |= {target.id.upper() for target in fields if isinstance(target, ast.Name)}
    return names


def _bindings(lines: str) -> list[tuple[int, Binding]]:
    """Each line that says something, with its number as an editor counts."""
    found = []
    for binding in parse_stream(io.StringIO(lines)):
        original = binding.original.string
        before = original[: len(original) - len(original.lstrip())].count("\n")
        if binding.key is not None or binding.error:
            found.append((binding.original.line + before, binding))
    return found


def _binding(number: int, binding: Binding, known: set[str], seen: set[str]) -> list[Finding]:
    raw = binding.original.string.strip().partition("=")[2].strip()
    if binding.error or binding.key is None:
        return [_unreadable(number)]
    key, found = binding.key, []
    if known and key.upper() not in known:
        found.append(_unknown(number, key, known))
    if key.upper() in seen:
        found.append(_twice(number, key))
    seen.add(key.upper())
    quoted = raw[:1] in ("'", '"')
    if not quoted and _SECRET.search(key) and re.search(r"\s#", raw):
        found.append(_cut(number, key))
    if "${" in raw and not raw.startswith("'"):
        found.append(_replaced(number, key))
    return found


def _bytes(content: bytes) -> list[Finding]:
    if b"\r\n" not in content:
        return []
    return [
        Finding(
            _(".env has Windows line ends (CRLF)."),
            _("A shell or Docker reads the carriage return as part of the value: the password ends in it."),
            "sed -i 's/\\r$//' .env",
        )
    ]


def _committed(project: Path) -> list[Finding]:
    tracked = subprocess.run(["git", "ls-files", ".env"], cwd=project, capture_output=True, text=True).stdout.strip()
    if not tracked:
        return []
    return [
        Finding(
            _(".env is in git."),
            _("Whoever clones the repository has the password."),
            "git rm --cached .env && echo .env >> .gitignore",
        )
    ]


def _not_utf8() -> Finding:
    return Finding(
        _(".env is not UTF-8 text."),
        _("The application cannot read it."),
        "iconv -f cp949 -t utf-8 .env > .env.new && mv .env.new .env",
    )


def _unreadable(number: int) -> Finding:
    return Finding(
        _(".env, line {number}, cannot be read.", number=number),
        _("The setting in it does not count, and nobody says so."),
        _("Write NAME='value' there, with both quotes."),
    )


def _unknown(number: int, key: str, known: set[str]) -> Finding:
    near = [OTHER_NAMES[key.upper()]] if OTHER_NAMES.get(key.upper()) in known else []
    near = near or difflib.get_close_matches(key.upper(), sorted(known), 1)
    return Finding(
        _(".env, line {number}: the application has no setting {key}.", number=number, key=key),
        _("It refuses to start: Extra inputs are not permitted."),
        f"sed -i '{number}s/^{key}/{near[0]}/' .env" if near else f"sed -i '{number}d' .env",
    )


def _twice(number: int, key: str) -> Finding:
    return Finding(
        _(".env, line {number}: {key} stands there a second time.", number=number, key=key),
        _("The last one counts, whatever the first says."),
        f"sed -i '{number}d' .env",
    )


def _cut(number: int, key: str) -> Finding:
    return Finding(
        _(".env, line {number}: {key} has a space and a # in it, without quotes.", number=number, key=key),
        _("What follows is taken for a comment: the value ends before it."),
        _("Put the value in single quotes: {key}='…'", key=key),
    )


def _replaced(number: int, key: str) -> Finding:
    return Finding(
        _(".env, line {number}: {key} has ${{…}} in it.", number=number, key=key),
        _("It is replaced by the variable of that name, or by nothing."),
        _("Choose a value of letters and digits."),
    )
