import string


class Base62:
    DIGITS = string.digits + string.ascii_uppercase + string.ascii_lowercase

    @classmethod
    def encode(cls, number: int) -> str:
        """Write a number that is not negative with the 62 digits 0-9, A-Z, a-z."""
        if number < 0:
            raise ValueError(f"Base62 has no negative numbers: {number}")
        digits = ""
        while number >= len(cls.DIGITS):
            number, remainder = divmod(number, len(cls.DIGITS))
            digits = cls.DIGITS[remainder] + digits
        return cls.DIGITS[number] + digits
