"""The environment variables, read and checked in one place."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from ._frames import without_locals
from ._outcomes import LOGGER
from ._parsers import FROM_VARIABLE, LOOKUPS, silenced
from ._texts import close_match, kind
from ._variables import DSN, SETTINGS, Setting
from .alerter import FailureAlerter
from .exceptions import SettingsError
from .notifiers.sentry import SentryNotifier
from .policy import FailurePolicy

if TYPE_CHECKING:
    from .enrichment import Enricher

__all__ = [
    "DSN_VARIABLES",
    "PREFIX",
    "SETTINGS",
    "VARIABLES",
    "Setting",
    "alerter_from_env",
    "event_fields_from_env",
    "policy_from_env",
    "silenced",
]

PREFIX: Final = "ECS_ALERTS_"

#: Every variable, with what it holds.
VARIABLES: Final = {setting.name: setting.meaning for setting in SETTINGS}

#: Where a DSN may be; the last one counts where none of the others is set.
DSN_VARIABLES: Final = (
    *(setting.name for setting in SETTINGS if setting.argument == "dsn"),
    "SENTRY_DSN",
)


#: Arguments of which neither goes without the other.
_PAIRS: Final = (("group", "stream"), ("stream", "group"))

#: Arguments that serve some look-ups alone, and which; the first is the one to name.
_SERVES: Final = {
    "keys": ("tags",),
    "lines": ("logs",),
    "redact": ("logs",),
    "clients": LOOKUPS,
    "lookup_seconds": LOOKUPS,
    "release_from": ("definition", "tags"),
}


@without_locals
def alerter_from_env(
    environ: Mapping[str, str], *, policy: FailurePolicy | None = None
) -> FailureAlerter:
    """
    Build the alerter that the environment describes.

    The variables are those of `VARIABLES`. Lists are separated by commas, and containers are
    added to the defaults. An empty variable counts as one that is not set. A variable with our
    prefix that is no setting is ignored with a warning.

    The DSN is given by one of the three ``ECS_ALERTS_SENTRY_DSN*``. ``SENTRY_DSN`` counts
    where none of them is set, and is no conflict where one is: it may be the host's own. A secret
    is the DSN, or a JSON object with the key ``dsn``. A parameter or secret is read for the first
    alert, and again when an alert fails for good, at most once a minute. boto3 is loaded here,
    because Lambda grants a whole processor only while the process starts.

    Where something is to be looked up in AWS, the clients for it are made here: Lambda has more
    of a processor while a function starts than later.

    Args:
        environ: The environment, such as ``os.environ``.
        policy: What counts as a failure, in place of what the environment says of it.

    Raises:
        SettingsError: A variable is missing or has a wrong value; it names the variable and
            what may stand there. The DSN is never echoed.
        TypeError: *environ* is no mapping.
        ModuleNotFoundError: sentry-sdk is not installed, or boto3 where the DSN is in AWS or
            something is to be looked up there.
    """
    if LOGGER.level == logging.NOTSET:  # else Lambda's root logger drops the lines
        LOGGER.setLevel(logging.INFO)
    _check_names(environ)

    if policy is None:
        policy = FailurePolicy(**_arguments(environ, "policy"))

    return FailureAlerter(
        _sentry(environ),
        policy=policy,
        enrichers=_enrichers(environ),
        **_arguments(environ, "alerter"),
    )


@without_locals
def policy_from_env(environ: Mapping[str, str]) -> FailurePolicy:
    """
    Build the policy that the environment describes; warn of variables that are not settings.

    Args:
        environ: The environment, such as ``os.environ``.

    Raises:
        SettingsError: A variable has a wrong value.
        TypeError: *environ* is no mapping.
    """
    _check_names(environ)

    return FailurePolicy(**_arguments(environ, "policy"))


@without_locals
def event_fields_from_env(environ: Mapping[str, str]) -> dict[str, Any]:
    """
    Return what the environment says of each alert's event, such as its ``environment``.

    These are the arguments of `SentryNotifier` but the DSN, which is not needed here.

    Args:
        environ: The environment, such as ``os.environ``.

    Raises:
        SettingsError: Sentry would not take it.
        TypeError: *environ* is no mapping.
    """
    _check_kind(environ)

    return _arguments(environ, "notifier", besides="dsn")


def _sentry(environ: Mapping[str, str]) -> SentryNotifier:
    found = _find(environ, "dsn")
    if found is None:
        raise SettingsError(
            DSN, f"expected a DSN, got none: set this, or one of {', '.join(DSN_VARIABLES[1:])}"
        )

    given = _arguments(environ, "notifier")
    if callable(given["dsn"]):
        given["dsn"].prepare()

    try:
        return SentryNotifier(**given)
    except ValueError as error:  # of the DSN: what else it takes is checked as it is read
        raise SettingsError(found[0], str(error)) from None


def _enrichers(environ: Mapping[str, str]) -> tuple[Enricher, ...]:
    given = _arguments(environ, "enrichers")
    wanted = given.get("wanted", frozenset())

    for key, other in _PAIRS:
        if key in given and other not in given:
            raise SettingsError(
                _variable(key), f"expected {_variable(other)} beside it, got none: set both"
            )
    if "tags" in wanted and not given.get("keys"):
        raise SettingsError(
            _variable("wanted"),
            f"expected {_variable('keys')} beside tags, got none: name the keys",
        )
    given |= _release_variable(environ)
    present = given.keys() | _arguments(environ, "alerter").keys()
    for key, lookups in _SERVES.items():
        if key in present and wanted.isdisjoint(lookups):
            LOGGER.warning(
                "%s has no effect: %s does not hold %s",
                *(_variable(key), _variable("wanted"), lookups[0]),
            )

    if not wanted and "group" not in given:
        return ()
    from .lookups import build_enrichers  # noqa: PLC0415 - boto3 is for who looks something up

    return build_enrichers(**given)


def _release_variable(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the variable of the containers that names their release, where one does."""
    _, source = _find(environ, "release_from") or (None, "")
    variable = source.removeprefix(FROM_VARIABLE)
    return {} if variable == source else {"release_from": variable}


def _variable(argument: str) -> str:
    return next(setting.name for setting in SETTINGS if setting.argument == argument)


def _arguments(
    environ: Mapping[str, str], target: str, *, besides: str | None = None
) -> dict[str, Any]:
    """Return the arguments of *target* that the environment sets."""
    names = dict.fromkeys(row.argument for row in SETTINGS if row.target == target)
    return {name: found[1] for name in names if name != besides and (found := _find(environ, name))}


def _find(environ: Mapping[str, str], argument: str) -> tuple[str, Any] | None:
    """Return the variable that sets *argument*, and the value; None if no variable does."""
    rows = [row for row in SETTINGS if row.argument == argument]

    given = [row for row in rows if _text(environ, row.name)]
    if len(given) > 1:
        names = " and ".join(row.name for row in given)
        raise SettingsError(given[0].name, f"expected one DSN, got {names}: set only one of them")
    if given:
        return given[0].name, _value(given[0], given[0].name, environ)

    fallback = rows[0].fallback
    if fallback and _text(environ, fallback):
        return fallback, _value(rows[0], fallback, environ)
    return None


def _value(setting: Setting, variable: str, environ: Mapping[str, str]) -> Any:
    """Parse *variable*, and check the value as its target does: each error has the variable."""
    text = _text(environ, variable)
    if "://" in text and not setting.holds_addresses:  # an error may echo what it refuses
        raise SettingsError(
            variable, f"expected {setting.meaning}, got what looks like a DSN: set {DSN} to it"
        )

    try:
        value = setting.parse(text)
        if setting.target == "policy":
            FailurePolicy(**{setting.argument: value})
    except ValueError as error:
        raise SettingsError(variable, str(error)) from None
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(f"{variable}: {error}", name=error.name) from None

    return value


def _text(environ: Mapping[str, str], variable: str) -> str:
    value: object = environ.get(variable, "")
    if not isinstance(value, str):
        raise SettingsError(variable, f"expected a string, got {kind(value)}")
    return value.strip()


def _check_kind(environ: object) -> None:
    if not isinstance(environ, Mapping):
        raise TypeError(f"expected a mapping such as os.environ, got {kind(environ)}")


def _check_names(environ: Mapping[str, str]) -> None:
    """Log a warning for each variable that looks like a setting and is not one."""
    _check_kind(environ)

    for variable in environ:
        if variable.startswith(PREFIX) and variable not in VARIABLES:
            near = close_match(variable, VARIABLES, 0.9)  # all begin alike
            hint = f": did you mean {near}?" if near else ""
            LOGGER.warning("%s is unknown, and ignored%s", variable, hint)
