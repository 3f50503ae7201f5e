"""What every verb says when something is wrong that a person can mend."""

from workbook.language import text


class Problem(Exception):
    """Something a person can mend: what is wrong, why, and what to do about it.

    Args:
        what: one sentence that names the thing and the place (file, line, port, command).
        why: a sentence or two of background; may be empty.
        ways: what to do, one way an item, the best first.
        code: the command's exit code: 1 for a finding, 2 for bad usage.
    """

    def __init__(self, what: str, *, why: str = "", ways: tuple[str, ...] = (), code: int = 1) -> None:
        super().__init__(what)
        self.what = what
        self.why = why
        self.ways = ways
        self.code = code

    def __str__(self) -> str:
        """The whole screen as plain text: the sentence, the reason, the ways on."""
        lines = [self.what]
        if self.why:
            lines += ["", self.why]
        if self.ways:
            lines += ["", text("What you can do:", "할 수 있는 일:"), *(f"  - {way}" for way in self.ways)]
        return "\n".join(lines)
