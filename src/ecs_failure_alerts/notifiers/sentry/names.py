"""Names of environments and releases that Sentry accepts."""

from __future__ import annotations

from typing import Final

#: The prefix of a source that is a variable of the containers.
FROM_VARIABLE: Final = "env:"

#: https://develop.sentry.dev/sdk/data-model/event-payloads/#optional-attributes
_LONGEST_ENVIRONMENT: Final = 64
#: https://docs.sentry.io/product/releases/naming-releases/
_LONGEST_RELEASE: Final = 200
_NO_RELEASES: Final = frozenset({"latest", ".", ".."})

_DIGEST: Final = "sha256:"
_SHORT_DIGEST: Final = 12  # hex digits, as Docker shows them


def environment_name(text: str) -> str | None:
    """Return *text* as an environment's name; None if Sentry would refuse it."""
    wrong = not text or len(text) > _LONGEST_ENVIRONMENT or set(text) & set("/\n\r")
    return None if wrong else text


def release_name(text: str) -> str | None:
    """
    Return *text* as a release's name; a digest of an image is cut to 12 hex digits.

    It is None if Sentry would refuse it, and for ``latest``, which names no release.
    """
    if text.startswith(_DIGEST):
        text = text.removeprefix(_DIGEST)[:_SHORT_DIGEST]

    wrong = not text or len(text) > _LONGEST_RELEASE or text.lower() in _NO_RELEASES
    return None if wrong or set(text) & set("/\\\t\n\r\f") else text
