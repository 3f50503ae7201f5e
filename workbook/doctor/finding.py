"""What an examination finds."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is wrong.

    Attributes:
        what: one sentence, with the place.
        why: what it will break, in a sentence.
        cure: the one command that mends it, or the one change to make.
    """

    what: str
    why: str
    cure: str


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that was looked at, and is as it should be or does not matter: a few words."""

    words: str


Result = Finding | Fact
