"""How chapter 42 looks: accounts, tokens and hosts, an outside service that is silent, and what the tests double."""

from pathlib import Path

from workbook.student.check import Moot
from workbook.student.ground import Ground, Program
from workbook.student.shape import Shape
from workbook.student.shape import look as shape_of
from workbook.student.vocabulary import Api, Found, Rows, Schema, SettingsWith, Tests, check, fooled, unlike, untested

PASSWORD = "correct horse"
HASHING = """
import argon2, asyncio, httpx, threading
from app.main import app
hash_, seen, user = argon2.PasswordHasher.hash, [], {"name": "beside", "password": "correct horse"}
argon2.PasswordHasher.hash = lambda *given, **more: seen.append(threading.get_ident()) or hash_(*given, **more)
async def main():
    async with app.router.lifespan_context(app):
        await httpx.AsyncClient(transport=httpx.ASGITransport(app)).post("http://a/v1/users", json=user)
    print("HASHED", threading.get_ident() in seen if seen else None)
asyncio.run(main())
"""


def signed_in(api: Api, name: str) -> dict[str, str]:
    """The header of a user, who signs up when nobody has the name."""
    api.post("/v1/users", json={"name": name, "password": PASSWORD})
    answer = api.post("/v1/token", form={"username": name, "password": PASSWORD})
    return {"authorization": f"Bearer {answer.fields.get('access_token')}"}


@check(after="ch36/post_answers_a_code")
def people_sign_up(api: Api, rows: Rows) -> Found:
    """201, then 409 for a name that is taken; no row has the password."""
    answer, again = (api.post("/v1/users", json={"name": "mina", "password": PASSWORD}) for _ in range(2))
    yield from unlike(status=(answer, 201), twice=(again, 409))
    if any(PASSWORD in map(str, row.values()) for row in rows.holding("name")):
        yield "plain", {}


@check(after=people_sign_up)
def others_are_served_meanwhile(ground: Ground, python: Path, schema: Schema) -> Found:
    """The hash is made on another thread than the loop's."""
    program = Program(ground, [str(python), "-c", HASHING], ground.throwaway.environment(schema.database))
    with program.within(ground.seconds):
        program.process.wait()
    if "HASHED True" in program.printed:
        yield "on_the_loop", {}
    elif "HASHED False" not in program.printed:
        raise Moot("unknown")


@check(after=people_sign_up)
def tokens_are_checked(settings_with: SettingsWith) -> Found:
    """Settings refuse a short secret, and production the one of the repository."""
    if not settings_with("JWT_SECRET=short").error:
        yield "short", {}
    if not settings_with("ENV=prod\nJWT_SECRET").error:  # without a value, as if it stood nowhere
        yield "prod", {}


@check(after=people_sign_up)
def people_sign_in(api: Api) -> Found:
    """200 for the right password; one 401 for a wrong one and an unknown name."""
    tried = ("mina", PASSWORD), ("mina", "wrong horse"), ("nobody", PASSWORD)
    answers = [api.post("/v1/token", form={"username": name, "password": word}) for name, word in tried]
    right, wrong, unknown = answers
    yield from unlike(status=(right, 200), refusal=(wrong, 401))
    if wrong.status == 401 and wrong.body != unknown.body:
        yield "differs", {}


@check(after=people_sign_in)
def a_meeting_has_its_host(api: Api, rows: Rows) -> Found:
    """The row names the user whose token came; 401 for a token that is none."""
    mine = api.post("/v1/meetings", headers=signed_in(api, "mina"))
    yield from unlike(forged=(api.post("/v1/meetings", headers={"authorization": "Bearer nothing"}), 401))
    made = [row for row in rows.holding("url_code") if row["url_code"] == mine.fields.get("url_code")]
    if not any(value for row in made for name, value in row.items() if name.endswith("_id")):
        yield "nobody", {}


@check(after=a_meeting_has_its_host)
def only_the_host_deletes(api: Api, rows: Rows) -> Found:
    """401, 403, 404, then 204; nothing of the meeting is left."""
    host, other = signed_in(api, "mina"), signed_in(api, "jun")
    code = api.post("/v1/meetings", headers=host).json["url_code"]
    asked = {"no_token": (code, {}), "another": (code, other), "unknown": ("xY7", host), "status": (code, host)}
    answers = [api.delete(f"/v1/meetings/{of}", headers=headers) for of, headers in asked.values()]
    yield from unlike(**dict(zip(asked, zip(answers, (401, 403, 404, 204), strict=True), strict=True)))
    if any(row["url_code"] == code for row in rows.holding("url_code")):
        yield "left", {}


@check(after=people_sign_up)
def holidays_are_named(api: Api) -> Found:
    """404 for no meeting, 400 for one without a range."""
    codes = "xY7", api.post("/v1/meetings").json["url_code"]
    nowhere, no_range = (api.get(f"/v1/meetings/{code}/holidays") for code in codes)
    return unlike(nowhere=(nowhere, 404), no_range=(no_range, 400))


@check(after=holidays_are_named)
def a_silent_service_is_said(api: Api) -> Found:
    """200 with nothing, which is said not to be complete. Where we look, nobody outside answers."""
    path = f"/v1/meetings/{api.post('/v1/meetings').json['url_code']}"
    api.patch(f"{path}/date_range", json={"start_date": "2026-12-30", "end_date": "2027-01-01"})
    answer = api.get(f"{path}/holidays")
    yield from unlike(breaks=(answer, 200))
    if answer.status == 200 and answer.json != {"holidays": [], "complete": False}:
        yield "claims", {"body": answer.body[:200]}


@check()
def the_tests_ask_mysql(ground: Ground) -> Found:
    """The README says why it is not SQLite."""
    readme = ground.project / "README.md"
    if not readme.is_file() or "SQLite" not in readme.read_text(encoding="utf-8", errors="replace"):
        yield "silent", {}


@check(lasts=False)
def requests_are_made_up_with_a_token(ground: Ground) -> Found:
    """What runs Schemathesis, or its settings, name the header."""
    settings = [file.read_text(encoding="utf-8", errors="replace") for file in ground.project.glob("schemathesis.toml")]
    texts = [text for text in shape_of(ground.project).texts.values() if "schemathesis" in text.lower()]
    if not any("Authorization" in text for text in texts + settings):
        yield "without", {}


@check(after="ch35/tests_run")
def deleting_is_tested(tests: Tests) -> Found:
    """The tests of the route pass, and there are some."""
    return untested(tests)


@check(after=("ch35/the_ground_is_sound", deleting_is_tested))
def the_deleting_tests_can_tell(tests: Tests) -> Found:
    """A wrong application turns a test red."""
    return fooled(tests)


def reached(project: Shape, route: str) -> bool:
    """The application gives tokens. That it deletes meetings is hard to tell from its deleting participants."""
    texts = [text for file, text in project.texts.items() if file not in project.places["tests"]]
    return any(".post(" in text and "/token" in text for text in texts)
