"""The database's URL: TLS as libpq writes it, and one line for what is not understood."""

import pytest

from bot.db.address import read_address
from bot.errors import SettingsError

POSTGRES = "postgresql+asyncpg://ada:canary@db/nerbot"


@pytest.mark.parametrize("name", ["ssl", "sslmode"])
def test_sslmode_is_taken(name: str) -> None:
    assert dict(read_address(f"{POSTGRES}?{name}=verify-full").query) == {"ssl": "verify-full"}


def test_a_socket_may_be_named_beside_it() -> None:
    address = read_address(f"{POSTGRES}?host=/tmp/socket&sslmode=disable")
    assert dict(address.query) == {"host": "/tmp/socket", "ssl": "disable"}


def test_without_it_nothing_is_asked_of_tls() -> None:
    assert not read_address(POSTGRES).query


@pytest.mark.parametrize(
    "query", ["sslmode=yes", "sslmode=require&ssl=disable", "sslrootcert=/x", "sslmode=a&sslmode=b"]
)
def test_anything_else_is_refused_without_the_password(query: str) -> None:
    with pytest.raises(SettingsError) as refused:
        read_address(f"{POSTGRES}?{query}")
    assert "canary" not in str(refused.value)
    assert "\n" not in str(refused.value)
