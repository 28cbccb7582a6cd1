"""Keys: the first one seals, every one opens, and what is no key is said."""

import pytest
from cryptography.fernet import Fernet

from config.errors import ConfigurationError, InvalidInputError
from data.crypto import make_cipher

OLD, NEW, OTHER = (Fernet.generate_key().decode() for _ in range(3))


def test_keys_can_be_changed() -> None:
    sealed = make_cipher([OLD]).seal(b"words")
    assert b"words" not in sealed
    assert make_cipher([NEW, OLD]).open(sealed) == b"words"
    with pytest.raises(InvalidInputError, match="add it at the end"):
        make_cipher([OTHER]).open(make_cipher([NEW, OLD]).seal(b"words"))


def test_without_a_key_nothing_changes() -> None:
    assert make_cipher(()).open(make_cipher(()).seal(b"words")) == b"words"


@pytest.mark.parametrize("key", ["", "secret", "ü" * 44, "A" * 43])
def test_what_is_no_key(key: str) -> None:
    with pytest.raises(ConfigurationError, match="32 bytes"):
        make_cipher([key])
