"""The project's `.env`: what stands in it, and what the application will make of that."""

import ast
import difflib
import io
import re
import subprocess
from pathlib import Path

from dotenv.parser import Binding, parse_stream

from workbook.doctor.finding import Finding
from workbook.language import text

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
            text(".env has Windows line ends (CRLF).", ".env의 줄 끝이 윈도우 방식(CRLF)이에요."),
            text(
                "A shell or Docker reads the carriage return as part of the value: the password ends in it.",
                "셸과 Docker는 그 글자를 값의 일부로 읽어요. 비밀번호 끝에 붙어 버려요.",
            ),
            "sed -i 's/\\r$//' .env",
        )
    ]


def _committed(project: Path) -> list[Finding]:
    tracked = subprocess.run(["git", "ls-files", ".env"], cwd=project, capture_output=True, text=True).stdout.strip()
    if not tracked:
        return []
    return [
        Finding(
            text(".env is in git.", ".env가 git에 들어 있어요."),
            text(
                "Whoever clones the repository has the password.",
                "저장소를 클론하는 사람은 누구나 비밀번호를 알게 돼요.",
            ),
            "git rm --cached .env && echo .env >> .gitignore",
        )
    ]


def _not_utf8() -> Finding:
    return Finding(
        text(".env is not UTF-8 text.", ".env가 UTF-8이 아니에요."),
        text("The application cannot read it.", "앱이 읽을 수 없어요."),
        "iconv -f cp949 -t utf-8 .env > .env.new && mv .env.new .env",
    )


def _unreadable(number: int) -> Finding:
    return Finding(
        text(f".env, line {number}, cannot be read.", f".env {number}번째 줄을 읽을 수 없어요."),
        text("The setting in it does not count, and nobody says so.", "그 줄의 설정은 조용히 무시돼요."),
        text("Write NAME='value' there, with both quotes.", "그 줄을 NAME='값'처럼 따옴표를 짝 맞춰 쓰세요."),
    )


def _unknown(number: int, key: str, known: set[str]) -> Finding:
    near = [OTHER_NAMES[key.upper()]] if OTHER_NAMES.get(key.upper()) in known else []
    near = near or difflib.get_close_matches(key.upper(), sorted(known), 1)
    return Finding(
        text(
            f".env, line {number}: the application has no setting {key}.",
            f".env {number}번째 줄: {key}라는 설정은 없어요.",
        ),
        text(
            "It refuses to start: Extra inputs are not permitted.",
            "앱이 시작되지 않아요: Extra inputs are not permitted.",
        ),
        f"sed -i '{number}s/^{key}/{near[0]}/' .env" if near else f"sed -i '{number}d' .env",
    )


def _twice(number: int, key: str) -> Finding:
    return Finding(
        text(f".env, line {number}: {key} stands there a second time.", f".env {number}번째 줄: {key}가 두 번 나와요."),
        text("The last one counts, whatever the first says.", "앞의 값과 상관없이 마지막 값이 쓰여요."),
        f"sed -i '{number}d' .env",
    )


def _cut(number: int, key: str) -> Finding:
    return Finding(
        text(
            f".env, line {number}: {key} has a space and a # in it, without quotes.",
            f".env {number}번째 줄: {key} 값에 따옴표 없이 공백과 #이 있어요.",
        ),
        text("What follows is taken for a comment: the value ends before it.", "그 뒤는 주석으로 읽혀서 값이 잘려요."),
        text(f"Put the value in single quotes: {key}='…'", f"값을 작은따옴표로 감싸세요: {key}='…'"),
    )


def _replaced(number: int, key: str) -> Finding:
    return Finding(
        text(f".env, line {number}: {key} has ${{…}} in it.", f".env {number}번째 줄: {key} 값에 ${{…}}가 있어요."),
        text(
            "It is replaced by the variable of that name, or by nothing.",
            "그 이름의 변수 값으로 바뀌거나, 없으면 사라져요.",
        ),
        text("Choose a value of letters and digits.", "글자와 숫자로만 된 값을 쓰세요."),
    )
