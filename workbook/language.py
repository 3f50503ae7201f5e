"""Which language a student reads: both sentences stand side by side where they are used."""

import os
from typing import Literal, get_args

Language = Literal["en", "ko"]

_chosen: list[Language] = []


def choose(name: str | None) -> None:
    """Fix the language for this process, as `--lang` asks for it; None lets the environment decide.

    Raises:
        ValueError: it is neither `en` nor `ko`.
    """
    _chosen.clear()
    if name is not None:
        _chosen.append(_known(name))


def language() -> Language:
    """The language: `--lang`, else `WORKBOOK_LANG`, else the locale (`LC_ALL`, `LC_MESSAGES`, `LANG`); English else."""
    if _chosen:
        return _chosen[0]
    wish = os.environ.get("WORKBOOK_LANG", "").lower()
    if wish in get_args(Language):
        return _known(wish)
    # The first that is set decides, as POSIX says.
    locale = next(filter(None, (os.environ.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))), "")
    return "ko" if locale.lower().partition("_")[0] == "ko" else "en"


def text(en: str, ko: str) -> str:
    """The sentence in the student's language.

    Args:
        en: in English.
        ko: the same in Korean (해요체).
    """
    return ko if language() == "ko" else en


def _known(name: str) -> Language:
    for known in get_args(Language):
        if name == known:
            return "ko" if name == "ko" else "en"
    raise ValueError(f"{name!r} is none of {', '.join(get_args(Language))}")
