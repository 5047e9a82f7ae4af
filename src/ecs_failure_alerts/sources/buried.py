"""The search for an ECS event inside an unknown event, however deep it is wrapped."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from html import unescape
from itertools import islice
from typing import Any, Final
from urllib.parse import unquote

from ..tasks.events import SOURCE
from .packing import LARGEST_RECORD, PackingError, unpack

#: The source of an event in JSON text, inside other JSON text too.
_IN_JSON: Final = re.compile(rf'(?i:source)\\*"\s*:\s*\\*"{re.escape(SOURCE)}\\*"')
#: The same in any other notation, such as YAML. A bracket before the source means a pattern.
_IN_TEXT: Final = re.compile(rf"(?i:source)[^A-Za-z0-9\[]{{1,40}}{re.escape(SOURCE)}\b")
#: An ASCII character as a JSON escape.
_ESCAPED: Final = re.compile(r"\\+u00([0-7][0-9A-Fa-f])")
#: A possible event in base64, of either alphabet and over several lines; every event is longer.
_PACKED: Final = re.compile(
    r"[A-Za-z0-9+/_-]{60,}+(?:(?:\s|\\+[nr]){1,2}+[A-Za-z0-9+/_-]++)*+={0,2}"
)
#: The end of a line in it, also as a JSON escape.
_LINE_END: Final = re.compile(r"\s|\\+[nr]")
_OTHER_ALPHABET: Final = str.maketrans("-_", "+/")
#: Strings of one event that are unpacked at most.
_MOST_UNPACKED: Final = 20


def buries_ecs_event(event: Any) -> bool:
    """Return whether *event* has an event of ECS inside, perhaps in a string."""
    todo: list[Any] = list(event.values()) if isinstance(event, Mapping) else [event]
    unpacked = 0

    while todo:
        value = todo.pop()
        if isinstance(value, Mapping):
            if _is_ecs_event(value):
                return True
            todo += [*value.keys(), *value.values()]
        elif isinstance(value, list | tuple):
            todo += value
        elif isinstance(value, bytes | bytearray):
            todo.append(value.decode(errors="replace"))
        elif isinstance(value, str):
            if any(map(_tells_of_ecs_event, _readings(value))):
                return True
            packed = [*islice(_PACKED.finditer(value), _MOST_UNPACKED - unpacked)]
            unpacked += len(packed)
            todo += filter(None, (_unpack(found[0]) for found in packed))
    return False


def _is_ecs_event(value: Mapping[str, Any]) -> bool:
    keys = {str(key).lower() for key, part in value.items() if part == SOURCE}
    return "source" in keys and any(str(key).lower().startswith("detail") for key in value)


def _readings(text: str) -> Iterator[str]:
    """Yield *text* as it is, and without the escapes of URLs, HTML and JSON."""
    yield text
    if "%22" in text or "%3A" in text:
        yield unquote(text)
    if "&quot;" in text or "&#" in text:
        yield unescape(text)
    if "\\u00" in text:
        yield _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)


def _tells_of_ecs_event(text: str) -> bool:
    if _IN_JSON.search(text):
        return True
    return _IN_TEXT.search(text) is not None and "detail" in text.lower()


def _unpack(text: str) -> str | None:
    """Return the content of base64 *text*, unpacked from gzip or zlib; None if it is not base64."""
    import zlib  # noqa: PLC0415 - for packed texts only

    word = _LINE_END.sub("", text).rstrip("=").translate(_OTHER_ALPHABET)
    try:
        data = unpack(word + "=" * (-len(word) % 4))
    except PackingError:
        return None
    with suppress(zlib.error):
        data = zlib.decompressobj().decompress(data, LARGEST_RECORD)
    return data.decode(errors="replace")
