"""How chapter 44 looks: the command that migrates, as processes; /livez and /readyz; and the container's files."""

import re
from pathlib import Path

from workbook.mysql.login import cursor
from workbook.student.ground import Probe, Program
from workbook.student.shape import Shape
from workbook.student.vocabulary import Answer, Api, Found, Ground, Moot, Rows, Schema, check, look

LAST = "UPDATE aerich SET version = CONCAT('{}', SUBSTRING(version, {})) ORDER BY id DESC LIMIT 1"
BUSY = "SELECT COUNT(*) + SLEEP(0.1) FROM information_schema.processlist WHERE db = '{}' AND command <> 'Sleep'"


def migrators(ground: Ground, python: Path, database: str, count: int) -> list[tuple[int, str]]:
    """Start the command so often at once: exit codes, and what each printed. None may write before all are at work."""
    login = ground.throwaway.environment(database)
    with cursor(ground.throwaway) as ask:
        ask.execute("FLUSH TABLES WITH READ LOCK")
        started = [Program(ground, [str(python), "-m", "app.migrate"], login) for _ in range(count)]
        for _ in range(300):  # half a minute
            ask.execute(BUSY.format(database))
            if ask.fetchall()[0][0] >= sum(each.process.poll() is None for each in started):
                break
        ask.execute("UNLOCK TABLES")
    for each in started:
        with each.within(ground.seconds):
            each.process.wait()
    return [(each.process.returncode, each.printed.strip()) for each in started]


@look
def migrated(ground: Ground) -> str:
    """An empty database, which the first check has migrated."""
    return ground.make("migrate")


@look
def away(ground: Ground, python: Path) -> Api:
    """The application, started, with a MySQL that is not there."""
    probe = Probe(ground, python, ground.throwaway.environment("nowhere") | {"MYSQL_PORT": "9"})
    seen = probe.ask("find", path="/livez", login=ground.login() | {"host": "127.0.0.1", "port": 9})
    probe.ask("start")
    return Api(probe, seen["paths"], seen["description"])


def said(answer: Answer) -> dict[str, object]:
    """Its status and its words, for a sentence."""
    return {"status": answer.status or 500, "said": answer.raised or answer.body[:200]}


@check()
def three_migrate_at_once(ground: Ground, python: Path, migrated: str, schema: Schema) -> Found:
    """Three processes on an empty database: all exit with 0, and each file is there once."""
    failed = [(code, said.split("\n")[-1]) for code, said in migrators(ground, python, migrated, 3) if code]
    if failed and "No module named app.migrate" in failed[0][1]:
        yield "absent", {}
    elif failed:
        yield "stopped", {"count": len(failed), "code": failed[0][0], "said": failed[0][1]}
    elif {*Rows(ground.throwaway, migrated)("SELECT version FROM aerich")} != {(each,) for each in schema.files}:
        yield "lacks", {"files": len(schema.files)}


@check(after=three_migrate_at_once)
def who_stops_says_the_way_back(ground: Ground, python: Path, migrated: str, schema: Schema) -> Found:
    """What the last file adds is there already, and not noted: a sentence with file, statement and the way back."""
    Rows(ground.throwaway, migrated)(LAST.format("x", 1))
    [(code, printed)] = migrators(ground, python, migrated, 1)
    Rows(ground.throwaway, migrated)(LAST.format("", 2))
    if code == 0:
        raise Moot("unknown")
    if "Traceback" in printed:
        yield "traceback", {"said": printed.split("\n")[-1]}
    elif not any(file in printed for file in schema.files) or not re.search(r"\b(ALTER|CREATE|INSERT)\b", printed):
        yield "where", {"said": printed}


@check(after="ch36/post_answers_a_code")
def alive_asks_nothing(api: Api, away: Api) -> Found:
    """/livez is 200 with and without a database, and sends no statement."""
    answer, alone = api.get("/livez"), away.get("/livez")
    if answer.status != 200:
        yield "status", said(answer)
    elif answer.statements:
        yield "asks", {"statement": answer.statements[0]}
    elif alone.status != 200:
        yield "needs", said(alone)


@check(after=alive_asks_nothing)
def ready_says_why_not(api: Api, away: Api, rows: Rows, schema: Schema) -> Found:
    """/readyz is 200, and 503 without a database or with a file that is not applied, which it names."""
    answer, alone = api.get("/readyz"), away.get("/readyz")
    rows(LAST.format("x", 1))
    behind = api.get("/readyz")
    rows(LAST.format("", 2))
    for name, each, wanted in (("ready", answer, 200), ("database", alone, 503), ("behind", behind, 503)):
        if each.status != wanted:
            yield name, said(each)
    if behind.status == 503 and not any(file in behind.body for file in schema.files):
        yield "which", said(behind)


@check(after=ready_says_why_not, lasts=False)
def the_image_is_root_nowhere(ground: Ground) -> Found:
    """The last stage has a numeric USER that is not 0, and a HEALTHCHECK on /readyz; .env stays out."""
    files = [ground.project / name for name in ("Dockerfile", ".dockerignore")]
    image, ignored = (file.read_text(encoding="utf-8") if file.is_file() else "" for file in files)
    stage = re.split(r"^FROM ", image, flags=re.MULTILINE)[-1]
    if not image:
        yield "absent", {}
    elif not re.search(r"^USER +[1-9]\d*(:\d+)?$(?!(.|\n)*^USER )", stage, re.MULTILINE):
        yield "user", {}
    elif not re.search(r"^HEALTHCHECK(.|\\\n)*/readyz", stage, re.MULTILINE):
        yield "health", {}
    elif not re.search(r"^(\*|\*\*|(\*\*/)?\.env\*?)$", ignored, re.MULTILINE):
        yield "secret", {}


def reached(project: Shape, route: str) -> bool:
    """The application says whether it is ready."""
    return any("/readyz" in text for file, text in project.texts.items() if "tests" not in file.parts)
