"""The door of the REST API: who comes in, how often, and what happens to those who keep trying wrong keys.

Failures are counted by client address. Once an address has used up its own, only keys that cannot be guessed are
still tried: ours, which are random, and any that was good before. So a guesser gets nowhere, and good clients
behind the same address (a NAT, a proxy) go on as if nothing were.
"""

import ipaddress

from loguru import logger

from api.errors import CredentialsError, TooManyRequestsError
from api.identity import Identity
from api.key_verifier import KeyVerifier
from api.token_bucket import TokenBuckets

FAILURES_PER_MINUTE = 10
_IPV6_NETWORK = 64


class AccessControl:
    """Lets requests in.

    Args:
        verifier: Knows the keys.
        requests_per_minute: `RATE_LIMIT_PER_MINUTE`, for each key; 0 sets no limit.
        failures: Counts wrong keys by address.
        denials: Counts, by key, requests for which its scopes are not enough.
    """

    def __init__(
        self,
        verifier: KeyVerifier,
        *,
        requests_per_minute: int,
        failures: TokenBuckets | None = None,
        denials: TokenBuckets | None = None,
    ) -> None:
        self._verifier = verifier
        self._requests = TokenBuckets(requests_per_minute)
        self._failures = failures or TokenBuckets(FAILURES_PER_MINUTE)
        self._denials = denials or TokenBuckets(FAILURES_PER_MINUTE)

    async def admit(self, secret: str, host: str | None) -> Identity:
        """Whose request it is.

        Args:
            secret: The key as it was sent.
            host: The client's address; behind a trusted proxy, the one that the proxy names.

        Raises:
            CredentialsError: The key is not good (401).
            TooManyRequestsError: Too many wrong keys from that address, or too many requests of the key (429).
        """
        address = network_of(host)
        wait = self._failures.wait(address)
        if wait and not self._verifier.is_safe_to_try(secret):
            raise _too_many_failures(wait)
        try:
            identity = await self._verifier.verify(secret)
        except CredentialsError:
            wait = self._failures.take(address)
            if wait:
                raise _too_many_failures(wait) from None
            if self._failures.wait(address):
                # Once for each time that it comes to this; the address is the proxy's own affair.
                logger.warning("A client has sent {} wrong API keys and has to wait", FAILURES_PER_MINUTE)
            raise
        wait = self._requests.take(identity.bucket)
        if wait:
            raise TooManyRequestsError(
                "This API key has used up its requests for now (RATE_LIMIT_PER_MINUTE); wait, then repeat.",
                code="rate_limited",
                retry_after=wait,
            )
        return identity

    def deny(self, identity: Identity) -> None:
        """Count a request for which a key's scopes are not enough.

        Raises:
            TooManyRequestsError: There were too many of them (429).
        """
        wait = self._denials.take(identity.bucket)
        if wait:
            raise TooManyRequestsError(
                "Too many requests for which this API key's scopes are not enough; wait, then use another key.",
                code="too_many_denied_requests",
                retry_after=wait,
            )

    def keys_changed(self) -> None:
        """A key was made, revoked or replaced: it counts from the next request."""
        self._verifier.forget()


def network_of(host: str | None) -> str:
    """By what failures are counted: an IPv4 address, or an IPv6 network, which one client has as a whole."""
    try:
        address = ipaddress.ip_address(host or "")
    except ValueError:
        return "unknown"
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((address, _IPV6_NETWORK), strict=False))
    return str(address)


def _too_many_failures(wait: float) -> TooManyRequestsError:
    return TooManyRequestsError(
        "Too many wrong API keys from this address; wait, then send a good one.",
        code="too_many_failed_attempts",
        retry_after=wait,
    )
