import string
from uuid import uuid4

import pytest

from app.utils.base62 import Base62


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "0"),
        (9, "9"),
        (10, "A"),
        (35, "Z"),
        (36, "a"),
        (61, "z"),
        (62, "10"),
        (2**128 - 1, "7n42DGM5Tflk9n8mt7Fhc7"),
    ],
)
def test_known_numbers(number: int, text: str) -> None:
    assert Base62.encode(number) == text


def test_different_numbers_have_different_texts() -> None:
    numbers = [*range(10_000), *(uuid4().int for _ in range(1_000))]

    assert len({Base62.encode(number) for number in numbers}) == len(set(numbers))


def test_the_digits_are_safe_in_a_url() -> None:
    assert sorted(map(Base62.encode, range(62))) == sorted(string.ascii_letters + string.digits)


def test_a_negative_number_is_refused() -> None:
    with pytest.raises(ValueError, match="-1"):
        Base62.encode(-1)
