"""Which addresses count as public."""

import pytest

from config.errors import InvalidInputError
from data.network.public_transport import is_public, resolve_host


@pytest.mark.parametrize("address", ["93.184.215.14", "8.8.8.8", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"])
def test_the_open_internet_is_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "0.0.0.0",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "224.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "fe80::1%eth0",
        "fc00::1",
        "ff02::1",
        "::ffff:127.0.0.1",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
        "nonsense",
    ],
)
def test_everything_else_is_not(address: str) -> None:
    assert not is_public(address)


async def test_names_are_resolved_by_the_system() -> None:
    assert set(await resolve_host("localhost", 80)) <= {"127.0.0.1", "::1"}
    with pytest.raises(InvalidInputError) as refusal:
        await resolve_host("no-such-host.invalid", 80)
    assert refusal.value.code == "host_not_found"
