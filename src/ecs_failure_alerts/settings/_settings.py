"""The environment variables, read and checked in one place."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from .._frames import without_locals
from .._outcomes import LOGGER
from .._parsers import LOOKUPS, named_variable
from ..alerter import FailureAlerter
from ..exceptions import Problem, SettingsError
from ..notifiers.sentry import SentryNotifier
from ..policy import FailurePolicy
from ._variables import DSN, SETTINGS
from .environment import Environment

if TYPE_CHECKING:
    from ..configuration import Configuration
    from ..delivery.routes import Route
    from ..enrichment import Enricher
    from ..notifiers import Notifier

#: Every variable, with what it holds.
VARIABLES: Final = {setting.name: setting.meaning for setting in SETTINGS}

#: Where a DSN may be; the last one counts where none of the others is set.
DSN_VARIABLES: Final = (
    *(setting.name for setting in SETTINGS if setting.argument == "dsn"),
    "SENTRY_DSN",
)


#: Where a configuration may be; one of them can be set.
CONFIG_VARIABLES: Final = tuple(row.name for row in SETTINGS if row.argument == "config")

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
    environment, configuration = read_environment(environ)

    if policy is None:
        policy = FailurePolicy(**environment.arguments("policy"))

    return FailureAlerter(
        *_destinations(environment, configuration),
        policy=policy,
        enrichers=_enrichers(environment, configuration),
        **environment.arguments("alerter"),
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
    environment, _ = read_environment(environ)
    return FailurePolicy(**environment.arguments("policy"))


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
    return Environment(environ).arguments("notifier", besides="dsn")


@without_locals
def read_environment(environ: Mapping[str, str]) -> tuple[Environment, Configuration | None]:
    """Return the environment, above the configuration that it names, and that one."""
    environment = Environment(environ)
    environment.warn_of_unknown()
    found = environment.find("config")
    if found is None:
        return environment, None
    from .config import load_configuration  # noqa: PLC0415 - for who has one

    configuration = load_configuration(*found, environment.given)
    return environment.above(configuration.arguments, configuration.paths), configuration


def _destinations(
    environment: Environment, configuration: Configuration | None
) -> Sequence[Notifier | Route]:
    """Return where alerts go: to Sentry alone, or where the configuration says."""
    if configuration is None:
        return [_sentry(environment)]
    from .config import build_destinations  # noqa: PLC0415 - for who has one

    return build_destinations(configuration, environment)


def _sentry(environment: Environment) -> SentryNotifier:
    found = environment.find("dsn")
    if found is None:
        raise SettingsError(
            DSN, f"expected a DSN, got none: set this, or one of {', '.join(DSN_VARIABLES[1:])}"
        )

    given = environment.arguments("notifier")
    if callable(given["dsn"]):
        given["dsn"].prepare()

    try:
        return SentryNotifier(**given)
    except ValueError as error:  # of the DSN: what else it takes is checked as it is read
        raise SettingsError(found[0], str(error)) from None


def _enrichers(
    environment: Environment, configuration: Configuration | None
) -> tuple[Enricher, ...]:
    given = environment.arguments("enrichers")
    wanted = given.get("wanted", frozenset())

    for key, other in _PAIRS:
        if key in given and other not in given:
            raise SettingsError(
                environment.name_of(key),
                f"expected {environment.name_of(other)} beside it, got none: set both",
            )
    if "tags" in wanted and not given.get("keys"):
        raise SettingsError(
            environment.name_of("wanted"),
            f"expected {environment.name_of('keys')} beside tags, got none: name the keys",
        )
    given |= _release_variable(environment, configuration)
    for warning in find_ineffective(environment, configuration):
        LOGGER.warning("%s %s", warning.path, warning.message)

    if not wanted and "group" not in given:
        return ()
    from .lookups import build_enrichers  # noqa: PLC0415 - boto3 is for who looks something up

    return build_enrichers(**given)


def find_ineffective(
    environment: Environment, configuration: Configuration | None
) -> Iterator[Problem]:
    """Find what is set for look-ups that are not wanted."""
    given = environment.arguments("enrichers") | _release_variable(environment, configuration)
    present = given.keys() | environment.arguments("alerter").keys()
    wanted = given.get("wanted", frozenset())

    for key, lookups in _SERVES.items():
        if key in present and wanted.isdisjoint(lookups):
            holder = environment.name_of("wanted")
            yield Problem(
                environment.name_of(key), f"has no effect: {holder} does not hold {lookups[0]}"
            )


def _release_variable(
    environment: Environment, configuration: Configuration | None
) -> dict[str, str]:
    """Return the variable of the containers that names their release, where one does."""
    if configuration is None:
        name = named_variable((environment.find("release_from") or ("", None))[1])
    else:
        from .config import release_variable  # noqa: PLC0415 - for who has one

        name = release_variable(configuration, environment)
    return {"release_from": name} if name else {}
