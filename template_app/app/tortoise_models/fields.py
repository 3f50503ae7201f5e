from tortoise.fields import CharField


class CaseSensitiveCharField(CharField[str]):
    """Text that MySQL compares byte by byte, so that `aB3` and `Ab3` are two values."""

    @property
    def SQL_TYPE(self) -> str:  # type: ignore[override]
        return f"VARCHAR({self.max_length}) COLLATE utf8mb4_0900_bin"
