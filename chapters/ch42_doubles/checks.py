"""How chapter 42 looks: accounts, tokens and hosts, an outside service that is silent, and what the tests double."""

import json
import re
from base64 import urlsafe_b64decode
from typing import Any

from workbook.student.ground import Ground, Probe, Program
from workbook.student.shape import Shape
from workbook.student.shape import look as shape_of
from workbook.student.vocabulary import (
    Answer,
    Api,
    Found,
    Moot,
    Rows,
    Schema,
    SettingsWith,
    Tests,
    check,
    look,
)

PASSWORD = "correct horse"
WHERE = """
import asyncio, importlib, threading
seen = []
for name, kind, method in (("argon2", "PasswordHasher", "hash"), ("bcrypt", None, "hashpw")):
    try:
        module = importlib.import_module(name)
    except ImportError:
        continue
    of = getattr(module, kind) if kind else module
    def put(of=of, method=method, original=getattr(of, method)):
        def hashing(*arguments, **options):
            seen.append(threading.get_ident())
            return original(*arguments, **options)
        setattr(of, method, hashing)
    put()
import httpx
from app.main import app
async def main():
    async with app.router.lifespan_context(app):
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
            await client.post("/v1/users", json={"name": "beside", "password": "correct horse"})
    print("SEEN", len(seen), threading.get_ident() in seen)
asyncio.run(main())
"""


@look
def silenced(ground: Ground, python: Any, schema: Schema) -> Api:
    """The application, started, with an outside service at a port on which nobody listens."""
    silent = {"HOLIDAYS_URL": "http://127.0.0.1:9"}
    probe = Probe(ground, python, ground.throwaway.environment(schema.database) | silent)
    seen = probe.ask("find", path="/v1/meetings/{url_code}/holidays", login=ground.login(schema.database))
    probe.ask("start")
    return Api(probe, seen["paths"], seen["description"])


def signed_in(api: Api, name: str) -> dict[str, str]:
    """The header of a user, who signs up when nobody has the name."""
    api.post("/v1/users", json={"name": name, "password": PASSWORD})
    answer = api.post("/v1/token", form={"username": name, "password": PASSWORD})
    return {"authorization": f"Bearer {(answer.json or {}).get('access_token')}"}


def made(api: Api, **headers: str) -> str:
    """The code of a new meeting with a range."""
    code = str(api.post("/v1/meetings", headers=headers).json["url_code"])
    api.patch(f"/v1/meetings/{code}/date_range", json={"start_date": "2026-12-30", "end_date": "2027-01-01"})
    return code


def said(answer: Answer) -> dict[str, object]:
    """Its status and its words, for a sentence."""
    return {"status": answer.status or 500, "said": answer.raised or answer.body[:200]}


@check(after="ch36/post_answers_a_code")
def people_sign_up(api: Api, rows: Rows) -> Found:
    """201 with id and name, 409 for a name that is taken, 422 for a short password; the table has no password."""
    new = {"name": "mina", "password": PASSWORD}
    answer, again = (api.post("/v1/users", json=new) for _ in range(2))
    short = api.post("/v1/users", json={"name": "jun", "password": "short"})
    if answer.status != 201 or (answer.json or {}).keys() != {"id", "name"}:
        yield "status", said(answer)
    elif any(PASSWORD in str(value) for row in rows.holding("name") for value in row.values()):
        yield "plain", {}
    elif again.status != 409:
        yield "twice", said(again)
    elif short.status != 422:
        yield "short", said(short)


@check(after=people_sign_up)
def others_are_served_meanwhile(ground: Ground, python: Any, schema: Schema) -> Found:
    """The hash is made on another thread than the loop's."""
    program = Program(ground, [str(python), "-c", WHERE], ground.throwaway.environment(schema.database))
    with program.within(ground.seconds):
        program.process.wait()
    found = re.search(r"^SEEN (\d+) (True|False)$", program.printed, re.MULTILINE)
    if not found or found[1] == "0":
        raise Moot("unknown")
    if found[2] == "True":
        yield "on_the_loop", {}


@check(after=people_sign_up)
def tokens_are_checked(settings_with: SettingsWith) -> Found:
    """Settings refuse a short secret, and production the one of the repository."""
    if not settings_with("JWT_SECRET=short").error:
        yield "short", {}
    elif not settings_with("ENV=prod").error:
        yield "prod", {}


@check(after=people_sign_up)
def people_sign_in(api: Api) -> Found:
    """A bearer's token with a text `sub` and an `exp`; one 401 for a wrong password and an unknown name."""
    api.post("/v1/users", json={"name": "mina", "password": PASSWORD})
    names = {"right": ("mina", PASSWORD), "wrong": ("mina", "wrong horse"), "unknown": ("nobody", PASSWORD)}
    right, wrong, unknown = (api.post("/v1/token", form={"username": n, "password": p}) for n, p in names.values())
    token = right.json or {}
    if right.status != 200 or token.get("token_type") != "bearer" or "access_token" not in token:
        yield "status", said(right)
        return
    claims = json.loads(urlsafe_b64decode(token["access_token"].split(".")[1] + "=="))
    for claim, kind in (("sub", str), ("exp", int)):
        if not isinstance(claims.get(claim), kind):
            yield "claims", {"claim": claim, "claims": claims}
    if wrong.status != 401:
        yield "refusal", said(wrong)
    elif (wrong.status, wrong.body) != (unknown.status, unknown.body):
        yield "differs", {}


@check(after=people_sign_in)
def a_meeting_has_its_host(api: Api, rows: Rows) -> Found:
    """The row names the user whose token came, or nobody."""
    anonymous = api.post("/v1/meetings")
    forged = api.post("/v1/meetings", headers={"authorization": "Bearer nothing"})
    if anonymous.status != 200:
        yield "anonymous", said(anonymous)
        return
    hosts = {row["url_code"]: [row[name] for name in row if name.endswith("_id")] for row in rows.holding("url_code")}
    code = api.post("/v1/meetings", headers=signed_in(api, "mina")).json["url_code"]
    [mine] = [row for row in rows.holding("url_code") if row["url_code"] == code]
    if not any(value for name, value in mine.items() if name.endswith("_id")):
        yield "nobody", {}
    elif any(hosts[anonymous.json["url_code"]]):
        yield "everybody", {}
    elif forged.status != 401:
        yield "forged", said(forged)


@check(after="ch35/tests_run")
def deleting_is_tested(tests: Tests) -> Found:
    """The tests of the route pass, and there are some."""
    for failure in tests.failing:
        yield "fails", {"failure": failure}
    if tests.sent_instead is not None and not tests.failing:
        yield "nobody", {"route": tests.route}


@check(after=("ch35/the_ground_is_sound", deleting_is_tested))
def the_deleting_tests_can_tell(tests: Tests) -> Found:
    """A wrong application turns a test red."""
    for wrong in tests.fooled_by:
        yield wrong, {}


@check(after=a_meeting_has_its_host)
def only_the_host_deletes(api: Api, rows: Rows) -> Found:
    """401, 403, 404, then 204; nothing of the meeting is left."""
    host, other = signed_in(api, "mina"), signed_in(api, "jun")
    code = made(api, **host)
    api.post("/v1/participants", json={"meeting_url_code": code, "name": "a"})
    steps = {"no_token": ({}, code, 401), "another": (other, code, 403), "unknown": (host, "xY7", 404)}
    for name, (headers, of, status) in {**steps, "status": (host, code, 204)}.items():
        answer = api.delete(f"/v1/meetings/{of}", headers=headers)
        if answer.status != status:
            yield name, said(answer)
            return
    left = [row for row in rows.holding("url_code") if row["url_code"] == code]
    left += [row for row in rows.holding("meeting_id") if row["meeting_id"] == code]
    if left:
        yield "left", {"count": len(left)}


@check(after=people_sign_up)
def holidays_are_named(silenced: Api) -> Found:
    """404 for no meeting, 400 for one without a range."""
    code = silenced.post("/v1/meetings").json["url_code"]
    for name, of, status in (("nowhere", "xY7", 404), ("no_range", code, 400)):
        answer = silenced.get(f"/v1/meetings/{of}/holidays")
        if answer.status != status or (name == "nowhere" and "xY7" not in answer.body):
            yield name, said(answer)
            return


@check(after=holidays_are_named)
def a_silent_service_is_said(silenced: Api) -> Found:
    """200 with nothing, which is said not to be complete."""
    answer = silenced.get(f"/v1/meetings/{made(silenced)}/holidays")
    if answer.status != 200:
        yield "breaks", said(answer)
    elif answer.json != {"holidays": [], "complete": False}:
        yield "claims", {"body": answer.body[:200]}


@check(after="ch35/tests_run")
def the_tests_ask_mysql(ground: Ground) -> Found:
    """The README speaks of SQLite, and no test opens one."""
    for file, text in shape_of(ground.project).texts.items():
        if "sqlite://" in text and ("test" in file.as_posix()):
            yield "sqlite", {"file": file}
    readme = ground.project / "README.md"
    if not readme.is_file() or "SQLite" not in readme.read_text(encoding="utf-8", errors="replace"):
        yield "silent", {}


@check(after="ch35/tests_run", lasts=False)
def requests_are_made_up_with_a_token(ground: Ground) -> Found:
    """A test that runs Schemathesis gives it a header."""
    texts = [text for text in shape_of(ground.project).texts.values() if "schemathesis" in text.lower()]
    if not any("Authorization" in text for text in texts):
        yield "without", {}


def reached(project: Shape, route: str) -> bool:
    """The application names the route's method on a meeting."""
    return any(".delete(" in text and "meeting" in text and "APIRouter" in text for text in project.texts.values())
