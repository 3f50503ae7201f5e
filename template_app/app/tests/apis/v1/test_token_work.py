from unittest.mock import Mock

import httpx
import pytest

from app.tests.apis.v1.given import sign_in, sign_up
from app.utils import passwords


@pytest.mark.parametrize(
    ("name", "password"), [("하나", "Correct horse"), ("가람", "correct horse")], ids=["wrong", "unknown"]
)
async def test_to_have_no_account_is_as_much_work(
    client: httpx.AsyncClient, quick_hashes: None, monkeypatch: pytest.MonkeyPatch, name: str, password: str
) -> None:
    # Given
    await sign_up(client, "하나")
    hasher = Mock(wraps=passwords.HASHER)
    monkeypatch.setattr(passwords, "HASHER", hasher)

    # When
    await sign_in(client, name, password)

    # Then
    assert len(hasher.method_calls) == 1
