"""A lexer for sessions of MySQL's client, which Pygments has none for."""

import re
from collections.abc import Iterator

from pygments.lexer import Lexer
from pygments.lexers.sql import MySqlLexer
from pygments.token import Generic

_PROMPT = re.compile(r"(mysql> |    -> )(.*\n?)")


class MySQLSessionLexer(Lexer):
    """`mysql> ` and `    -> ` are prompts, what follows them is SQL; `ERROR …` is an error, all else is output."""

    name = "MySQL session"
    aliases = ("mysql-session",)

    def get_tokens_unprocessed(self, text: str) -> Iterator[tuple[int, object, str]]:
        """The tokens of a session, with their places."""
        sql = MySqlLexer(**self.options)
        place = 0
        for line in text.splitlines(keepends=True):
            prompt = _PROMPT.fullmatch(line)
            if prompt:
                yield place, Generic.Prompt, prompt[1]
                for at, kind, value in sql.get_tokens_unprocessed(prompt[2]):
                    yield place + len(prompt[1]) + at, kind, value
            else:
                yield place, Generic.Error if line.startswith("ERROR ") else Generic.Output, line
            place += len(line)
