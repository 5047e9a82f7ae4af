"""What code of the user's own says about a delivery, as it may be shown."""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from functools import partial
from typing import Final, TypeVar

from .._frames import is_ours
from ..exceptions import DeliveryError
from ..redaction import redact_and_cut

_T = TypeVar("_T")

#: Characters of a text at most.
_TEXT_CHARACTERS: Final = 500


def error_as_it_leaves(error: DeliveryError) -> DeliveryError:
    """
    Return a copy of *error* that can be shown and kept.

    It is a copy, because a notifier may raise the same one again and again. An error of the user's
    own code is built anew: its text is redacted and cut, because it may quote an answer or an
    address. A field of a wrong type counts as absent, whatever the error's class does.
    """
    if type(error) is DeliveryError and is_ours(error):
        shown = copy(error)
    else:
        text = _shown(partial(BaseException.__str__, error))  # without the notifier's name
        shown = DeliveryError(
            text or f"it raised {type(error).__name__}",
            retryable=_field(error, "retryable", bool) is not False,
            retry_after=_field(error, "retry_after", float) or _field(error, "retry_after", int),
            maybe_delivered=_field(error, "maybe_delivered", bool) is True,
            status=_field(error, "status", int),
        )
        shown.notifier = _field(error, "notifier", str)

    shown.__cause__ = error.__cause__
    return shown


def text_as_it_leaves(value: object) -> str:
    """Return the text of a user's own object, redacted and cut; empty if it cannot be told."""
    return _shown(partial(str, value))


def name_of(notifier: object) -> str:
    """Return the name of a notifier; that of its class if it cannot tell its own any more."""
    return _field(notifier, "name", str) or type(notifier).__name__


def _shown(tell: Callable[[], str]) -> str:
    """Return what *tell* returns, redacted and cut; an empty text if it raises."""
    try:
        return redact_and_cut(tell(), _TEXT_CHARACTERS)
    except Exception:  # noqa: BLE001 - somebody's object
        return ""


def _field(value: object, name: str, kind: type[_T]) -> _T | None:
    """Return the attribute *name* of *value*, if it is of this *kind*; None otherwise."""
    try:
        found = getattr(value, name)
    except Exception:  # noqa: BLE001 - somebody's object
        return None
    return found if isinstance(found, kind) else None
