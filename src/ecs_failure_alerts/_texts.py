"""Foreign text as our output may show it: on one line, shortened, without control characters."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping

_ECHO = 40
_QUOTE = 60

#: Names that an error lists at most, if it can name a likely one.
_FEW = 12

#: People's words for ours.
_SYNONYMS = {
    "oom": ("out_of_memory",),
    "spot": ("spot_interruption",),
    "critical": ("fatal",),
    "none": ("silent",),
    "off": ("silent",),
    "ignore": ("silent",),
    "job": ("batch", "scheduled"),
}

#: Invisible characters: soft hyphens, characters of no width, overrides of the direction, tags
#: (Unicode's category Cf); and those that only change the look of their neighbour.
_FORMATS = (
    "\u00ad\u0600-\u0605\u061c\u06dd\u070f\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff"
    "\ufff9-\ufffb\U000e0001-\U000e007f"
)
_UNSEEN = f"[{_FORMATS}]"
_INVISIBLE = (
    f"[{_FORMATS}\u034f\u115f\u1160\u17b4\u17b5\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)


def clean(text: str, limit: int | None = None) -> str:
    """
    Return *text* as one line that can be shown anywhere.

    Control characters and line ends become spaces. Invisible characters, and those that change the
    writing direction, are dropped. What no backend can store (NUL and halves of surrogate pairs)
    becomes a question mark.

    Args:
        text: Foreign text.
        limit: Characters at most; dots stand for the rest.
    """
    if limit is not None and len(text) > limit:
        text = cut(text, limit)
    if text.isprintable():
        return text
    stored = re.sub(_UNSEEN, "", text.encode(errors="replace").decode()).replace("\0", "?")
    return "".join(letter if letter.isprintable() else " " for letter in stored)


def without_invisible(text: str) -> str:
    """Return *text* without invisible characters, even inside words."""
    return text if text.isascii() else re.sub(_INVISIBLE, "", text)


def echo(value: object) -> str:
    """Return *value* for an error: at most 40 characters of a scalar, or only its kind."""
    if isinstance(value, str):
        shown = cut(value, _ECHO).encode(errors="replace").decode()
        return json.dumps(shown, ensure_ascii=not shown.isprintable())

    if value is None or isinstance(value, bool):
        return json.dumps(value)
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, int):
        long = not -(10 ** (_ECHO - 1)) < value < 10**_ECHO
        return "a number of over 40 digits" if long else str(value)

    return kind(value)


def quote(value: object) -> str:
    """Return a refused argument as Python writes it, cut to 60 characters."""
    return cut(repr(value), _QUOTE)


def kind(value: object) -> str:
    """Return the JSON kind of *value*."""
    if isinstance(value, Mapping):
        return "an object"
    if isinstance(value, list | tuple):
        return "a list"
    if isinstance(value, str | bytes | bytearray):
        return "a string"

    if value is None or isinstance(value, bool):
        return json.dumps(value)
    if isinstance(value, int | float):
        return "a number"

    return f"a Python {type(value).__name__}"


def unknown(what: str, name: object, known: Iterable[str]) -> str:
    """
    Return the text of an error about an unknown *name*.

    It reads "unknown level 'loud': expected one of fatal, error, warning, info". A likely name
    comes before the list, or in place of a long one.
    """
    names = list(known)
    near = close_match(str(name), names)
    meant = (
        [near] if near else [word for word in _SYNONYMS.get(str(name).lower(), ()) if word in names]
    )
    shown = repr(cut(name, _ECHO)) if isinstance(name, str) else echo(name)

    guess = f"did you mean {' or '.join(meant)}?" if meant else ""
    choice = f"expected one of {', '.join(names)}"
    advice = [guess] if guess and len(names) > _FEW else [guess, choice]
    return f"unknown {what} {shown}: {' '.join(filter(None, advice))}"


def check_regular_expression(text: str) -> None:
    """
    Check that *text* is a regular expression.

    Raises:
        ValueError: *text* is not a regular expression; the error tells why.
    """
    try:
        re.compile(text)
    except (re.error, OverflowError, RecursionError) as error:
        raise ValueError(
            f"expected a regular expression, got {echo(text)}: {cut(str(error), _QUOTE)}"
        ) from None


def cut(text: str, limit: int) -> str:
    """Return *text*, shortened to *limit* characters; dots stand for the rest."""
    return text if len(text) <= limit else text[: limit - 3] + "..."


def counted(number: int, noun: str) -> str:
    """Return a number with its noun: ``1 alert``, ``2,000 alerts``."""
    return f"{number:,} {noun}{'s' * (number != 1)}"


def close_match(name: str, known: Iterable[str], cutoff: float = 0.6) -> str | None:
    """Return the known name that is most similar to *name*; None if none is."""
    from difflib import get_close_matches  # noqa: PLC0415 - slow to import, for mistakes only

    return next(iter(get_close_matches(name, list(known), 1, cutoff)), None)
