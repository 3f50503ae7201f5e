"""The connections of the project's pool: that they can be had, are all alike, and are set as the course sets them."""

import json
import os
import shlex
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from workbook.doctor.finding import Fact, Finding, Result
from workbook.doctor.machine import interpreter
from workbook.language import text

CONFIG = "app/configs/tortoise_config.py"
PROBE = Path(__file__).with_name("pool_probe.py")
SECONDS = 60


def look(project: Path) -> dict[str, Any]:
    """What the project's own Python says of its pool: `connections`, `timezone`, `cryptography`, or an `error`."""
    environment = os.environ | {"PYTHONPATH": str(project), "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        done = subprocess.run(
            [interpreter(project), PROBE],
            cwd=project,
            env=environment,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=SECONDS,
        )
        said: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    except subprocess.TimeoutExpired:
        return {"error": text(f"no answer within {SECONDS} s", f"{SECONDS}초 안에 응답이 없어요")}
    except (OSError, ValueError, IndexError):
        return {"error": text("the project's Python said nothing", "프로젝트의 파이썬이 아무 말도 하지 않았어요")}
    return said


def judge(said: dict[str, Any]) -> list[Result]:
    """What is wrong with the pool that `look` saw."""
    if "error" in said:
        return [
            Finding(
                text(
                    f"The application's own connections cannot be opened: {said['error']}",
                    f"앱의 설정으로 연결할 수 없어요: {said['error']}",
                ),
                text("No request can reach the database.", "어떤 요청도 데이터베이스에 닿지 못해요."),
                f"echo {shlex.quote(said['error'])} | workbook explain",
            )
        ]
    connections = said["connections"]
    findings = [*_differing(connections), *_time_zone(said["timezone"], connections), *_modes(connections)]
    if findings:
        return list(findings)
    first = connections[0]
    return [
        Fact(
            text(
                f"{len(connections)} connections alike: time zone {first['time_zone']}, strict, {first['charset']}",
                f"연결 {len(connections)}개가 모두 같아요: 시간대 {first['time_zone']}, strict, {first['charset']}",
            )
        )
    ]


def _differing(connections: list[dict[str, Any]]) -> list[Finding]:
    for key in ("time_zone", "sql_mode", "charset", "collation"):
        values = sorted({str(each[key]) for each in connections})
        if len(values) > 1:
            return [
                Finding(
                    text(
                        f"The pool's connections differ in {key}: {' / '.join(values)}.",
                        f"풀의 연결마다 {key}이(가) 달라요: {' / '.join(values)}.",
                    ),
                    text(
                        "The same request gives now one answer, now another.", "같은 요청이 어떤 때는 다르게 동작해요."
                    ),
                    _set("init_command"),
                )
            ]
    return []


def _time_zone(name: str, connections: list[dict[str, Any]]) -> list[Finding]:
    try:
        offset = datetime.now(UTC).astimezone(ZoneInfo(name)).utcoffset()
    except (ZoneInfoNotFoundError, ValueError):
        return [
            Finding(
                text(f'There is no time zone "{name}" ({CONFIG}).', f'"{name}"이라는 시간대는 없어요({CONFIG}).'),
                text("Tortoise cannot read a time then.", "Tortoise가 시각을 읽지 못해요."),
                text(f'In {CONFIG}: "timezone": "Asia/Seoul"', f'{CONFIG}에서: "timezone": "Asia/Seoul"'),
            )
        ]
    wanted = int(offset.total_seconds()) if offset else 0
    wrong = [each for each in connections if abs(each["seconds_from_utc"] - wanted) > 1]
    if not wrong:
        return []
    theirs, hours = wrong[0]["seconds_from_utc"] / 3600, wanted / 3600
    return [
        Finding(
            text(
                f"MySQL's sessions are {theirs:+g} h from UTC, and {name} is {hours:+g} h.",
                f"MySQL 세션은 UTC{theirs:+g}시간인데 {name}은 {hours:+g}시간이에요.",
            ),
            text(
                "What MySQL writes with NOW() and what the application writes are hours apart.",
                "MySQL의 NOW()와 앱이 쓰는 시각이 몇 시간씩 달라져요.",
            ),
            _set("time_zone"),
        )
    ]


def _modes(connections: list[dict[str, Any]]) -> list[Finding]:
    findings = []
    if any("STRICT_TRANS_TABLES" not in each["sql_mode"] for each in connections):
        findings.append(
            Finding(
                text("MySQL's sessions are not strict (sql_mode).", "MySQL 세션이 strict 모드가 아니에요(sql_mode)."),
                text(
                    "A text that is too long is cut and saved, with no error.",
                    "너무 긴 글이 에러 없이 잘려서 저장돼요.",
                ),
                _set("sql_mode"),
            )
        )
    if any(each["charset"] != "utf8mb4" for each in connections):
        findings.append(
            Finding(
                text(
                    f"The connections speak {connections[0]['charset']}.",
                    f"연결 문자셋: {connections[0]['charset']}",
                ),
                text("Korean or emoji arrive as question marks.", "한글이나 이모지가 물음표로 저장돼요."),
                text(f'In {CONFIG}: "charset": "utf8mb4"', f'{CONFIG}에서: "charset": "utf8mb4"'),
            )
        )
    return findings


def _set(what: str) -> str:
    return text(
        f"In {CONFIG}: {what} in SESSION_SETTINGS, as in ch33", f"{CONFIG}의 SESSION_SETTINGS에 {what}: ch33처럼"
    )
