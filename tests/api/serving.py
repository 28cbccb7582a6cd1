"""Clients for an app in this process."""

import httpx
from fastapi import FastAPI

API_KEY = "second-key"


def app_client(
    app: FastAPI,
    *,
    key: str | None = API_KEY,
    host: str = "127.0.0.1",
    peer: str = "127.0.0.1",
) -> httpx.AsyncClient:
    """A client of the app: with which key, which Host header, and from which address."""
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(app, raise_app_exceptions=True, client=(peer, 50000)),
        base_url=f"http://{host}",
        headers={"xi-api-key": key} if key else {},
    )
