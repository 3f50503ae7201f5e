"""The terminal of the tests shows what a person sees."""

import os
from pathlib import Path

from tests.student import terminal


def test_what_is_written_over_is_gone_and_so_are_colours() -> None:
    assert terminal.seen("\x1b[?25l⠋ Looking …\r\x1b[2K\x1b[1A\x1b[2K\x1b[1mdone\x1b[0m\r\nnext\r\n") == [
        "done",
        "next",
    ]
    assert terminal.seen("10 %\r20 %\r\n") == ["20 %"]


def test_a_command_stands_on_a_terminal_of_eighty_columns(tmp_path: Path) -> None:
    code, lines = terminal.run("tput cols; test -t 0 && test -t 1; exit 3", tmp_path, os.environ)

    assert (code, lines) == (3, ["80"])


def test_a_line_that_the_terminal_would_break_is_named_unless_it_is_one_word() -> None:
    assert terminal.too_wide(["a " * 50, "/" + "x" * 90, "모임 " * 20]) == ["a " * 50, "모임 " * 20]
