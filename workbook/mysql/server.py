"""A MySQL server that answers: where it is, how it was found, and how to let go of it."""

from collections.abc import Callable
from dataclasses import dataclass, field

from workbook.say import _


class Unavailable(Exception):
    """This rung cannot serve here; the sentence says why. The ladder goes on to the next rung."""


def leave_it() -> None:
    """What to do with a server that was running before: nothing."""


@dataclass(frozen=True, slots=True)
class Server:
    """A MySQL that has answered a login. Leaving it as a context stops it.

    Attributes:
        host, port, user, password: how to log in, over TCP.
        version: for example `9.7.4-2`.
        how: how it was found, as the end of the sentence "MySQL 9.7.4 on 127.0.0.1:3306, …".
        stop: lets go of it: stops a server that this process started, leaves any other alone.
    """

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    version: str
    how: str
    stop: Callable[[], object] = field(default=leave_it, repr=False, compare=False)

    @property
    def sentence(self) -> str:
        """Which MySQL it is, where, and how it was found."""
        values = {"version": self.version, "host": self.host, "port": self.port, "how": self.how}
        return _("MySQL {version} on {host}:{port}, {how}", **values)

    def environment(self, database: str | None = None) -> dict[str, str]:
        """The `MYSQL_*` values under the notes' names, as the application reads them.

        Args:
            database: the value of `MYSQL_DB`; left out when None.
        """
        login = {"HOST": self.host, "PORT": str(self.port), "USER": self.user, "PASSWORD": self.password}
        values = {f"MYSQL_{name}": value for name, value in login.items()}
        return values if database is None else values | {"MYSQL_DB": database}

    def __enter__(self) -> "Server":
        return self

    def __exit__(self, *_error: object) -> None:
        self.stop()
