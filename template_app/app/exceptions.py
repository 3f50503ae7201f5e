"""Why a service does not do what it is asked for. Services know no HTTP; `app/apis/errors.py` gives each a status."""


class NotFound(Exception):
    """What it is about does not exist."""


class NotAllowed(Exception):
    """A rule forbids it."""


class NotReady(Exception):
    """Something else has to be done first."""


class Taken(Exception):
    """Somebody else has it already."""


class NotSignedIn(Exception):
    """It is not known who asks."""


class NotYours(Exception):
    """It is known who asks, and somebody else may do it."""
