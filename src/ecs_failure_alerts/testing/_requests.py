"""One request to a Sentry server, and what Sentry checks before it accepts the event."""

from __future__ import annotations

import re
from collections.abc import Mapping

from attrs import evolve, field, frozen

from ._envelopes import EnvelopeItem, RefusalError, decode, read_envelope


@frozen
class InboxRequest:
    """
    One request as the inbox saw and answered it.

    Attributes:
        method: The HTTP method.
        path: The path with its query.
        headers: The headers, with names in lower case.
        items: The items of the envelope; empty if the request was refused.
        event_id: The id of the event in the envelope, or None.
        status: The status of the answer, or None without an answer (yet).
        accepted: Whether the event was accepted.
    """

    method: str
    path: str
    headers: Mapping[str, str] = field(repr=False)
    items: tuple[EnvelopeItem, ...] = field(default=(), repr=False)
    event_id: str | None = None
    status: int | None = None
    accepted: bool = False


@frozen
class Project:
    """
    The project of a Sentry server that events are sent to.

    Attributes:
        id: The project's id.
        key: The public key.
        max_size: The largest envelope in bytes after decompression, or None for no limit.
    """

    id: str
    key: str
    max_size: int | None

    def check(self, request: InboxRequest, body: bytes) -> InboxRequest:
        """
        Check a request in Sentry's order: path, method, key, encoding, size, envelope.

        Args:
            request: The request without its items.
            body: The body as received.

        Returns:
            The request with the items of its envelope and the event's id.

        Raises:
            RefusalError: Sentry would refuse the request.
        """
        self._check_path(request)
        self._check_key(request)

        content = decode(request.headers.get("content-encoding", "identity"), body)
        if self.max_size is not None and len(content) > self.max_size:
            raise RefusalError(413, "envelope exceeded size limits")

        items, event_id = read_envelope(content)
        return evolve(request, items=items, event_id=event_id)

    def _check_path(self, request: InboxRequest) -> None:
        path = request.path.partition("?")[0]
        if path != f"/api/{self.id}/envelope/":
            if re.fullmatch(r"/api/\d+/envelope/", path):
                raise RefusalError(403, "ProjectId")
            raise RefusalError(404, "no such page")

        if request.method != "POST":
            raise RefusalError(405, "only POST")

    def _check_key(self, request: InboxRequest) -> None:
        query = request.path.partition("?")[2]
        credentials = f"{request.headers.get('x-sentry-auth', '')},{query}"

        key = re.search(r"\bsentry_key=([^,&\s]*)", credentials)
        if key is None:
            raise RefusalError(401, "missing authorization information")
        if key[1] != self.key:
            raise RefusalError(403, "event submission rejected with_reason: ProjectId")
