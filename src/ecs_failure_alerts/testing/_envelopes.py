"""What a Sentry server checks of an envelope: its encoding and its form."""

from __future__ import annotations

import gzip
import importlib
import json
import uuid
import zlib
from collections.abc import Callable, Mapping
from typing import Any

from attrs import frozen


@frozen
class EnvelopeItem:
    """
    One item of an envelope.

    Attributes:
        type: ``event``, ``check_in``, ``client_report``, …
        payload: Its JSON, or the bytes where it is not JSON.
    """

    type: str
    payload: Any


class RefusalError(Exception):
    """
    What Sentry would refuse.

    Attributes:
        status: The status that it would answer.
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
        body: The bytes that came.

    Raises:
        RefusalError: The encoding is unknown, or the bytes are not in it.
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
        body: Its bytes.

    Returns:
        Its items, and the id that it gives its event, if it has one.

    Raises:
        RefusalError: It is not an envelope.
    """
    try:
        head, _, rest = body.partition(b"\n")
        event_id = json.loads(head).get("event_id")
        items = []
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
            items.append(_item(str(header["type"]), payload))
        if event_id is None:
            events = (item.payload for item in items if item.type == "event")
            event_id = next((e.get("event_id", uuid.uuid4().hex) for e in events), None)
        plain = None if event_id is None else uuid.UUID(event_id).hex
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise RefusalError(400, "invalid envelope") from error
    return tuple(items), plain


def _item(kind: str, payload: bytes) -> EnvelopeItem:
    try:
        return EnvelopeItem(kind, json.loads(payload))
    except ValueError:
        if kind == "event":
            raise
        return EnvelopeItem(kind, payload)
