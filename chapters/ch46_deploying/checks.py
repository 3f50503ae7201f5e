"""How chapter 46 looks: the container's own command, served and told to stop; `app.check`; the platforms' files."""

import json
import re
import socket
import tomllib
from collections.abc import Iterator
from contextlib import closing, suppress
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any, NamedTuple

from workbook.student.ground import Program
from workbook.student.shape import Shape
from workbook.student.vocabulary import Broken, Found, Ground, Moot, Workflow, check, look

STRONG = "a stand-in of the workbook's, as strong as a real one: 0123456789"
GOOD = {"ENV": "prod", "MYSQL_HOST": "db.internal", "MYSQL_USER": "app", "CORS_ORIGINS": '["https://app.example"]'}
GOOD |= {"JWT_SECRET": STRONG, "MYSQL_PASSWORD": STRONG, "RATE": "100/minute"}
GOOD |= {"RATE_STORAGE": "async+redis://redis.internal:6379"}
BAD = {"ENV": "local", "JWT_SECRET": "secret" * 11, "MYSQL_USER": "root", "MYSQL_PASSWORD": "1234"}
BAD |= {"CORS_ORIGINS": '["*"]', "RATE_STORAGE": "async+memory://"}
SENT = {"path": "wbInThePath", "?password=": "wbInTheQuery", "Authorization": "wbInAHeader", "password": "wbInTheBody"}
HEADERS = {"Authorization": f"Bearer {SENT['Authorization']}", "Content-Type": "application/json"}
BODY = json.dumps({"password": SENT["password"]}).encode()
FAILS = """from {} import {} as app
def fail(code: str, body: dict[str, str]):
    raise ValueError(code, body)
getattr(app, "app", app).add_api_route("/workbook/{{code}}", fail, methods=["POST"])
"""
UVICORN = re.compile(r"\buvicorn[\s\"',]+([\w.]+):(\w+)(.*)")
PLANT = ["bash", "-c", 'printf %s "$PLANTED" > workbook_served.py; exec "$@"', "bash"]
HEALTH = re.compile(r"(http_service\.checks|services\.http_checks)\.path|deploy\.healthcheckPath")
NUMBERS = re.compile(r".*\.(drainingSeconds|overlapSeconds|healthcheckTimeout|restartPolicyMaxRetries|internal_port)")
UNSAID = {"fly.toml": 5, "railway.json": 3, "railway.toml": 3}
"""Seconds between SIGTERM and SIGKILL, where a file does not say them."""


class Served(NamedTuple):
    """Of each request its path, status and id; what was printed; the status of the one that SIGTERM met."""

    answers: list[tuple[str, int, str]]
    lines: list[str]
    last: int


def fields(told: dict[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    """All that a file says, as `deploy.drainingSeconds` and its value."""
    for name, value in told.items():
        for each in value if isinstance(value, list) else [value]:
            yield from fields(each, f"{above}{name}.") if isinstance(each, dict) else [(above + name, each)]


@look
def platforms(ground: Ground) -> dict[str, list[tuple[str, Any]]]:
    """What the platforms' files say. Raises Broken: one cannot be read."""
    files = [ground.project / name for name in ("fly.toml", "railway.json", "railway.toml")]
    loads, found = {".toml": tomllib.loads, ".json": json.loads}, {}
    for file in filter(Path.is_file, files):
        try:
            found[file.name] = [*fields(dict(loads[file.suffix](file.read_text(encoding="utf-8"))))]
        except (ValueError, TypeError) as error:
            raise Broken(f"{file.name}: {error}") from None
    return found


@look
def start(ground: Ground) -> str:
    """What starts the container: the Dockerfile, and scripts of the shell."""
    files = [ground.project / "Dockerfile", *ground.project.glob("*.sh"), *ground.project.glob("[!.]*/*.sh")]
    return "\n".join(file.read_text(encoding="utf-8") for file in files if file.is_file())


@look
def asking(ground: Ground, workflow: Workflow) -> list[dict[str, str]]:
    """The variables of each step of the workflow that runs `app.check`, or a target of make when one does."""
    make, found = ground.project / "Makefile", []
    made = make.is_file() and "app.check" in make.read_text(encoding="utf-8")
    asks = re.compile(r"app\.check|\bmake\b" if made else r"app\.check")
    for job in workflow.jobs.values():
        for step in [step for step in job.get("steps", ()) if asks.search(step.get("run", ""))]:
            told = [place.get("env") for place in (workflow.content, job, step)]
            found.append({name: value for each in told if isinstance(each, dict) for name, value in each.items()})
    return found


@look
def production(asking: list[dict[str, str]] | None = None) -> dict[str, str]:
    """Settings of production: those of the workflow's step, if it has such ones; else the course's."""
    told = next((values for values in asking or () if values.get("ENV", "").startswith("prod")), GOOD)
    return {name: STRONG if "${{" in value else value for name, value in told.items()}


@look
def served(ground: Ground, python: Path, start: str, production: dict[str, str]) -> Served:
    """Serve it as its container does, with a route that fails; send requests, and SIGTERM while one is half sent."""
    if not (command := UVICORN.search(start)):
        raise Moot("unknown")
    flags = ["0" if "$" in word else word for word in re.findall(r"[^\s\"',\]]+", command[3])]
    values = {name: value for name, value in production.items() if "redis" not in value}
    values |= ground.throwaway.environment(ground.make("served")) | {"PLANTED": FAILS.format(command[1], command[2])}
    with socket.create_server(("127.0.0.1", 0), backlog=128) as listening:
        listening.set_inheritable(True)
        uvicorn = [str(python), "-m", "uvicorn", "workbook_served:app", *flags, "--fd", str(listening.fileno())]
        program, address = Program(ground, PLANT + uvicorn, values, close_fds=False), listening.getsockname()

    def ask(path: str, body: bytes) -> tuple[str, int, str]:
        path += SENT["path"]
        with closing(HTTPConnection(*address)) as client:
            client.request("POST", f"{path}?password={SENT['?password=']}", body, HEADERS)
            with client.getresponse() as answer:
                return path, answer.status, answer.getheader("X-Request-ID", "")

    answers, last = [], 0
    with program.within(ground.seconds):
        with suppress(OSError, HTTPException), closing(HTTPConnection(*address)) as half:
            answers += [ask("/", BODY), ask("/workbook/", b"[%b]" % BODY)]
            half.request("POST", "/workbook/half", BODY[:1], HEADERS | {"Content-Length": str(len(BODY))})
            answers.append(ask("/workbook/", BODY))  # came later: by now the other is under way
            program.process.terminate()
            half.send(BODY[1:])
            with half.getresponse() as answer:
                last = answer.status
        program.process.wait()
    lines = [line for line in program.printed.splitlines() if line.strip()]
    if len(answers) < 3:
        raise Broken(["uvicorn printed nothing", *lines][-1])
    return Served(answers, lines, last)


def is_json(line: str) -> bool:
    """Whether a line is an object of JSON."""
    with suppress(ValueError):
        return isinstance(json.loads(line), dict)
    return False


@check()
def each_request_is_one_line(served: Served) -> Found:
    """All that is printed is JSON, and each answer's id stands in one line."""
    if text := [line for line in served.lines if not is_json(line)]:
        yield "text", {"line": text[0][:200]}
        return
    for path, status, name in served.answers:
        count = sum(f'"{name}"' in line for line in served.lines)
        if not name or count != 1:
            yield "lines" if name else "nameless", {"path": path, "status": status, "count": count}
            return


@check(after=each_request_is_one_line)
def no_line_tells_what_was_sent(served: Served) -> Found:
    """No value that we sent is in a line."""
    for place, value in SENT.items():
        if told := [line for line in served.lines if value in line]:
            yield "tells", {"place": place, "line": re.sub(rf".*?(.{{0,99}}{value}.{{0,99}}).*", r"\1", told[0])}


@check()
def production_is_judged(ground: Ground, python: Path, production: dict[str, str]) -> Found:
    """`app.check` is content with good settings, and not with one that is bad: each has a line of its own."""
    command, seen = [str(python), "-m", "app.check"], set[str]()
    changes = [{}, *({name: bad} for name, bad in BAD.items() if name in production)]
    for change, program in [(change, Program(ground, command, production | change)) for change in changes]:
        with program.within(ground.seconds):
            code, lines = program.process.wait(), program.printed.strip().split("\n")
        if not change and code:
            absent = "No module named app.check" in lines[-1]
            yield "absent" if absent else "refuses", {"code": code, "said": lines[-1]}
            return
        if change and (code == 0 or seen.issuperset(lines)):
            yield "unnamed" if code else "passes", {"setting": "=".join(*change.items()), "code": code}
        seen.update(lines)


@check()
def ci_asks_it_too(asking: list[dict[str, Any]]) -> Found:
    """A step of the workflow runs `app.check`."""
    if not asking:
        yield "apart", {}


@check()
def each_platform_migrates_and_asks(platforms: dict[str, list[tuple[str, Any]]], start: str) -> Found:
    """Each file migrates, has a check that the platform heeds, and numbers where it wants numbers."""
    if not platforms:
        yield "absent", {}
    for file, told in platforms.items():
        if "app.migrate" not in f"{start} {told}":
            yield "migrates", {"file": file}
        if not any(HEALTH.fullmatch(name) and value == "/readyz" for name, value in told):
            yield "asks", {"file": file}
        for name, value in [each for each in told if NUMBERS.fullmatch(each[0]) and isinstance(each[1], str)]:
            yield "text", {"file": file, "field": name, "value": value}


@check(after=each_platform_migrates_and_asks)
def it_stops_in_order(served: Served, platforms: dict[str, list[tuple[str, Any]]], start: str) -> Found:
    """What is under way is answered; Uvicorn's patience ends before the platform's; a shell fills in the port."""
    if not served.last:
        yield "lost", {}
    for file, told in [(file, dict(told)) for file, told in platforms.items()]:
        command = str(told.get("deploy.startCommand") or told.get("processes.app") or start)
        patience = told.get("kill_timeout") or told.get("deploy.drainingSeconds") or UNSAID[file]
        patience = str(patience).removesuffix("s")
        limit = (re.findall(r"--timeout-graceful-shutdown\W+(\d+)", command) or ["∞"])[-1]
        if limit == "∞" or (patience.isdecimal() and int(limit) >= int(patience)):
            yield "cut", {"file": file, "limit": limit, "patience": patience}
        if command != start and "$" in command and not re.match(r"\S*sh -\w*c ", command):
            yield "shell", {"file": file, "command": command}


def reached(project: Shape, route: str) -> bool:
    """The application names its requests."""
    return any("x-request-id" in text.lower() for file, text in project.texts.items() if "tests" not in file.parts)
