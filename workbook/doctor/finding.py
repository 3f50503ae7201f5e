"""What an examination finds."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is wrong, or still to do.

    Attributes:
        what: one sentence, with the place.
        why: what it will break, in a sentence.
        cure: the one command that mends it, or the one change to make.
        wrong: whether something is broken; otherwise it is a step that is still ahead, and no reason for alarm.
    """

    what: str
    why: str
    cure: str
    wrong: bool = True


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that was looked at, and is as it should be or does not matter: a few words."""

    words: str


Result = Finding | Fact
