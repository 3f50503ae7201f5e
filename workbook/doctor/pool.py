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
from workbook.say import _

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
        return {"error": _("no answer within {seconds} s", seconds=SECONDS)}
    except (OSError, ValueError, IndexError):
        return {"error": _("the project's Python said nothing")}
    return said


def judge(said: dict[str, Any]) -> list[Result]:
    """What is wrong with the pool that `look` saw."""
    if "error" in said:
        return [
            Finding(
                _("The application's own connections cannot be opened: {error}", error=said["error"]),
                _("No request can reach the database."),
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
            _(
                "{count} connections alike: time zone {time_zone}, strict, {charset}",
                count=len(connections),
                time_zone=first["time_zone"],
                charset=first["charset"],
            )
        )
    ]


def _differing(connections: list[dict[str, Any]]) -> list[Finding]:
    for key in ("time_zone", "sql_mode", "charset", "collation"):
        values = sorted({str(each[key]) for each in connections})
        if len(values) > 1:
            return [
                Finding(
                    _("The pool's connections differ in {key}: {values}.", key=key, values=" / ".join(values)),
                    _("The same request gives now one answer, now another."),
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
                _('There is no time zone "{name}" ({config}).', name=name, config=CONFIG),
                _("Tortoise cannot read a time then."),
                _('In {config}: "timezone": "Asia/Seoul"', config=CONFIG),
            )
        ]
    wanted = int(offset.total_seconds()) if offset else 0
    wrong = [each for each in connections if abs(each["seconds_from_utc"] - wanted) > 1]
    if not wrong:
        return []
    theirs, hours = wrong[0]["seconds_from_utc"] / 3600, wanted / 3600
    return [
        Finding(
            _(
                "MySQL's sessions are {theirs:+g} h from UTC, and {name} is {hours:+g} h.",
                theirs=theirs,
                name=name,
                hours=hours,
            ),
            _("What MySQL writes with NOW() and what the application writes are hours apart."),
            _set("time_zone"),
        )
    ]


def _modes(connections: list[dict[str, Any]]) -> list[Finding]:
    findings = []
    if any("STRICT_TRANS_TABLES" not in each["sql_mode"] for each in connections):
        findings.append(
            Finding(
                _("MySQL's sessions are not strict (sql_mode)."),
                _("A text that is too long is cut and saved, with no error."),
                _set("sql_mode"),
            )
        )
    if any(each["charset"] != "utf8mb4" for each in connections):
        findings.append(
            Finding(
                _("The connections speak {charset}.", charset=connections[0]["charset"]),
                _("Korean or emoji arrive as question marks."),
                _('In {config}: "charset": "utf8mb4"', config=CONFIG),
            )
        )
    return findings


def _set(what: str) -> str:
    return _("In {config}: {what} in SESSION_SETTINGS, as in ch33", config=CONFIG, what=what)
