"""Where a public address really is: the server under test is known by its public URL but runs on loopback."""

from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit

_SECURE = {"https": "https", "wss": "https", "http": "http", "ws": "http"}


@dataclass(frozen=True, slots=True)
class PublicRoute:
    """One public origin and what to connect to instead.

    Attributes:
        public_url: As in the server's `PUBLIC_URL`: `https://agent.example.com`.
        connect_url: For example `http://127.0.0.1:9001`.
    """

    public_url: str
    connect_url: str

    def connect(self, url: str) -> str:
        """Return the URL to connect to for a public http(s) or ws(s) URL; foreign URLs stay as they are."""
        parts, public, real = urlsplit(url), urlsplit(self.public_url), urlsplit(self.connect_url)
        same_origin = (_SECURE.get(parts.scheme), parts.netloc) == (_SECURE.get(public.scheme), public.netloc)
        if not same_origin:
            return url
        is_socket = parts.scheme in ("ws", "wss")
        secure = real.scheme in ("https", "wss")
        scheme = ("wss" if secure else "ws") if is_socket else ("https" if secure else "http")
        return urlunsplit((scheme, real.netloc, parts.path, parts.query, ""))
