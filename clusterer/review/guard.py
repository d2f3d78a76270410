"""Who may talk to the server: the page that it gave out itself, in a browser on this machine."""

from __future__ import annotations

import hmac

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MOST_BYTES = 1_000_000
"""Of the body of a request."""

HEADERS = {
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}
"""On every answer that does not say otherwise."""


class _RefusalError(Exception):
    def __init__(self, status: int, error: str) -> None:
        super().__init__(error)
        self.status = status


class Guard:
    """ASGI middleware that lets only the own page through.

    Another program or site can reach the port too, so the host's name must be ours (else a foreign
    name could be made to lead here), the path must begin with a secret, and what changes something
    must come from the own origin, as JSON, which a foreign form cannot send.

    Parameters
    ----------
    app
        Sees paths without the secret.
    token
        The secret.
    port
        That the browser talks to.
    """

    def __init__(self, app: ASGIApp, token: str, port: int) -> None:
        self._app = app
        self._token = token.encode()
        self._hosts = {f"127.0.0.1:{port}", f"localhost:{port}"}
        if port == 80:  # which browsers leave out
            self._hosts |= {"127.0.0.1", "localhost"}
        self._origins = {f"http://{host}" for host in self._hosts}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or have the app answer it."""
        if scope["type"] != "http":
            return
        add_headers = _with_headers(send)
        try:
            path = self._inner_path(scope)
            self._check(scope["method"], Headers(scope=scope))
            if scope["method"] == "POST":
                receive = await _read(receive)
        except _RefusalError as refusal:
            # What was not read of the body must not be taken for the next request.
            answer = JSONResponse({"error": str(refusal)}, refusal.status, {"Connection": "close"})
            await answer(scope, receive, add_headers)
            return
        await self._app({**scope, "path": path}, receive, add_headers)

    def _inner_path(self, scope: Scope) -> str:
        """The path after the secret, once the host's name and the secret are right."""
        if Headers(scope=scope).getlist("host") not in [[host] for host in self._hosts]:
            raise _RefusalError(403, "This is not the address of the review")
        _, _, path = scope["path"].partition("/")
        token, slash, rest = path.partition("/")
        known = hmac.compare_digest(token.encode(errors="replace"), self._token)
        if not (known and slash):
            raise _RefusalError(404, "There is no such page")
        return f"/{rest}"

    def _check(self, method: str, headers: Headers) -> None:
        if method not in {"GET", "HEAD", "POST"}:
            raise _RefusalError(405, "Only GET, HEAD and POST are understood")
        origins = headers.getlist("origin")
        if not set(origins) <= self._origins:
            raise _RefusalError(403, "Another page must not talk to the review")
        if method != "POST":
            return
        if not origins and headers.get("sec-fetch-site") != "same-origin":
            raise _RefusalError(403, "It is not said which page this comes from")
        kind = headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind != "application/json":
            raise _RefusalError(415, "Only application/json is understood")


async def _read(receive: Receive) -> Receive:
    """Read the whole body, as long as it is small, whatever length is announced."""
    body = bytearray()
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise _RefusalError(400, "The request is not whole")
        body += message.get("body", b"")
        more = message.get("more_body", False)
        if len(body) > MOST_BYTES:
            raise _RefusalError(413, f"More than {MOST_BYTES} bytes are not taken")
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
