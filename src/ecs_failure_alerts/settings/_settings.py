"""The alerter that the environment describes."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from .._frames import without_locals
from .._log import LOGGER
from .._options import LOOKUPS
from ..alerter import FailureAlerter
from ..exceptions import Problem, SettingsError
from ..notifiers.sentry import SentryNotifier
from ..notifiers.sentry.names import named_variable
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

#: The variables for a DSN; the last one counts if none of the others is set.
DSN_VARIABLES: Final = (
    *(setting.name for setting in SETTINGS if setting.argument == "dsn"),
    "SENTRY_DSN",
)

#: The variables for a configuration; only one of them can be set.
CONFIG_VARIABLES: Final = tuple(row.name for row in SETTINGS if row.argument == "config")

#: An argument, and the other one that it needs.
_PAIRS: Final = (("group", "stream"), ("stream", "group"))

#: Arguments that name a tag of the alerts, and what to write in them.
_SOURCES: Final = {
    "environment_from": "a tag of the alerts, such as aws.tag.stage",
    "release_from": "a tag of the alerts, such as ecs.image_tag, or a variable of the container, "
    "such as env:APP_VERSION",
}

#: Arguments for some look-ups only, and these look-ups; a warning names the first.
_LOOKUPS_OF: Final = {
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
    added to the defaults. An empty variable counts as not set. An unknown variable with our prefix
    is ignored with a warning.

    One of the three variables ``ECS_ALERTS_SENTRY_DSN*`` sets the DSN. ``SENTRY_DSN`` counts if
    none of them is set. It is no conflict if one is: it may be the host's own. A secret is the
    DSN, or a JSON object with the key ``dsn``. A parameter or secret is read for the first alert,
    and again when an alert fails for good, at most once a minute.

    boto3 is loaded here and its clients are built here, because Lambda gives a function a whole
    processor only while it starts.

    Args:
        environ: The environment, such as ``os.environ``.
        policy: What counts as a failure, in place of the policy of the environment.

    Raises:
        SettingsError: A variable is missing or wrong. The text names it and what it may hold, and
            never echoes the DSN.
        TypeError: *environ* is not a mapping, or *policy* is not a policy.
        ModuleNotFoundError: sentry-sdk is not installed; or boto3 is not, and the DSN or a look-up
            needs it.
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
        TypeError: *environ* is not a mapping.
    """
    environment, _ = read_environment(environ)
    return FailurePolicy(**environment.arguments("policy"))


@without_locals
def event_fields_from_env(environ: Mapping[str, str]) -> dict[str, Any]:
    """
    Return what the environment sets for each alert's event, such as its ``environment``.

    These are the arguments of `SentryNotifier`, except for the DSN, which is not needed here.

    Args:
        environ: The environment, such as ``os.environ``.

    Raises:
        SettingsError: Sentry would not accept a value.
        TypeError: *environ* is not a mapping.
    """
    return Environment(environ).arguments("notifier", without="dsn")


@without_locals
def read_environment(environ: Mapping[str, str]) -> tuple[Environment, Configuration | None]:
    """Read the environment and the configuration that it names; the environment wins."""
    environment = Environment(environ)
    environment.warn_of_unknown()
    found = environment.find("config")
    if found is None:
        return environment, None
    from .config import load_configuration  # noqa: PLC0415 - for configurations only

    configuration = load_configuration(*found, environment.given)
    return environment.with_fallbacks(configuration.arguments, configuration.paths), configuration


def _destinations(
    environment: Environment, configuration: Configuration | None
) -> Sequence[Notifier | Route]:
    """Build the destinations of the configuration; Sentry alone if there is none."""
    if configuration is None:
        return [_sentry(environment)]
    from .config import build_destinations  # noqa: PLC0415 - for configurations only

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
    except ValueError as error:  # about the DSN: the other arguments are checked when they are read
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
                f"expected {environment.name_of(other)} as well, got none: set both",
            )
    if "tags" in wanted and not given.get("keys"):
        raise SettingsError(
            environment.name_of("wanted"),
            f"expected {environment.name_of('keys')} as well as tags, got none: name the keys",
        )
    given |= _release_variable(environment, configuration)
    for warning in find_ineffective(environment, configuration):
        LOGGER.warning("%s %s", warning.path, warning.message)

    if not wanted and "group" not in given:
        return ()
    from .lookups import build_enrichers  # noqa: PLC0415 - boto3 is for look-ups only

    return build_enrichers(**given)


def find_ineffective(
    environment: Environment, configuration: Configuration | None
) -> Iterator[Problem]:
    """Find settings of look-ups that are not wanted, and of tags that no alert can have."""
    given = environment.arguments("enrichers") | _release_variable(environment, configuration)
    present = given.keys() | environment.arguments("alerter").keys()
    wanted = given.get("wanted", frozenset())

    for key, lookups in _LOOKUPS_OF.items():
        if key in present and wanted.isdisjoint(lookups):
            holder = environment.name_of("wanted")
            yield Problem(
                environment.name_of(key),
                f"has no effect: add {lookups[0]} to {holder}, or remove it",
            )
    yield from _find_foreign_tags(environment, configuration)


def _find_foreign_tags(
    environment: Environment, configuration: Configuration | None
) -> Iterator[Problem]:
    """Find sources that are no tag of an alert: each of these has a dot."""
    given = environment.arguments("notifier", without="dsn")
    sources = [(environment.name_of(key), key, given.get(key)) for key in _SOURCES]
    for name, entry in configuration.notifiers.items() if configuration else ():
        sources += [(f"notifiers.{name}.{key}", key, entry.arguments.get(key)) for key in _SOURCES]

    for path, key, source in sources:
        if source and "." not in source and named_variable(source) is None:
            yield Problem(path, f"has no effect: expected {_SOURCES[key]}")


def _release_variable(
    environment: Environment, configuration: Configuration | None
) -> dict[str, str]:
    """Return the container's variable that names its release, if there is one."""
    if configuration is None:
        name = named_variable((environment.find("release_from") or ("", None))[1])
    else:
        from .config import release_variable  # noqa: PLC0415 - for configurations only

        name = release_variable(configuration, environment)
    return {"release_from": name} if name else {}
