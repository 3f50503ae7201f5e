"""What values may come in: as long as the columns, and no longer."""

from typing import Annotated

from pydantic import StringConstraints

UrlCode = Annotated[str, StringConstraints(max_length=255)]
