"""Bytes packed for transport with base64 and gzip; they are unpacked within a memory limit."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, BinaryIO, Final

if TYPE_CHECKING:
    from gzip import GzipFile

#: Bytes of a record at most, unpacked; AWS's own records are far smaller.
LARGEST_RECORD: Final = 10_000_000
#: Bytes of a packed file at most, unpacked; it is read in blocks of lines.
LARGEST_FILE: Final = 200_000_000

_MEGABYTES: Final = LARGEST_RECORD // 1_000_000
#: Bytes that are unpacked at once.
_PIECE_BYTES: Final = 65_536

_TOO_LONG: Final = f"expected lines of at most {_MEGABYTES} MB, got a longer one"
_GZIP: Final = b"\x1f\x8b"


class PackingError(Exception):
    """Bytes cannot be unpacked. The text says why, and shows none of them."""


def is_packed(data: bytes | bytearray) -> bool:
    """Return whether *data* begins like gzip."""
    return data[:2] == _GZIP


def unpack(text: str | bytes | bytearray) -> bytes:
    """
    Decode base64 *text*, and unpack it if it is gzip.

    Raises:
        PackingError: The text is not base64, is not whole, or has more than 10 MB.
    """
    from base64 import b64decode  # noqa: PLC0415 - for packed records only

    try:
        data = b64decode(text, validate=True)
    except ValueError:
        raise PackingError("expected base64, got other text") from None

    if is_packed(data):
        return b"".join(_unpacked(data, LARGEST_RECORD))
    if len(data) > LARGEST_RECORD:
        raise PackingError(f"expected at most {_MEGABYTES} MB, got more")
    return data


def unpack_file(data: bytes | bytearray) -> Iterator[tuple[int, bytes, bool]]:
    """
    Unpack gzip *data* in blocks of whole lines.

    Yields:
        The number of lines before a block; the block: less than 10 MB; and whether it is cut off,
        so that an error follows.

    Raises:
        PackingError: The data is broken, cut off or too large. What comes before has been yielded.
    """
    block, line = bytearray(), 0
    fault: PackingError | None = None
    pieces = _unpacked(data, LARGEST_FILE)

    while True:
        try:
            piece = next(pieces, None)
        except PackingError as error:
            piece, fault = None, error
        if piece is None:
            break

        block += piece
        if len(block) > LARGEST_RECORD - _PIECE_BYTES:
            end = max(block.rfind(b"\n{"), block.rfind(b"\n[")) + 1 or block.rfind(b"\n") + 1
            if not end:
                raise PackingError(_TOO_LONG)
            yield line, bytes(block[:end]), False
            line += block.count(b"\n", 0, end)
            del block[:end]

    yield line, bytes(block), fault is not None
    if fault is not None:
        raise fault


def unpack_lines(stream: BinaryIO) -> Iterator[bytes]:
    """
    Unpack a gzip *stream* line by line.

    Yields:
        Each line with its end: at most 10 MB.

    Raises:
        PackingError: The data is broken or cut off, or a line is too long. What comes before has
            been yielded.
    """
    with _opened(stream) as file:
        while line := file.readline(LARGEST_RECORD + 1):
            if len(line) > LARGEST_RECORD:
                raise PackingError(_TOO_LONG)
            yield line


def _unpacked(data: bytes | bytearray, limit: int) -> Iterator[bytes]:
    """Unpack gzip *data* piece by piece, up to *limit* bytes in all."""
    import io  # noqa: PLC0415 - for packed records only

    left = limit
    with _opened(io.BytesIO(data)) as file:
        while piece := file.read1(_PIECE_BYTES):
            left -= len(piece)
            if left < 0:
                raise PackingError(
                    f"expected at most {limit // 1_000_000} MB unpacked, got more: "
                    "unpack it with gunzip, and pass the part that matters"
                )
            yield piece


@contextmanager
def _opened(stream: BinaryIO) -> Iterator[GzipFile]:
    """Open gzip; its errors become `PackingError`."""
    import gzip  # noqa: PLC0415 - for packed records only
    import zlib  # noqa: PLC0415

    try:
        with gzip.GzipFile(fileobj=stream) as file:
            yield file
    except EOFError:
        raise PackingError("expected whole gzip, got only its beginning") from None
    except (OSError, zlib.error):
        raise PackingError("expected gzip, got broken bytes") from None
