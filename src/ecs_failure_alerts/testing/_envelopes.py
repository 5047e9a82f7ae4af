"""Sentry's envelopes: their encoding and format, as a server checks them."""

from __future__ import annotations

import gzip
import importlib
import json
import uuid
import zlib
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from attrs import frozen


@frozen
class EnvelopeItem:
    """
    One item of an envelope.

    Attributes:
        type: ``event``, ``check_in``, ``client_report``, …
        payload: Its JSON, or its bytes if it is not JSON.
    """

    type: str
    payload: Any


class RefusalError(Exception):
    """
    Sentry would refuse the request.

    Attributes:
        status: The status of its answer.
    """

    def __init__(self, status: int, detail: str) -> None:
        self.status = status
        super().__init__(detail)


def _brotli(body: bytes) -> bytes:
    return bytes(importlib.import_module("brotli").decompress(body))


_DECODERS: Mapping[str, Callable[[bytes], bytes]] = {
    "identity": bytes,
    "gzip": gzip.decompress,
    "deflate": zlib.decompress,
    "br": _brotli,
}


def decode(encoding: str, body: bytes) -> bytes:
    """
    Undo the content encoding of a body.

    Args:
        encoding: The header ``Content-Encoding``.
        body: The bytes as received.

    Raises:
        RefusalError: The encoding is unknown (415), or the bytes do not fit it (400).
    """
    try:
        return _DECODERS[encoding.lower()](body)
    except (KeyError, ImportError):
        raise RefusalError(415, f"unsupported encoding: {encoding}") from None
    except Exception as error:
        raise RefusalError(400, f"invalid {encoding} data") from error


def read_envelope(body: bytes) -> tuple[tuple[EnvelopeItem, ...], str | None]:
    """
    Read an envelope.

    https://develop.sentry.dev/sdk/data-model/envelopes/

    Args:
        body: The bytes after decompression.

    Returns:
        The items, and the id of the event as 32 hexadecimal digits, or None without an event.

    Raises:
        RefusalError: The bytes are not an envelope (400).
    """
    try:
        head, _, rest = body.partition(b"\n")
        event_id = json.loads(head).get("event_id")
        items = tuple(_read_items(rest))

        if event_id is None:
            events = (item.payload for item in items if item.type == "event")
            event_id = next((e.get("event_id", uuid.uuid4().hex) for e in events), None)
        plain = None if event_id is None else uuid.UUID(event_id).hex
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise RefusalError(400, "invalid envelope") from error

    return items, plain


def _read_items(rest: bytes) -> Iterator[EnvelopeItem]:
    while rest.strip():
        line, _, rest = rest.partition(b"\n")
        header = json.loads(line)

        length = header.get("length")
        if length is None:
            payload, _, rest = rest.partition(b"\n")
        elif length > len(rest):
            raise RefusalError(400, "invalid envelope: unexpected end of file")
        else:
            payload, rest = rest[:length], rest[length:].removeprefix(b"\n")

        yield _item(str(header["type"]), payload)


def _item(kind: str, payload: bytes) -> EnvelopeItem:
    try:
        return EnvelopeItem(kind, json.loads(payload))
    except ValueError:
        if kind == "event":
            raise
        return EnvelopeItem(kind, payload)
