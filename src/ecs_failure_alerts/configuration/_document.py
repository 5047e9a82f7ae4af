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

#: Characters of a document at most; more than a thousand rules take.
LONGEST: Final = 200_000

#: Tables and lists in each other at most; a document has four.
_DEEPEST: Final = 50

_OTHER_ENCODINGS: Final = (BOM_UTF16_BE, BOM_UTF16_LE)
_OTHER_FORMS: Final = (".yaml", ".yml", ".ini", ".hcl", ".tf", ".env")

#: How no TOML begins.
_BEGINS_JSON: Final = re.compile(r"\s*\[?\s*\{")

#: A key of so many parts that tomllib would take minutes for it.
_DEEP_KEY: Final = re.compile(
    r"""(?<![\w-])(?:(?:[\w-]++|"(?:[^"\\\n]|\\.)*+"|'[^'\n]*+')\s*+\.\s*+){100}"""
)

#: Where tomllib saw the fault, behind its text.
_PLACE: Final = re.compile(r"(.*) \(at (?:line (\d+), column (\d+)|end of document)\)", re.DOTALL)


#: How a comment begins that JSON cannot have, behind nothing or a value.
_COMMENT: Final = re.compile(r"^[^\"]*(//|/[*]|#)|[,{\[] *(//|/[*]|#)", re.MULTILINE)

#: What to do, where tomllib's words leave one guessing.
_ADVICE: Final = {
    "Invalid value": ": put texts in quotes",
    "Cannot overwrite a value": ": keep one of two equal keys",
}


class UnreadableDocument(ValueError):
    """
    A document that is neither TOML nor JSON; the text names the place and echoes no value.

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
        name: The name of its file. One that ends with ``.json`` or ``.toml`` decides the form;
            else what begins with ``{`` is JSON.

    Returns:
        The table that the document is. Dates are texts as JSON would have them.

    Raises:
        UnreadableDocument: It is neither, or too large.
    """
    size = len(content)
    if size > LONGEST:
        raise UnreadableDocument(f"expected at most {LONGEST:,} characters, got {size:,}")

    text = content if isinstance(content, str) else _decode(content)
    text = text.removeprefix("\ufeff")
    if "\n" not in text:
        text = text.replace("\r", "\n")  # the line ends of some editors
    form = PurePath(name).suffix.lower()

    if form in _OTHER_FORMS:
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
    """A JSON object that knows which of its keys came twice: Python takes the last in silence."""

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
        raise UnreadableDocument("nested too deep")

    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        fault = str(error)
    except ValueError:
        fault = "a number has more digits than can be read"
    except RecursionError:
        fault = "nested too deep"

    # Not inside of `except`: newer errors of tomllib hold the whole text.
    found = _PLACE.fullmatch(fault)
    if found is None:
        raise UnreadableDocument(fault)
    lines = text.rstrip().splitlines() or [""]
    line, column = found[2] or len(lines), found[3] or len(lines[-1]) + 1
    faulty = lines[min(int(line), len(lines)) - 1]
    advice = syntax_hint(found[1], faulty) or _ADVICE.get(found[1], "")
    raise UnreadableDocument(f"not TOML: {found[1]} (line {line}, column {column}){advice}")


def _plain(value: Any, path: str = "", depth: int = 1) -> Any:
    """Return *value* with TOML's dates and times as texts; refuse a key that came twice."""
    if depth > _DEEPEST:
        raise UnreadableDocument("nested too deep")

    if isinstance(value, _Object) and value.repeated:
        twice = at_key(path, value.repeated[0])
        raise UnreadableDocument("this key stands here twice: keep one", twice)
    if isinstance(value, dict):
        return {key: _plain(part, at_key(path, key), depth + 1) for key, part in value.items()}
    if isinstance(value, list):
        return [_plain(part, at_index(path, index), depth + 1) for index, part in enumerate(value)]
    return value.isoformat() if isinstance(value, date | time) else value
