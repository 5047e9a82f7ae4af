"""The search for a known event or a task inside an unknown event, however deep it is wrapped."""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from html import unescape
from typing import Any, Final
from urllib.parse import unquote

from .._json import decode
from ..tasks.events import SOURCE
from ._records import NOTICES, SourceRecord, unreadable

#: Blanks in JSON text, also as escapes of other JSON text or of a form.
_BLANKS: Final = r"(?:[\s+]|\\+[nrt])*+"
#: How DynamoDB begins a string.
_STRING: Final = rf'(?:{{{_BLANKS}\\*"S\\*"{_BLANKS}:{_BLANKS})?'
#: The source of an event in JSON text, inside other JSON text too, and as DynamoDB writes it.
_IN_JSON: Final = re.compile(
    rf'(?i:source)\\*"{_BLANKS}:{_BLANKS}{_STRING}\\*"{re.escape(SOURCE)}\\*"'
)
#: The same in any other notation, such as YAML. A bracket before the source means a pattern.
_IN_TEXT: Final = re.compile(rf"(?i:source)[^A-Za-z0-9\[]{{1,40}}{re.escape(SOURCE)}\b")
#: The type of a notice, in either way; a form has plus signs for blanks.
_TYPES: Final = "|".join("[ +]".join(detail_type.split()) for _, detail_type in NOTICES)
_NOTICE_IN_TEXT: Final = re.compile(
    rf'(?i:detail[_-]?type)(?:\\*"{_BLANKS}:{_BLANKS}{_STRING}\\*"|[^A-Za-z0-9\[]{{1,40}})'
    rf"(?:{_TYPES})\b"
)
#: The names of that field in a notice, in small letters.
_TYPE_NAMES: Final = ("detail-type", "detailtype", "detail_type")
#: A task in any notation, and that it has stopped.
_TASK: Final = re.compile(r"(?i:taskArn)[^A-Za-z0-9\[]{1,40}arn:aws")
_STOP: Final = re.compile(
    r"(?i:stopCode|stoppedReason|stoppedAt)[^A-Za-z0-9\[]{1,40}(?!null\b|None\b)[A-Za-z0-9]"
)
#: The same among the keys of a task, in small letters.
_STOPPED: Final = ("stopcode", "stoppedreason", "stoppedat")
#: An ASCII character as a JSON escape; a slash may have one of its own.
_ESCAPED: Final = re.compile(r"(?<!\\)\\++(?:u00([0-7][0-9A-Fa-f])|/)")
#: A possible event in base64, of either alphabet and over several lines; every event is longer.
_PACKED: Final = re.compile(
    r"[A-Za-z0-9+/_-]{60,}+(?:(?:\s|\\+[nr]){1,2}+[A-Za-z0-9+/_-]++)*+={0,2}"
)
#: The same in hexadecimal.
_HEXADECIMAL: Final = re.compile(r"(?:0?x)?((?:[0-9A-Fa-f]{2})+)")
#: The end of a line in it, also as a JSON escape.
_LINE_END: Final = re.compile(r"\s|\\+[nr]")
_OTHER_ALPHABET: Final = str.maketrans("-_", "+/")
#: A possible event as the numbers of its bytes.
_NUMBERS: Final = re.compile(r"\d{1,3}(?:\s{0,20}+,\s{0,20}+\d{1,3}){60,}+")
#: Bytes at most that are unpacked of one event, because each takes time to search. No event of
#: EventBridge is larger: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html
_MOST_UNPACKED: Final = 1_000_000
#: The format of `zlib` for either gzip or zlib, with the largest window.
_GZIP_OR_ZLIB: Final = 32 + 15
#: Layers of escapes around a text that are taken off at most.
_MOST_LAYERS: Final = 3
#: What may be found, and what cannot be told from it.
_EVENT: Final = "an event of ECS"
_NOTICE: Final = "a notice"
_TOO_MUCH: Final = f"packed data of over {_MOST_UNPACKED // 1_000_000} MB"
_BESIDE: Final = (
    "expected an event in {}, got a foreign one there, and {} elsewhere: pass that one itself"
)


def find_buried(event: Any, *, but: Iterable[Any] = ()) -> str | None:
    """
    Search *event* for a known event or a stopped task inside, perhaps in a string.

    Args:
        event: Any value of JSON.
        but: Values inside that are left out.

    Returns:
        What was found, in words: it may be too much packed data to search. None if there is
        nothing.
    """
    todo: list[Any] = list(event.values()) if isinstance(event, Mapping) else [event]
    read = {id(value) for value in but}
    unpacked: set[str] = set()
    left = _MOST_UNPACKED

    while todo:
        value = todo.pop()
        if id(value) in read:
            continue
        if isinstance(value, Mapping | list | tuple):
            read.add(id(value))  # in Python a value may hold itself
        if isinstance(value, Mapping):
            if what := _what_is(value):
                return what
            todo += [*value.keys(), *value.values()]
        elif isinstance(value, list | tuple):
            todo += value
            todo.append(_as_bytes(value))
        elif isinstance(value, bytes | bytearray):
            todo.append(decode(value))
        elif isinstance(value, str):
            texts = list(_readings(value))
            if what := _told_in(texts):
                return what
            for text in texts:
                todo += (_as_bytes(found[0].split(",")) for found in _NUMBERS.finditer(text))
                packed = {found[0] for found in _PACKED.finditer(text)} - unpacked
                unpacked |= packed
                for word in packed:
                    data = _decoded(word)
                    plain = _decompressed(data, left)
                    left -= len(plain)
                    if left < 0:
                        return _TOO_MUCH
                    todo.append(decode(plain or data))
    return None


def event_beside(
    value: Mapping[str, Any], found: list[tuple[str, Any]], record: SourceRecord
) -> Iterator[SourceRecord]:
    """Report a known event that stands in *value* beside the foreign ones that were *found*."""
    if what := find_buried(value, but=[inner for _, inner in found]):
        yield unreadable(value, record, _BESIDE.format(found[0][0], what))


def _what_is(value: Mapping[str, Any]) -> str | None:
    """Return what *value* is, in any letters: an event or a stopped task of ECS, or a notice."""
    known = {str(key).lower(): _plain(part) for key, part in value.items()}
    source = known.get("source")
    if source == SOURCE:
        return _EVENT if any(key.startswith("detail") for key in known) else None
    if any((source, known.get(name)) in NOTICES for name in _TYPE_NAMES):
        return _NOTICE

    has_stopped = any(known.get(key) is not None for key in _STOPPED)
    return _EVENT if "taskarn" in known and has_stopped else None


def _told_in(texts: list[str]) -> str | None:
    """Return what one of the readings of a text tells of."""
    if any(map(_tells_of_ecs, texts)):
        return _EVENT
    return _NOTICE if any(map(_NOTICE_IN_TEXT.search, texts)) else None


def _plain(value: Any) -> Any:
    """Return *value*; of a string as DynamoDB writes it, the string."""
    return value["S"] if isinstance(value, dict) and value.keys() == {"S"} else value


def _as_bytes(numbers: Sequence[Any]) -> bytes | None:
    """Return the bytes of a list of their numbers, as Node.js writes a buffer; else None."""
    try:
        return bytes(map(int, numbers))
    except (TypeError, ValueError, OverflowError):
        return None


def _readings(text: str) -> Iterator[str]:
    """Yield *text* as it is, and without each layer of the escapes of URLs, HTML and JSON."""
    yield text
    for _ in range(_MOST_LAYERS):
        plain = _ESCAPED.sub(_unescaped, unescape(unquote(text)))
        if plain == text:
            return
        text = plain
        yield text


def _unescaped(found: re.Match[str]) -> str:
    return chr(int(found[1], 16)) if found[1] else "/"


def _tells_of_ecs(text: str) -> bool:
    if _IN_JSON.search(text):
        return True
    if _IN_TEXT.search(text) is not None and "detail" in text.lower():
        return True
    return _TASK.search(text) is not None and _STOP.search(text) is not None


def _decoded(text: str) -> bytes:
    """Return the content of base64 or hexadecimal *text*; nothing if it is neither."""
    word = _LINE_END.sub("", text).rstrip("=").translate(_OTHER_ALPHABET)
    if digits := _HEXADECIMAL.fullmatch(word):
        return bytes.fromhex(digits[1])
    try:
        return b64decode(word + "=" * (-len(word) % 4), validate=True)
    except ValueError:
        return b""


def _decompressed(data: bytes, most: int) -> bytes:
    """Return the content of gzip or zlib, up to one byte over *most*; nothing if it is neither."""
    import zlib  # noqa: PLC0415 - for packed texts only

    plain = b""
    with suppress(zlib.error):
        while data and len(plain) <= most:
            stream = zlib.decompressobj(_GZIP_OR_ZLIB)
            plain += stream.decompress(data, most + 1 - len(plain))
            data = stream.unused_data
    return plain
