"""Bytes that were packed for transport: base64 and gzip, within a limit of memory."""

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
_PIECE: Final = 65_536

_TOO_LONG: Final = f"expected lines of at most {_MEGABYTES} MB, got a longer one"
_GZIP: Final = b"\x1f\x8b"


class PackingError(Exception):
    """Bytes that cannot be unpacked; the text says why, and shows none of them."""


def is_packed(data: bytes | bytearray) -> bool:
    """Return whether *data* begins as gzip does."""
    return data[:2] == _GZIP


def unpack(text: str | bytes | bytearray) -> bytes:
    """
    Read *text*: base64 of bytes, in which gzip may be.

    Raises:
        PackingError: It is not base64, not whole, or more than 10 MB.
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


def unpack_file(data: bytes | bytearray) -> Iterator[tuple[int, bytes]]:
    """
    Unpack *data*, which is gzip, in blocks that end where a line does.

    Yields:
        How many lines stand before the block, and the block: less than 10 MB.

    Raises:
        PackingError: It is broken, cut off, or too large; what stands before has been given.
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
        if len(block) > LARGEST_RECORD - _PIECE:
            end = max(block.rfind(b"\n{"), block.rfind(b"\n[")) + 1 or block.rfind(b"\n") + 1
            if not end:
                raise PackingError(_TOO_LONG)
            yield line, bytes(block[:end])
            line += block.count(b"\n", 0, end)
            del block[:end]

    yield line, bytes(block)
    if fault is not None:
        raise fault


def unpack_lines(stream: BinaryIO) -> Iterator[bytes]:
    """
    Unpack *stream*, which is gzip, line by line.

    Yields:
        Each line with its end: at most 10 MB.

    Raises:
        PackingError: It is broken or cut off, or a line is too long; what stands before has been
            given.
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
        while piece := file.read1(_PIECE):
            left -= len(piece)
            if left < 0:
                raise PackingError(
                    f"expected at most {limit // 1_000_000} MB unpacked, got more: "
                    "unpack it by gunzip, and pass on the part that matters"
                )
            yield piece


@contextmanager
def _opened(stream: BinaryIO) -> Iterator[GzipFile]:
    """Open gzip, and say in our words what is wrong with it."""
    import gzip  # noqa: PLC0415 - for packed records only
    import zlib  # noqa: PLC0415

    try:
        with gzip.GzipFile(fileobj=stream) as file:
            yield file
    except EOFError:
        raise PackingError("expected whole gzip, got its beginning alone") from None
    except (OSError, zlib.error):
        raise PackingError("expected gzip, got broken bytes") from None
