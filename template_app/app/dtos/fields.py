"""What values may come in: as long as the columns, and no longer."""

import re
from datetime import date
from typing import Annotated

from pydantic import BeforeValidator, Field, StringConstraints


def written_as_a_day(value: object) -> object:
    """Pydantic alone takes 0 and times of day, too; and MySQL's DATE begins with the year 1000."""
    if not isinstance(value, str) or not re.fullmatch(r"[1-9][0-9]{3}-[0-9]{2}-[0-9]{2}", value):
        raise ValueError("a date is written YYYY-MM-DD, and not before 1000-01-01")
    return value


UrlCode = Annotated[str, StringConstraints(max_length=255)]
# No control characters (C0, DEL, C1): nobody sees them, and in a terminal or a log they do harm.
CONTROL = r"\x00-\x1f\x7f-\x9f"
Text = Annotated[str, StringConstraints(max_length=255, pattern=rf"^[^{CONTROL}]*$")]
# A name is a text with something in it that is no space.
NAME = rf"^[^{CONTROL}]*[^\s{CONTROL}][^{CONTROL}]*$"
Name = Annotated[str, StringConstraints(max_length=255, pattern=NAME)]
UserName = Annotated[str, StringConstraints(max_length=50, pattern=NAME)]
Password = Annotated[str, StringConstraints(min_length=8, max_length=128)]
Day = Annotated[date, BeforeValidator(written_as_a_day)]
Id = Annotated[int, Field(ge=-(2**63), lt=2**63)]  # BIGINT
