"""Aerich's migration files: a date in the name, a blob of state at the end."""

import ast
import base64
import binascii
import json
import re
import zlib
from typing import Any

_DATE = re.compile(r"(^|/)(\d+_)\d{14}(?=_)")
_STATE = re.compile(r"^MODELS_STATE = \((.*?)^\)", re.DOTALL | re.MULTILINE)


def undated(path: str) -> str:
    """A path without the date in a migration's name."""
    return _DATE.sub(r"\1\2<date>", path)


def difference(actual: str, wanted: str) -> tuple[str, str] | None:
    """Compare two migration files: the text line by line, the state by what it says.

    Returns:
        None when they agree, otherwise the first differing line or entry of both (actual, wanted).
    """
    mine, theirs = _text(actual), _text(wanted)
    for number in range(max(len(mine), len(theirs))):
        pair = tuple(lines[number] if number < len(lines) else "(the end of the file)" for lines in (mine, theirs))
        if pair[0] != pair[1]:
            return pair[0], pair[1]
    states = state(actual), state(wanted)
    if states[0] == states[1]:
        return None
    return _first_entry(*states)


def state(text: str) -> Any:
    """What `MODELS_STATE` says: base64 of zlib of JSON in aerich 0.10; None without one; else its text."""
    match = _STATE.search(text)
    if match is None:
        return None
    try:
        blob = ast.literal_eval(f"({match[1].strip()})")
        return json.loads(zlib.decompress(base64.b64decode(blob)))
    except (ValueError, SyntaxError, binascii.Error, zlib.error):
        return match[1]


def _text(text: str) -> list[str]:
    return _STATE.sub("MODELS_STATE = …", text).split("\n")


def _first_entry(mine: Any, theirs: Any, path: str = "MODELS_STATE") -> tuple[str, str]:
    if isinstance(mine, dict) and isinstance(theirs, dict):
        for key in sorted(mine.keys() | theirs.keys()):
            if mine.get(key) != theirs.get(key):
                return _first_entry(mine.get(key), theirs.get(key), f"{path}.{key}")
    if isinstance(mine, list) and isinstance(theirs, list) and len(mine) == len(theirs):
        for number, (one, other) in enumerate(zip(mine, theirs, strict=True)):
            if one != other:
                return _first_entry(one, other, f"{path}[{number}]")
    return f"{path} = {mine!r}", f"{path} = {theirs!r}"
