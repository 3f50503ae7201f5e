"""Hooks for `schemathesis_cases.py`: of four made-up codes and numbers three exist, and answers are counted.

Without them nearly every case ends at *not found*, and what lies behind it is never tried. A text becomes another text
and a number another number, so what is wrong with a request stays wrong. The counts go to the file that
BENCHMARK_ANSWERS names.
"""

import atexit
import json
import os
from collections import Counter
from pathlib import Path
from typing import Any
from zlib import crc32

import schemathesis

WITH_RANGE, WITHOUT, STAY, LEAVE, DAYS = "aB3", 200, 50, 200, 3
"""What `schemathesis_cases.py` saves: a meeting whose last participants may leave, and others without a range."""
answers = Counter[str]()


def existing(values: Any) -> Any:
    """The values of a path or a body, three of four made to fit rows that exist; the same in, the same out."""
    if isinstance(values, dict):
        for name, value in values.items():
            number = crc32(repr(value).encode(errors="replace"))
            if number % 4 == 0:
                continue
            if name in ("url_code", "meeting_url_code") and isinstance(value, str) and len(value) <= 255:
                values[name] = f"free{number // 4 % WITHOUT}" if number % 4 == 1 else WITH_RANGE
            elif name == "participant_id" and type(value) is int and abs(value) < 2**63:
                values[name] = STAY + 1 + number // 4 % LEAVE
            elif name == "participant_date_id" and type(value) is int and abs(value) < 2**63:
                values[name] = 1 + number // 4 % (STAY * DAYS)
    return values


@schemathesis.hook
def map_path_parameters(context: Any, path_parameters: Any) -> Any:
    return existing(path_parameters)


@schemathesis.hook
def map_body(context: Any, body: Any) -> Any:
    return existing(body)


@schemathesis.hook
def after_call(context: Any, case: Any, response: Any) -> None:
    answers[f"{case.operation.label} {response.status_code}"] += 1


@atexit.register
def write() -> None:
    Path(os.environ["BENCHMARK_ANSWERS"]).write_text(json.dumps(answers))
