"""A server's answer: its beginning, unpacked."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from typing import Final

import urllib3

#: Bytes of an answer that are read at most, before and after it is unpacked.
_ANSWER_BYTES: Final = 65_536


class Answer:
    """
    An answer of a server.

    Attributes:
        status: The HTTP status.
        headers: The headers; their names ignore case.
        body: The first 64 KiB of the body, unpacked.
        leaves_open: Whether the server keeps the connection open.
    """

    def __init__(
        self, status: int, headers: Mapping[str, str], body: bytes, *, leaves_open: bool
    ) -> None:
        self.status = status
        self.headers = headers
        self.body = body
        self.leaves_open = leaves_open


def read_answer(response: urllib3.BaseHTTPResponse) -> Answer:
    """Read an answer. The connection can serve the next request if all of it was read."""
    packed = b""
    try:
        while chunk := response.read(_ANSWER_BYTES - len(packed)):
            packed += chunk
    except ValueError:  # from http.client, for a chunk of less than no bytes
        raise urllib3.exceptions.ProtocolError("a chunk has no valid size") from None
    finally:
        response.close()

    return Answer(
        status=response.status,
        headers=response.headers,
        body=_unpacked(packed, response.headers),
        leaves_open=_leaves_open(response),
    )


def _unpacked(body: bytes, headers: Mapping[str, str]) -> bytes:
    """Unpack the beginning of a body in gzip or zlib; leave any other body as it is."""
    if headers.get("Content-Encoding", "").lower() not in {"gzip", "x-gzip", "deflate"}:
        return body
    try:
        return zlib.decompressobj(wbits=zlib.MAX_WBITS | 32).decompress(body, _ANSWER_BYTES)
    except zlib.error:
        return b""


def _leaves_open(response: urllib3.BaseHTTPResponse) -> bool:
    """Return whether the server keeps the connection open, as is the default of HTTP/1.1."""
    words = response.headers.get("Connection", "").lower()
    return response.version == 11 and "close" not in words
