"""Access control: only the page that the server sent itself, by an address that is its own."""

from __future__ import annotations

import hmac

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MOST_BYTES = 1_000_000
"""Largest request body."""
PHOTOGRAPH = "/find/photograph"
"""Where paths end that take a photograph."""
MOST_PHOTOGRAPH_BYTES = 48_000_000
"""Largest photograph: a JPEG of 100 million pixels, as the largest cameras write it."""
PHOTOGRAPH_KIND = "application/octet-stream"
"""As little as JSON can a form of another site send that."""

NOTHING = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
"""Policy of answers that are no page: should a browser show one, it loads and runs nothing."""
HEADERS = {
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Content-Security-Policy": NOTHING,
}
"""Default headers of every answer."""


class _RefusalError(Exception):
    def __init__(self, status: int, error: str) -> None:
        super().__init__(error)
        self.status = status


class Guard:
    """ASGI middleware that admits only the page's own requests.

    Other programs and sites can reach the port too. So the host name must be ours (against DNS
    rebinding), the path must begin with a secret, and requests that change something must come
    from our own origin as JSON, or as bytes without a kind if it is a photograph, neither of which
    a form of another site can send.

    Parameters
    ----------
    app
        Receives paths without the secret.
    token
        The secret.
    port
        Port that the browser connects to.
    origin
        By which browsers reach it through a reverse proxy, see `Outside`; empty = they do not.
    """

    def __init__(self, app: ASGIApp, token: str, port: int, origin: str = "") -> None:
        self._app = app
        self._token = token.encode()
        self._hosts = {f"127.0.0.1:{port}", f"localhost:{port}"}
        if port == 80:  # browsers omit it
            self._hosts |= {"127.0.0.1", "localhost"}
        self._origins = {f"http://{host}" for host in self._hosts}
        if origin:
            self._hosts.add(origin.partition("://")[2])
            self._origins.add(origin)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Reject a request, or pass it to the app."""
        if scope["type"] != "http":
            return
        add_headers = _with_headers(send)
        try:
            path = self._inner_path(scope)
            is_photograph = path.endswith(PHOTOGRAPH)
            self._check(scope["method"], Headers(scope=scope), is_photograph)
            if scope["method"] == "POST":
                receive = await _read(
                    receive, MOST_PHOTOGRAPH_BYTES if is_photograph else MOST_BYTES
                )
        except _RefusalError as refusal:
            # The unread rest of the body must not be parsed as the next request.
            answer = JSONResponse({"error": str(refusal)}, refusal.status, {"Connection": "close"})
            await answer(scope, receive, add_headers)
            return
        await self._app({**scope, "path": path}, receive, add_headers)

    def _inner_path(self, scope: Scope) -> str:
        """Check the host name and the secret; return the path after the secret."""
        if Headers(scope=scope).getlist("host") not in [[host] for host in self._hosts]:
            raise _RefusalError(403, "Wrong address for this review")
        _, _, path = scope["path"].partition("/")
        token, slash, rest = path.partition("/")
        known = hmac.compare_digest(token.encode(errors="replace"), self._token)
        if not (known and slash):
            raise _RefusalError(404, "Page not found")
        return f"/{rest}"

    def _check(self, method: str, headers: Headers, is_photograph: bool) -> None:
        if method not in {"GET", "HEAD", "POST"}:
            raise _RefusalError(405, "Only GET, HEAD and POST are supported")
        origins = headers.getlist("origin")
        if not set(origins) <= self._origins:
            raise _RefusalError(403, "Requests from other pages are not allowed")
        if method != "POST":
            return
        if not origins and headers.get("sec-fetch-site") != "same-origin":
            raise _RefusalError(403, "The origin of the request is missing")
        kind = headers.get("content-type", "").partition(";")[0].strip().lower()
        wanted = PHOTOGRAPH_KIND if is_photograph else "application/json"
        if kind != wanted:
            raise _RefusalError(415, f"Only {wanted} is supported")


async def _read(receive: Receive, most_bytes: int) -> Receive:
    """Read the whole body up to a size, whatever length is declared."""
    body = bytearray()
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise _RefusalError(400, "The request is incomplete")
        body += message.get("body", b"")
        more = message.get("more_body", False)
        if len(body) > most_bytes:
            raise _RefusalError(413, f"The request is larger than {most_bytes} bytes")
    waiting: list[Message] = [{"type": "http.request", "body": bytes(body), "more_body": False}]

    async def replay() -> Message:
        return waiting.pop() if waiting else await receive()

    return replay


def _with_headers(send: Send) -> Send:
    async def add(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
        await send(message)

    return add
