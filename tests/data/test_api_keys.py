"""What keys allow, and how their secrets look."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from data.api_keys import ApiKey, KeyState, Scope, allows, digest_of, new_secret, prefix_of

NOW = datetime(2026, 1, 1, tzinfo=UTC)
KEY = ApiKey("key_1", "ws_default", "x", "sdr_00000000", frozenset({Scope.READ}), NOW)


def test_secrets_are_all_different_and_recognised() -> None:
    made = [new_secret() for _ in range(200)]
    assert len({secret.text for secret in made}) == len({secret.prefix for secret in made}) == 200
    for secret in made:
        assert prefix_of(secret.text) == secret.prefix
        assert secret.text.startswith(secret.prefix)
        assert secret.digest == digest_of(secret.text)
        assert secret.text not in repr(secret)


@pytest.mark.parametrize(
    "text", ["", "sdr_", "sdr_00000000_", "sdr_00000000_" + "0" * 51, "sdr_00000000_" + "u" * 52]
)
def test_other_texts_are_no_secrets_of_ours(text: str) -> None:
    assert prefix_of(text) is None
    assert prefix_of(f"{new_secret().text}\n") is None


@pytest.mark.parametrize(
    ("scopes", "allowed"),
    [
        ({Scope.READ}, {Scope.READ}),
        ({Scope.WRITE}, {Scope.READ, Scope.WRITE}),
        ({Scope.ADMIN}, set(Scope)),
        ({Scope.READ, Scope.ADMIN}, set(Scope)),
        (set(), set()),
    ],
)
def test_each_scope_includes_those_before_it(scopes: set[Scope], allowed: set[Scope]) -> None:
    assert {scope for scope in Scope if allows(frozenset(scopes), scope)} == allowed


def test_a_key_ends_at_the_moment_that_it_names() -> None:
    ending = replace(KEY, expires_at=NOW)
    assert KEY.state(NOW + timedelta(days=9999)) is KeyState.ACTIVE
    assert ending.state(NOW - timedelta(microseconds=1)) is KeyState.ACTIVE
    assert ending.state(NOW) is KeyState.EXPIRED
    assert replace(ending, revoked_at=NOW).state(NOW) is KeyState.REVOKED
