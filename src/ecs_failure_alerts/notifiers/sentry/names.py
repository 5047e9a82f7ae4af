"""Names of environments and releases that Sentry keeps, and where they come from."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final

from ..._arguments import naming
from ..._texts import echo, quote

#: The prefix of a source that is a variable of the containers.
FROM_VARIABLE: Final = "env:"

#: https://develop.sentry.dev/sdk/data-model/event-payloads/#optional-attributes
_ENVIRONMENT_BYTES: Final = 64
_NO_ENVIRONMENTS: Final = frozenset({"none", ".", ".."})
#: https://docs.sentry.io/product/releases/naming-releases/
_RELEASE_BYTES: Final = 200
_NO_RELEASES: Final = frozenset({"latest", ".", ".."})
#: Sentry keeps neither with one of these characters: slashes and control characters.
_NO_SIGNS: Final = frozenset({"/", "\\", "\x7f", *map(chr, range(32))})

#: What is expected, in words.
ENVIRONMENT: Final = (
    rf"an environment of at most {_ENVIRONMENT_BYTES} bytes, on one line, without / or \, not none"
)
RELEASE: Final = (
    rf"a release of at most {_RELEASE_BYTES} bytes, on one line, without / or \, not latest"
)

_DIGEST: Final = "sha256:"
_SHORT_DIGEST: Final = 12  # hex digits, as Docker shows them

#: The end of a variable's name that may hold a secret, not a version.
_NO_VERSION: Final = (
    "(?i)(?:pass(?:word|wd|phrase|code)?|pwd|pin|secret|token|key|credentials?"
    "|auth|dsn|hash)[0-9_]*$"
)


def environment_name(text: str) -> str | None:
    """Return *text* as an environment's name; None if Sentry would remove it."""
    return text if _is_kept(text, _ENVIRONMENT_BYTES, _NO_ENVIRONMENTS) else None


def release_name(text: str) -> str | None:
    """
    Return *text* as a release's name; a digest of an image is cut to 12 hex digits.

    It is None if Sentry would remove it, and for ``latest``, which names no release.
    """
    if text.startswith(_DIGEST):
        text = text.removeprefix(_DIGEST)[:_SHORT_DIGEST]
    return text if _is_kept(text, _RELEASE_BYTES, _NO_RELEASES) else None


def _is_kept(text: str, most_bytes: int, refused: frozenset[str]) -> bool:
    """Return whether Sentry keeps a name: https://github.com/getsentry/relay."""
    short = len(text.encode(errors="replace")) <= most_bytes
    name = text.strip().lower()
    return short and bool(name) and name not in refused and not _NO_SIGNS & set(text)


def environment(text: str) -> str:
    """Check an environment, because Sentry takes an event but removes an invalid one from it."""
    if environment_name(text) is None:
        raise ValueError(f"expected {ENVIRONMENT}; got {echo(text)}")
    return text


def release(text: str) -> str:
    """Check a release, because Sentry takes an event but removes an invalid one from it."""
    if not _is_kept(text, _RELEASE_BYTES, _NO_RELEASES):
        raise ValueError(f"expected {RELEASE}; got {echo(text)}")
    return text


def tag(text: str) -> str:
    """Check the name of a tag of the alerts."""
    if not re.fullmatch("[A-Za-z0-9_.:-]{1,200}", text):
        raise ValueError(
            f"expected a tag of the alerts, got {echo(text)}: name one such as ecs.image_tag"
        )
    return text


def release_source(text: str) -> str:
    """Check the source of a release: a tag of the alerts, or a variable: ``env:APP_VERSION``."""
    variable = named_variable(text)
    if variable is None:
        return tag(text)

    if not re.fullmatch("[A-Za-z_][A-Za-z0-9_]{0,99}", variable) or re.search(
        _NO_VERSION, variable
    ):
        raise ValueError(
            f"expected a variable that holds a version, got {echo(variable)}: name one such as "
            f"{FROM_VARIABLE}APP_VERSION"
        )
    return text


def named_variable(source: str | None) -> str | None:
    """Return the container's variable that names the release; None if a tag does."""
    variable = (source or "").removeprefix(FROM_VARIABLE)
    return None if variable == (source or "") else variable


#: The arguments of a notifier that name something, and what each has to be.
_CHECKS: Final[Mapping[str, Callable[[str], object]]] = {
    "environment": environment,
    "release": release,
    "server_name": str,
    "environment_from": tag,
    "release_from": release_source,
}


def check_names(given: Mapping[str, str | None]) -> None:
    """
    Check the arguments of a notifier that name something; an empty one counts as not given.

    Raises:
        ValueError: Sentry would remove a name from every event, or a source cannot be one.
        TypeError: A name is not a string.
    """
    for name, value in given.items():
        if not isinstance(value, str | None):
            raise TypeError(f"{name}: expected a string, got {quote(value)}")
        with naming(name):
            if value:
                _CHECKS[name](value)
