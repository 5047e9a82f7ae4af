"""The text of a configuration document, TOML or JSON, as plain values."""

from __future__ import annotations

import re
import tomllib
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from collections import Counter
from datetime import date, time
from pathlib import PurePath
from typing import Any, Final

from .._json import read_json
from .._texts import echo
from ._hints import syntax_hint
from ._paths import at_index, at_key

#: Characters of a document at most: enough for a thousand rules.
MOST_CHARACTERS: Final = 200_000

#: Levels of tables and lists at most; a document needs four.
_MOST_LEVELS: Final = 50

_OTHER_ENCODINGS: Final = (BOM_UTF16_BE, BOM_UTF16_LE)
_OTHER_SUFFIXES: Final = (".yaml", ".yml", ".ini", ".hcl", ".tf", ".env")

#: The beginning of a document that cannot be TOML.
_BEGINS_JSON: Final = re.compile(r"\s*+(?:\[\s*+)?+\{")

#: A key of a hundred parts, because tomllib would take minutes to read one.
_DEEP_KEY: Final = re.compile(
    r"""(?<![\w-])(?:(?:[\w-]++|"(?:[^"\\\n]|\\.)*+"|'[^'\n]*+')\s*+\.\s*+){100}"""
)

#: An error of tomllib: the fault, and where it is.
_PLACE: Final = re.compile(r"(.*) \(at (?:line (\d+), column (\d+)|end of document)\)", re.DOTALL)

#: The beginning of a comment, because JSON allows none.
_COMMENT: Final = re.compile(r"^[^\"]*(//|/[*]|#)|[,{\[] *(//|/[*]|#)", re.MULTILINE)

#: What to do about a fault, where tomllib's own words do not tell.
_ADVICE: Final = {
    "Invalid value": ": put text in quotes",
    "Cannot overwrite a value": ": keep one of the two keys",
}


class UnreadableDocument(ValueError):
    """
    A document is neither TOML nor JSON. The text names the place and echoes no value.

    Attributes:
        path: Where the fault is; empty for the document as a whole.
    """

    def __init__(self, message: str, path: str = "") -> None:
        self.path = path
        super().__init__(message)


def read_document(content: str | bytes, name: str = "") -> dict[str, Any]:
    """
    Read a document.

    Args:
        content: The text; bytes in UTF-8, with or without a byte order mark.
        name: The name of its file. Its suffix decides, if it is ``.json`` or ``.toml``.
            Otherwise a document that begins with ``{`` is JSON.

    Returns:
        The document as a dict. Dates and times are strings, as in JSON.

    Raises:
        UnreadableDocument: The document is neither TOML nor JSON, or is too large.
    """
    size = len(content)
    if size > MOST_CHARACTERS:
        raise UnreadableDocument(f"expected at most {MOST_CHARACTERS:,} characters, got {size:,}")

    text = content if isinstance(content, str) else _decode(content)
    text = text.removeprefix("\ufeff")
    if "\n" not in text:
        text = text.replace("\r", "\n")  # the line ends of old editors
    form = PurePath(name).suffix.lower()

    if form in _OTHER_SUFFIXES:
        raise UnreadableDocument(f"expected TOML or JSON, got a file that ends with {form}")
    if form == ".json" or (form != ".toml" and _BEGINS_JSON.match(text)):
        document = _read_json(text)
    else:
        document = _read_toml(text)

    if not isinstance(document, dict):
        raise UnreadableDocument(f"expected a JSON object, got {echo(document)}")
    plain: dict[str, Any] = _plain(document)
    return plain


def _decode(content: bytes) -> str:
    if content.startswith(_OTHER_ENCODINGS):
        raise UnreadableDocument("expected UTF-8, got UTF-16: save the file as UTF-8")

    try:
        return content.removeprefix(BOM_UTF8).decode()
    except UnicodeDecodeError as error:
        at = error.start

    line = content.count(b"\n", 0, at) + 1
    raise UnreadableDocument(
        f"expected UTF-8, got another encoding in line {line}: save the file as UTF-8"
    )


class _Object(dict[str, Any]):
    """A JSON object that remembers repeated keys, because Python silently keeps the last one."""

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        super().__init__(pairs)
        times = Counter(key for key, _ in pairs)
        self.repeated = [key for key, number in times.items() if number > 1]


def _read_json(text: str) -> Any:
    try:
        return read_json(text, UnreadableDocument, object_pairs_hook=_Object)
    except UnreadableDocument as error:
        fault = str(error)
    comment = _COMMENT.search(text)
    raise UnreadableDocument(
        f"{fault}: leave out the comments, or write TOML" if comment else fault
    )


def _read_toml(text: str) -> dict[str, Any]:
    if _DEEP_KEY.search(text):
        raise UnreadableDocument("nested too deeply")

    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        fault = str(error)
    except ValueError:
        fault = "a number has more digits than can be read"
    except RecursionError:
        fault = "nested too deeply"

    # Raised outside `except`, because newer errors of tomllib hold the whole text.
    found = _PLACE.fullmatch(fault)
    if found is None:
        raise UnreadableDocument(fault)
    lines = text.rstrip().splitlines() or [""]
    line, column = found[2] or len(lines), found[3] or len(lines[-1]) + 1
    faulty = lines[min(int(line), len(lines)) - 1]
    advice = syntax_hint(found[1], faulty) or _ADVICE.get(found[1], "")
    raise UnreadableDocument(f"not TOML: {found[1]} (line {line}, column {column}){advice}")


def _plain(value: Any, path: str = "", depth: int = 1) -> Any:
    """Return *value* with TOML's dates and times as strings; refuse a repeated key."""
    if depth > _MOST_LEVELS:
        raise UnreadableDocument("nested too deeply")

    if isinstance(value, _Object) and value.repeated:
        twice = at_key(path, value.repeated[0])
        raise UnreadableDocument("this key is set twice: keep one", twice)
    if isinstance(value, dict):
        return {key: _plain(part, at_key(path, key), depth + 1) for key, part in value.items()}
    if isinstance(value, list):
        return [_plain(part, at_index(path, index), depth + 1) for index, part in enumerate(value)]
    return value.isoformat() if isinstance(value, date | time) else value
