"""Aerich's migration files: a date in the name, a blob of state at the end."""

import ast
import base64
import binascii
import json
import re
import zlib
from itertools import zip_longest

_DATE = re.compile(r"(^|/)(\d+_)\d{14}(?=_)")
_STATE = re.compile(r"^MODELS_STATE = \((.*?)^\)", re.DOTALL | re.MULTILINE)
_OVER = "(the end of the file)"


def undated(path: str) -> str:
    """A path without the date in a migration's name."""
    return _DATE.sub(r"\1\2<date>", path)


def difference(actual: str, wanted: str) -> tuple[str, str] | None:
    """Compare two migration files line by line, the state by what it says.

    Returns:
        None when they agree, otherwise the first differing line of both (actual, wanted).
    """
    pairs = zip_longest(_lines(actual), _lines(wanted), fillvalue=_OVER)
    return next((pair for pair in pairs if pair[0] != pair[1]), None)


def _lines(text: str) -> list[str]:
    return _STATE.sub(lambda match: f"MODELS_STATE = {_decoded(match[1])}", text).split("\n")


def _decoded(blob: str) -> str:
    """Base64 of zlib of JSON, as aerich 0.10 writes it, as JSON with one entry a line; anything else as it stands."""
    try:
        state = json.loads(zlib.decompress(base64.b64decode(ast.literal_eval(f"({blob.strip()})"))))
    except (ValueError, SyntaxError, binascii.Error, zlib.error):
        return blob
    return json.dumps(state, indent=1, sort_keys=True)
