"""
A text without what looks like a secret.

AWS quotes commands and connection strings in its reasons. `SHAPES` says how secrets look. A
password that stands in plain words has no shape, so no table can find it.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from .._texts import clean, cut, without_invisible
from ._shapes import SHAPES

#: Characters of a text that are looked at: AWS writes 1,024 into a reason at most. Of a longer text
#: the last of them are not shown, because they may be half a secret.
_READ: Final = 5_000
_HIDDEN: Final = 512
#: Texts that are remembered, and their characters at most: titles and hints come again and again.
_REMEMBERED: Final = 1_024
_SHORT: Final = 400
#: Letters that few texts have, the rarest first.
_RARE: Final = '_=$@"/qxzjkvbyw'
#: Letters of full width for those of ASCII.
_FULL_WIDTH: Final = {sign + 0xFEE0: sign for sign in range(ord("!"), ord("~") + 1)}
#: Letters beyond ASCII that `re.IGNORECASE` takes for letters of ASCII.
_CASES_BEYOND_ASCII: Final = str.maketrans("\u0130\u0131\u017f\u212a", "iisk")


def _by_rare_letter() -> dict[str, list[str]]:
    """Return the signs of all shapes by a rare letter of each, or by "" if it has none."""
    found, others = {}, sorted({sign for shape in SHAPES for sign in shape.signs})
    for letter in _RARE:
        found[letter] = [sign for sign in others if letter in sign]
        others = [sign for sign in others if letter not in sign]
    return found | {"": others}


_SIGNS: Final = _by_rare_letter()


def redact(text: str) -> str:
    """
    Return *text* with each secret replaced by its kind, such as ``[redacted: password]``.

    Redact before cutting, since half a secret may have no shape any more.

    Args:
        text: A text of AWS, or of whoever called it.
    """
    seen = as_seen(text)
    redacted = _redact_seen(seen)
    return text if redacted == seen else redacted


def as_seen(text: str) -> str:
    """Return *text* as its reader sees it: without invisible characters, with plain letters."""
    return text if text.isascii() else without_invisible(text).translate(_FULL_WIDTH)


def _redact_seen(text: str) -> str:
    signs = _signs_in(text)
    if not signs:
        return text

    for shape in SHAPES:
        if signs.isdisjoint(shape.signs):
            continue
        redacted = shape.redact(text)
        if redacted != text:
            text, signs = redacted, _signs_in(redacted)
    return text


def _signs_in(text: str) -> set[str]:
    """Return the signs of any shape that *text* has, by what `re.IGNORECASE` takes for equal."""
    folded = (text if text.isascii() else text.translate(_CASES_BEYOND_ASCII)).lower()
    likely = (signs for letter, signs in _SIGNS.items() if letter in folded)
    return {sign for signs in likely for sign in signs if sign in folded}


def redact_and_cut(text: str, limit: int) -> str:
    """
    Return *text* as it may leave: on one line, without secrets, and short.

    Args:
        text: A text that anybody may have written.
        limit: Characters at most.
    """
    known = _short_as_it_leaves if len(text) <= _SHORT else _as_it_leaves
    return known(text, limit)


def _as_it_leaves(text: str, limit: int) -> str:
    seen = redact(clean(text[:_READ]))
    return cut(seen if len(text) <= _READ else f"{seen[:-_HIDDEN]}...", limit)


_short_as_it_leaves: Final = lru_cache(_REMEMBERED)(_as_it_leaves)
