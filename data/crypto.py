"""Encrypts what is stored outside the database, with the keys of `ENCRYPTION_KEY`."""

from collections.abc import Sequence
from typing import Protocol

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from config.errors import ConfigurationError, InvalidInputError


class Cipher(Protocol):
    """Turns bytes into what may lie on a disk, and back."""

    def seal(self, plain: bytes) -> bytes:
        """What is written; one line without line breaks if `plain` is."""

    def open(self, sealed: bytes) -> bytes:
        """What was sealed.

        Raises:
            InvalidInputError: `cannot_decrypt`: it was sealed with a key that is not here, or damaged.
        """


class NoEncryption(Cipher):
    """For servers without an encryption key: everything stays as it is."""

    def seal(self, plain: bytes) -> bytes:
        """The same."""
        return plain

    def open(self, sealed: bytes) -> bytes:
        """The same."""
        return sealed


class KeyRing(Cipher):
    """Fernet (https://github.com/fernet/spec): the first key seals, every key opens.

    Args:
        keys: 32 bytes each, in URL-safe base64.

    Raises:
        ConfigurationError: A key is none.
    """

    def __init__(self, keys: Sequence[str]) -> None:
        try:
            self._keys = MultiFernet([Fernet(key) for key in keys])
        except ValueError:
            raise ConfigurationError(
                "ENCRYPTION_KEY: a key is 32 bytes in URL-safe base64. Make one with: python -c "
                '"from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())"',
                param="ENCRYPTION_KEY",
            ) from None

    def seal(self, plain: bytes) -> bytes:
        """A token: URL-safe base64, one line."""
        return self._keys.encrypt(plain)

    def open(self, sealed: bytes) -> bytes:
        """What a token holds.

        Raises:
            InvalidInputError: `cannot_decrypt`.
        """
        try:
            return self._keys.decrypt(sealed)
        except InvalidToken:
            raise InvalidInputError(
                "This was encrypted with a key that ENCRYPTION_KEY does not hold; add it at the end of the list.",
                code="cannot_decrypt",
            ) from None


def make_cipher(keys: Sequence[str]) -> Cipher:
    """The cipher for these keys; none without a key.

    Raises:
        ConfigurationError: A key is no key.
    """
    return KeyRing(keys) if keys else NoEncryption()
