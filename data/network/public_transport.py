"""An HTTP transport that reaches public addresses only.

An address that a client gives us (a page to read, a webhook, a tool) may lead into our own network: by its name,
by a redirect, or by a name server that answers twice differently. So each request's host is resolved here, every
address of it is checked, and the connection goes to one that was checked; the name is kept for TLS and `Host`.
"""

import asyncio
import ipaddress
import socket
from collections.abc import Awaitable, Callable

import httpx

from config.errors import InvalidInputError

Resolver = Callable[[str, int], Awaitable[tuple[str, ...]]]
"""Host and port to addresses, as texts."""

_NAT64 = ipaddress.ip_network("64:ff9b::/96")


class PublicOnlyTransport(httpx.AsyncBaseTransport):
    """Refuses what is not public; for one request and its redirects, not to be kept.

    Connections are pooled by address. So one transport must not be shared by requests to several hosts whose
    certificates differ.

    Args:
        allow_private: Let everything through, as `ALLOW_PRIVATE_TARGETS` says.
        resolve: Looks names up; the system's resolver otherwise.
    """

    def __init__(self, *, allow_private: bool = False, resolve: Resolver | None = None) -> None:
        self._allow_private = allow_private
        self._resolve = resolve or resolve_host
        self._inner = httpx.AsyncHTTPTransport(retries=0)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request.

        Raises:
            InvalidInputError: `private_address`, `invalid_url` or `host_not_found`.
            httpx.TransportError: It cannot be reached.
        """
        url = request.url
        if url.scheme not in ("http", "https") or not url.host:
            raise InvalidInputError("Only http:// and https:// addresses can be fetched.", code="invalid_url")
        if not self._allow_private:
            address = await self._checked_address(url.host, url.port or (443 if url.scheme == "https" else 80))
            request = httpx.Request(
                request.method,
                url.copy_with(host=address),
                headers=request.headers,
                stream=request.stream,
                extensions={**request.extensions, "sni_hostname": url.host},
            )
        return await self._inner.handle_async_request(request)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._inner.aclose()

    async def _checked_address(self, host: str, port: int) -> str:
        addresses = await self._resolve(host, port)
        if not addresses:
            raise InvalidInputError(f"There is no host {host}.", code="host_not_found")
        if not all(map(is_public, addresses)):
            raise InvalidInputError(
                f"{host} is a private address, which this server may not reach (ALLOW_PRIVATE_TARGETS).",
                code="private_address",
            )
        return addresses[0]


def is_public(address: str) -> bool:
    """Whether an IP address is one of the open internet, also where it wraps another one."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if inner is None and ip in _NAT64:
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(str(inner))
    return ip.is_global and not ip.is_multicast and not ip.is_reserved


async def resolve_host(host: str, port: int) -> tuple[str, ...]:
    """All addresses of a host, by the system's resolver.

    Raises:
        InvalidInputError: `host_not_found`.
    """
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise InvalidInputError(f"There is no host {host}.", code="host_not_found") from error
    return tuple(dict.fromkeys(str(address[0]) for *_, address in found))
