"""The first rung: the MySQL that the environment or `.env` names."""

from collections.abc import Mapping
from pathlib import Path

from dotenv.parser import parse_stream

from workbook.mysql.probe import probe
from workbook.mysql.server import Server
from workbook.say import Problem, _

DEFAULTS = {"MYSQL_HOST": "localhost", "MYSQL_PORT": "3306", "MYSQL_USER": "root", "MYSQL_PASSWORD": "1234"}
"""The values of the notes, for what is not given."""


def find(environ: Mapping[str, str], env_file: Path) -> Server | None:
    """Log in to the server that the `MYSQL_*` values name; the environment's win over the file's.

    Args:
        environ: the environment, as `os.environ`.
        env_file: the `.env` file; it may be missing.

    Returns:
        the server, which `stop()` leaves alone; None when neither names a host, a port, a user or a password.

    Raises:
        Unanswered: nothing answers at the address given.
        Problem: a value cannot be used, or what answers is not a MySQL that lets this account in.
    """
    sources = {env_file.name: _from_file(env_file), _("the environment"): environ}
    values, given = dict(DEFAULTS), dict[str, str]()
    for source, found in sources.items():
        for name in DEFAULTS:
            # CI systems set a variable that they have no value for to nothing; only a password can be that.
            if found.get(name) or (name in found and name == "MYSQL_PASSWORD"):
                values[name], given[name] = found[name], source
    if not given:
        return None
    host, port, user, password = values.values()
    if not (port.isascii() and port.isdigit() and 0 < int(port) < 65536):
        raise Problem(
            _("MYSQL_PORT is not a port number: {written!r} ({place}).", written=port, place=given["MYSQL_PORT"]),
            ways=(_("Give a number from 1 to 65535; MySQL's usual one is 3306."),),
            code=2,
        )
    by = {source: ", ".join(name for name in DEFAULTS if given.get(name) == source) for source in sources}
    how = _("given by {listed}", listed=", ".join(f"{source} ({names})" for source, names in by.items() if names))
    try:
        return Server(host, int(port), user, password, probe(host, int(port), user, password), how)
    except Problem as problem:
        problem.why = " ".join(filter(None, (problem.why, _("The address is {how}.", how=how))))
        problem.ways += (_("Or take these values away: `make up` then finds another MySQL, or brings one up."),)
        raise


def _from_file(env_file: Path) -> dict[str, str]:
    """The values in the file, as written: `$` stays `$`, so that a password may hold one."""
    values = {}
    try:
        with env_file.open(encoding="utf-8") as lines:
            for binding in parse_stream(lines):
                written = binding.original.string
                if binding.error and "MYSQL_" in written:
                    # The parser takes the blank lines before along. The name alone: the rest may be a password.
                    line = binding.original.line + written[: len(written) - len(written.lstrip())].count("\n")
                    name = written.partition("=")[0].strip()
                    what = _(
                        "{env_file}, line {line}, cannot be read: {name}=…", env_file=env_file, line=line, name=name
                    )
                    way = _("Write NAME=value, and put a value with quotes or spaces in it between single quotes.")
                    raise Problem(what, ways=(way,), code=2)
                if binding.key and binding.value is not None:
                    values[binding.key] = binding.value
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else _("it is not UTF-8 text")
        raise Problem(_("{env_file} cannot be read: {reason}.", env_file=env_file, reason=reason)) from error
    return values
