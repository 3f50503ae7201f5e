"""Why a login failed, as one screen: what answers there, what the server said, what to do."""

import re
import socket

from pymysql import MySQLError
from pymysql.constants import ER

from workbook.mysql.stranger import describe
from workbook.say import Problem, _

NO_PASSWORD_LOGIN = 1698  # ER_ACCESS_DENIED_NO_PASSWORD_ERROR; PyMySQL's table ends before it

OLDEST = (8, 0, 17)
"""The first MySQL with the collation `utf8mb4_0900_bin`, which the template's `url_code` is kept in."""


class Unanswered(Problem):
    """Nothing answers there at all. The ladder may go on; any other Problem means that something answered wrongly."""


def unfit(host: str, port: int, version: str) -> Problem | None:
    """Why a server of this version cannot be used, if so."""
    # MariaDB puts 5.5.5- before its version, for old replicas that refuse a major version above 5.
    if "mariadb" in version.lower():
        mariadb = version.removeprefix("5.5.5-")
        return Problem(
            _("{host}:{port} is a MariaDB server ({mariadb}), not MySQL.", host=host, port=port, mariadb=mariadb),
            why=_(
                "MariaDB began as a copy of MySQL and went its own way: its collations, its logins and its "
                "SQL differ, so what a chapter shows is not what it would print."
            ),
            ways=(_("Run MySQL 8.0 or newer, on another port if MariaDB must keep this one."),),
        )
    numbers = tuple(int(number) for number in re.findall(r"\d+", version)[:3])
    if numbers < OLDEST:
        oldest = ".".join(map(str, OLDEST))
        return Problem(
            _(
                "MySQL {version} on {host}:{port} is too old: MySQL {oldest} or newer is needed.",
                version=version,
                host=host,
                port=port,
                oldest=oldest,
            ),
            why=_("The tables use the collation utf8mb4_0900_bin, and older servers do not know it."),
            ways=(_("Run a newer MySQL, on another port if the old one must stay."),),
        )
    return None


def refused(host: str, port: int, user: str, error: Exception) -> Problem | None:
    """Why a MySQL server did not let us in; None for an error that is ours."""
    account = f"{user}@{host}"
    if isinstance(error, RuntimeError) and "cryptography" in str(error):
        return Problem(
            _(
                "The login of {account}, port {port}, needs the Python package `cryptography`, and it is not "
                "installed.",
                account=account,
                port=port,
            ),
            why=_(
                "Without TLS, the password travels encrypted with the server's RSA key, and that takes this package."
            ),
            ways=(_("Install the pinned packages again:") + " make setup",),
        )
    if not isinstance(error, MySQLError):
        return None
    code, said = _code_and_text(error)
    match code:
        case ER.ACCESS_DENIED_ERROR:
            return Problem(
                _(
                    "MySQL on {host}:{port} does not let {account} in: wrong password, or no such account ({code}).",
                    host=host,
                    port=port,
                    account=account,
                    code=code,
                ),
                why=_("The server said: {said}.", said=said),
                ways=(_("Give this account's password in MYSQL_PASSWORD, or another account in MYSQL_USER."),),
            )
        case _ if code == NO_PASSWORD_LOGIN:
            return Problem(
                _(
                    "MySQL on {host}:{port} does not let {account} in with any password ({code}).",
                    host=host,
                    port=port,
                    account=account,
                    code=code,
                ),
                why=_(
                    "The account logs in by its operating-system user (auth_socket), which works over the socket only."
                ),
                ways=(
                    _("Name an account with a password in MYSQL_USER and MYSQL_PASSWORD."),
                    _("Or give it one:") + f" ALTER USER '{user}'@'localhost' IDENTIFIED BY '…';",
                ),
            )
        case ER.CON_COUNT_ERROR | ER.TOO_MANY_USER_CONNECTIONS | ER.USER_LIMIT_REACHED:
            return Problem(
                _(
                    "MySQL on {host}:{port} has no connection left for {account} ({code}).",
                    host=host,
                    port=port,
                    account=account,
                    code=code,
                ),
                why=_(
                    "The server said: {said}. Every connection that a pool holds open counts, used or not.", said=said
                ),
                ways=(
                    _("Stop a program that holds some; SHOW PROCESSLIST names them."),
                    _("Or raise the limit there."),
                ),
            )
    number = f" ({code})" if code else ""
    return Problem(
        _(
            "MySQL on {host}:{port} broke off the login of {account}{number}: {said}.",
            host=host,
            port=port,
            account=account,
            number=number,
            said=said,
        ),
        ways=(_("See what MySQL's own client says:") + f" mysql --host={host} --port={port} --user={user} --password",),
    )


def unreached(host: str, port: int, user: str, timeout: float, error: Exception) -> Problem | None:
    """Why there was not even a greeting."""
    cause = getattr(error, "original_exception", error)
    if isinstance(cause, socket.gaierror | UnicodeError):
        ways = [_("Correct MYSQL_HOST; this machine's own name is localhost.")]
        if ":" in host:
            ways.insert(0, _("MYSQL_HOST takes the name alone; the port goes into MYSQL_PORT."))
        reason = getattr(cause, "strerror", "") or cause
        why = _("Looking it up failed: {reason}.", reason=reason)
        return Problem(_("No host is called {host!r}.", host=host), why=why, ways=tuple(ways))
    if isinstance(cause, ConnectionRefusedError):
        return Unanswered(
            _("Nothing listens on {host}:{port}.", host=host, port=port),
            why=_("The connection was refused."),
        )
    if isinstance(cause, TimeoutError):
        return Unanswered(
            _(
                "Nobody answers on {host}:{port}: no connection within {timeout:g} seconds.",
                host=host,
                port=port,
                timeout=timeout,
            )
        )
    if isinstance(cause, OSError):
        unreached = cause.strerror or cause
        return Unanswered(_("{host}:{port} cannot be reached: {unreached}.", host=host, port=port, unreached=unreached))
    # An error packet in place of the greeting: MySQL has no room for us, or has barred this machine.
    if isinstance(error, MySQLError) and _code_and_text(error)[0] in _INSTEAD_OF_A_GREETING:
        return refused(host, port, user, error)
    found = describe(host, port, min(timeout, 1.0))
    return Problem(
        _("What listens on {host}:{port} is not MySQL: it is {found}.", host=host, port=port, found=found),
        why=_(
            "MySQL speaks first: it greets whoever connects. A container whose MySQL is still starting does not yet."
        ),
        ways=(
            _("Name MySQL's own address in MYSQL_HOST and MYSQL_PORT."),
            _("To see which program has the port:") + f" lsof -i:{port}",
        ),
    )


_INSTEAD_OF_A_GREETING = (ER.CON_COUNT_ERROR, ER.HOST_IS_BLOCKED, ER.HOST_NOT_PRIVILEGED)


def _code_and_text(error: MySQLError) -> tuple[int, str]:
    """MySQL's number and sentence for an error; 0 when it has no number."""
    if len(error.args) > 1:
        return int(error.args[0]), str(error.args[1]).rstrip(".")
    return 0, str(error)
