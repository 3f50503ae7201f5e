"""How chapter 45 looks: clients that hang up, an hour that passes, locks that cross, and MySQL's own errors."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import Any

import pymysql

from workbook.mysql.login import cursor, quoted
from workbook.student.shape import Shape
from workbook.student.vocabulary import Answer, Api, ApiWith, Found, Ground, Rows, Schema, check, look, said, unlike

MEETINGS, PARTICIPANTS, NOWHERE = "/v1/meetings", "/v1/participants", "/v1/meetings/xY7"
OURS, THEIRS, SECRET = "https://when2meet.example", "https://evil.example", "10.0.0.7"
OVER = Path(__file__).with_name("over.py")
NUMBERS = "WITH RECURSIVE n (i) AS (SELECT 1 UNION SELECT i + 1 FROM n WHERE i < 500) SELECT i FROM n"
CHANGE, LOCK = "UPDATE {} SET word = 'theirs' WHERE number {}", "SELECT {0} FROM {1} ORDER BY {0} FOR UPDATE"
WAITS = "SELECT SLEEP(0.05) FROM performance_schema.data_lock_waits WHERE BLOCKING_THREAD_ID = PS_CURRENT_THREAD_ID()"
FAILS = "CREATE TRIGGER workbook_fails BEFORE INSERT ON meetings FOR EACH ROW SIGNAL SQLSTATE 'HY000'"


def joins(api: Api, **odd: object) -> Answer:
    """Somebody joins a new meeting of two days."""
    code = api.post(MEETINGS).json["url_code"]
    api.patch(f"{MEETINGS}/{code}/date_range", json={"start_date": "2026-12-30", "end_date": "2026-12-31"})
    return api.post(PARTICIPANTS, json={"meeting_url_code": code, "name": "Mina"}, **odd)


@look
def numbers(ground: Ground) -> str:
    """A table of ours, beside the application's database: the numbers from 1 to 500, each with a word."""
    table = f"{quoted(ground.make('ours'))}.numbers"
    with cursor(ground.throwaway) as ask:
        ask.execute(f"CREATE TABLE {table} (number INT PRIMARY KEY, word VARCHAR(9))")
        ask.execute(f"INSERT INTO {table} (number) {NUMBERS}")
    return table


def crossed(ground: Ground, database: str, has: tuple[str, ...], wants: str, work: Callable[[], Any]) -> Any:
    """What the work gives while another, who has changed more rows, has what it wants, and wants what it has."""
    with cursor(ground.throwaway, database) as other, ThreadPoolExecutor(1) as beside:
        for statement in ("START TRANSACTION", *has):
            other.execute(statement)
        coming = beside.submit(work)
        while not coming.done() and not other.execute(WAITS):
            pass
        with suppress(pymysql.MySQLError):  # if it is we whom MySQL ends
            other.execute(wants)
        other.execute("ROLLBACK")
        return coming.result()


def not_later(name: str, *answers: Answer, status: int = 503) -> Found:
    """The first answer, under this name, that has another status or does not say when to try again."""
    for answer in answers:
        again = answer.headers.get("retry-after", "-")
        if answer.status != status or again == "-":
            yield name, {"again": again, **said(answer)}
            return


def unshaped(*answers: Answer) -> Found:
    """The first answer that is no problem as RFC 9457 has it."""
    for answer in answers:
        kind, fields = answer.headers.get("content-type", "-"), answer.fields
        shape = [fields.get("status"), *(type(fields.get(name)) for name in ("title", "detail"))]
        if not kind.startswith("application/problem+json") or shape != [answer.status, str, str]:
            yield "shape", {"kind": kind, **said(answer)}
            return


@check(after="ch40/who_joins_gets_every_day")
def who_hangs_up_gives_it_back(api: Api) -> Found:
    """After a client that hangs up in a transaction, all connections are back in the pool."""
    for statement in ("BEGIN", "INSERT", "COMMIT"):
        if lent := joins(api, hang_up=statement).lent:
            yield "lost", {"statement": statement, "lent": lent}
            return


@check(after="ch36/post_answers_a_code")
def each_request_has_a_deadline(api: Api) -> Found:
    """A body that does not end is answered, whatever the limit is: an hour passes."""
    answer = api.patch(f"{NOWHERE}/title", json={"title": "Never"}, endless=True)
    if answer.status is None and not answer.raised:
        yield "waits", {}
    else:
        yield from not_later("late", answer)


@check(after="ch40/who_joins_gets_every_day")
def a_deadlock_is_tried_again(ground: Ground, api: Api, schema: Schema, numbers: str) -> Found:
    """The request that MySQL ends so that another can go on is served all the same."""
    has = CHANGE.format(numbers, "> 1"), LOCK.format("id", "participant_dates")
    wants = LOCK.format("url_code", "meetings")
    yield from unlike(refused=(crossed(ground, schema.database, has, wants, lambda: joins(api)), 200))


@check(after="ch36/post_answers_a_code")
def what_is_over_is_over(ground: Ground, api: Api, schema: Schema, numbers: str) -> Found:
    """Who swallows a deadlock is told at the end; a task writes nothing when its transaction is over."""
    has, wants = (CHANGE.format(numbers, "> 1"),), CHANGE.format(numbers, "= 1")
    if crossed(ground, schema.database, has, wants, lambda: api.run(OVER, "swallow", numbers)):
        yield "half", {}
    if api.run(OVER, "outlive", numbers):
        yield "stray", {}


@check(after="ch38/a_meeting_is_read")
def errors_have_one_shape(api: Api) -> Found:
    """What is wrong with a request has RFC 9457's shape, the course's words, and nothing of what came in."""
    lost = api.get(NOWHERE)
    invalid = api.post(PARTICIPANTS, json={"meeting_url_code": "xY7", "name": [SECRET]})
    yield from unshaped(api.get("/nowhere"), lost, invalid)
    if lost.fields.get("detail") != "meeting with url_code: xY7 not found":
        yield "words", said(lost)
    errors = invalid.fields.get("errors")
    if not isinstance(errors, list) or not all(isinstance(each, dict) and each.get("loc") for each in errors or [0]):
        yield "where", said(invalid)
    elif SECRET in invalid.body:
        yield "input", said(invalid)


@check(after="ch36/post_answers_a_code")
def mysqls_errors_are_answered(api: Api, rows: Rows) -> Found:
    """MySQL itself raises one that passes, and one that does not; and then all connections are in use."""
    answers = list[Answer]()
    for number in (1205, 1364):
        rows(f"{FAILS} SET MYSQL_ERRNO = {number}, MESSAGE_TEXT = '{SECRET}'")
        answers.append(api.post(MEETINGS))
        rows("DROP TRIGGER workbook_fails")
    yield from islice((("closes", said(each)) for each in answers if each.raised), 1)
    if not any(each.raised for each in answers):
        yield from not_later("busy", answers[0], api.post(MEETINGS, held=True))
        if answers[1].status != 500 or SECRET in answers[1].body:
            yield "tells", said(answers[1])


@check(after="ch40/who_joins_gets_every_day")
def a_body_has_an_end(api: Api) -> Found:
    """16 MB are refused, whether their number is said or not."""
    for headers in ({}, {"content-length": ""}):
        answer = api.post(PARTICIPANTS, json={"meeting_url_code": "xY7", "name": "x" * 2**24}, headers=headers)
        yield from unlike(taken=(answer, 413))


@check(after="ch38/a_meeting_is_read")
def a_client_has_its_share(api_with: ApiWith) -> Found:
    """Of three requests a day two are served, whatever the client says of its address; /livez always is."""
    api = api_with(RATE="2/day")
    third = [api.get(NOWHERE) for _ in range(3)][-1]
    yield from not_later("served", third, status=429)
    if third.status == 429:
        another = api.get(NOWHERE, headers={"x-forwarded-for": SECRET})
        yield from unlike(walks=(another, 429), alive=(api.get("/livez"), 200))


@check(after="ch36/post_answers_a_code")
def our_pages_may_call(api_with: ApiWith) -> Found:
    """A preflight from an origin of the settings is 200; none other is allowed."""
    api = api_with(CORS_ORIGINS=f'["{OURS}"]')
    for origin in (OURS, THEIRS):
        asks = {"origin": origin, "access-control-request-method": "PATCH"}
        answer = api.send("OPTIONS", MEETINGS, headers=asks)
        allowed = answer.headers.get("access-control-allow-origin")
        if origin == OURS and (answer.status not in (200, 204) or allowed not in (OURS, "*")):
            yield "refused", {"origin": origin, **said(answer)}
        elif origin == THEIRS and allowed in (THEIRS, "*"):
            yield "open", {"origin": origin}


def reached(project: Shape, route: str) -> bool:
    """The application has an engine of its own, or errors in one shape."""
    texts = [text for file, text in project.texts.items() if "tests" not in file.parts]
    return any("client_class" in text or "problem+json" in text for text in texts)
