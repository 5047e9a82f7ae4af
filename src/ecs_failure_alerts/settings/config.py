"""The configuration that the environment names, and its notifiers and routes."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path
from typing import Any, Final, Protocol, runtime_checkable

from attrs import evolve

from .._log import LOGGER
from ..aws.clients import SECRET_LIMITS, AwsClients
from ..aws.secret_sources import Secret, SsmParameter
from ..configuration import (
    SENTRY,
    Configuration,
    NotifierEntry,
    find_missing_parts,
    read_configuration,
    release_variables,
)
from ..delivery.routes import Route
from ..exceptions import ConfigError, DeliveryError, Problem, SettingsError
from ..notifiers import Notifier
from ._variables import CONFIG, CONFIG_FILE, CONFIG_SSM_PARAMETER, DSN
from .environment import Environment


def load_configuration(variable: str, value: Any, elsewhere: Collection[str]) -> Configuration:
    """
    Read the configuration, and log its warnings.

    Args:
        variable: The variable that holds the configuration or its place, one of three.
        value: The variable's value, parsed.
        elsewhere: Arguments that the environment sets, so that the document need not.

    Raises:
        ConfigError: The configuration is wrong.
        SettingsError: The variable names a place that cannot be read.
    """
    content, name = _READERS[variable](value)
    return read_and_warn(content, name or variable, name, elsewhere)


def read_and_warn(
    content: str | bytes, source: str, name: str = "", elsewhere: Collection[str] = ()
) -> Configuration:
    """
    Read a configuration as `read_configuration()` does, and log its warnings.

    Raises:
        ConfigError: The configuration is wrong.
    """
    configuration = read_configuration(content, source, name, elsewhere)

    for warning in configuration.warnings:
        LOGGER.warning("%s: %s", configuration.source, warning)
    return configuration


def _read_text(text: str) -> tuple[str, str]:
    return text, ""


def _read_file(name: str) -> tuple[bytes, str]:
    try:
        return Path(name).read_bytes(), name
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "not the name of a file"
    raise SettingsError(CONFIG_FILE, f"expected a file that can be read, got {name}: {why}")


def _read_parameter(parameter: SsmParameter) -> tuple[str, str]:
    try:
        return parameter(), ""
    except DeliveryError as error:
        why = str(error)
    raise SettingsError(CONFIG_SSM_PARAMETER, f"expected a configuration, got none: {why}")


#: The readers of a configuration, by the variable that names it.
_READERS: Final[Mapping[str, Callable[[Any], tuple[str | bytes, str]]]] = {
    CONFIG: _read_text,
    CONFIG_FILE: _read_file,
    CONFIG_SSM_PARAMETER: _read_parameter,
}


def build_destinations(
    configuration: Configuration, environment: Environment
) -> list[Notifier | Route]:
    """
    Build the notifiers of *configuration*, and the routes to them.

    A DSN in *environment* belongs to the notifier called ``sentry``. If the document has no such
    notifier, the DSN adds one. The other variables for Sentry win in each of its notifiers.

    Raises:
        ConfigError: The document's arguments for a notifier are wrong.
        SettingsError: There is no notifier.
        ModuleNotFoundError: A package that a notifier needs is not installed.
    """
    entries = notifier_entries(configuration, environment)
    if not entries:
        raise SettingsError(
            DSN, f"expected a DSN, or a notifier in {configuration.source}; got neither"
        )
    _check_routes(configuration, entries)
    for warning in find_warnings(configuration, environment):
        LOGGER.warning("%s: %s", configuration.source, warning)

    clients = AwsClients(limits=SECRET_LIMITS)
    faults: list[Problem] = []
    notifiers = {
        name: notifier
        for name, entry in entries.items()
        if (notifier := _build(name, entry, clients, faults))
    }
    if faults:
        raise ConfigError(configuration.source, faults)

    if not configuration.routes:
        return list(notifiers.values())
    return list(build_routes(configuration, notifiers))


def build_routes(
    configuration: Configuration, notifiers: Mapping[str, Notifier]
) -> Iterator[Route]:
    """Build the routes of *configuration* to these notifiers."""
    for route in configuration.routes:
        name = route.get("notifier")
        yield Route(**{**route, "notifier": notifiers[name] if name else None})


def notifier_entries(
    configuration: Configuration, environment: Environment
) -> dict[str, NotifierEntry]:
    """
    Return the notifiers, with what the environment sets for those of Sentry.

    Raises:
        ConfigError: The environment has a DSN, but the notifier called ``sentry`` is of another
            type.
        SettingsError: A variable has a wrong value.
    """
    entries = dict(configuration.notifiers)
    dsn = environment.find("dsn", sentry=not entries or _asks_for_dsn(configuration))
    if dsn and SENTRY in entries and entries[SENTRY].type != SENTRY:
        path = f"notifiers.{SENTRY}"
        got = entries[SENTRY].type
        message = f"expected the type {SENTRY}, because {dsn[0]} is set; got {got}: rename it"
        raise ConfigError(configuration.source, [Problem(path, message)])
    if dsn:
        known = entries[SENTRY].arguments if SENTRY in entries else {}
        entries[SENTRY] = NotifierEntry(SENTRY, {**known, "dsn": dsn[1]})

    defaults = environment.arguments("notifier", without="dsn")
    overrides = environment.arguments("notifier", without="dsn", sentry=False)
    # Empty, because a notifier that names no release must not take that of another one.
    defaults = {"release_from": "", **defaults}
    return {
        name: NotifierEntry(entry.type, {**defaults, **entry.arguments, **overrides})
        if entry.type == SENTRY
        else entry
        for name, entry in entries.items()
    }


def find_warnings(configuration: Configuration, environment: Environment) -> Iterator[Problem]:
    """Find what has no effect in this environment."""
    paths = notifier_paths(configuration, environment)
    return find_missing_parts(configuration, paths, environment.arguments("enrichers"))


def notifier_paths(configuration: Configuration, environment: Environment) -> dict[str, str]:
    """Return what sets each notifier, by its name: a table of the document, or a variable."""
    return {
        name: f"notifiers.{name}" if name in configuration.notifiers else environment.name_of("dsn")
        for name in notifier_entries(configuration, environment)
    }


def release_variable(configuration: Configuration, environment: Environment) -> str | None:
    """Return the container's variable that names its release, if a notifier asks for one."""
    return next(iter(release_variables(notifier_entries(configuration, environment))), None)


def _asks_for_dsn(configuration: Configuration) -> bool:
    """Return whether the document names a notifier whose DSN only the environment has."""
    entry = configuration.notifiers.get(SENTRY)
    if entry is not None:
        return "dsn" not in entry.arguments
    return any(route.get("notifier") == SENTRY for route in configuration.routes)


def _check_routes(configuration: Configuration, entries: Mapping[str, NotifierEntry]) -> None:
    """Check that every route's notifier exists: the environment may have the one for Sentry."""
    faults = [
        Problem(
            f"routes[{index}].notifier",
            f"expected a table [notifiers.{SENTRY}] or {DSN}, got neither: add one",
        )
        for index, route in enumerate(configuration.routes)
        if route.get("notifier") not in {None, *entries}
    ]

    if faults:
        raise ConfigError(configuration.source, faults)


def _build(
    name: str, entry: NotifierEntry, clients: AwsClients, faults: list[Problem]
) -> Notifier | None:
    """Build a notifier; add a fault and return None if that fails."""
    path = f"notifiers.{name}"
    given = {argument: _prepared(value, clients) for argument, value in entry.arguments.items()}

    try:
        notifier = BUILDERS[entry.type](name=name, **given)
    except ValueError as error:
        faults.append(Problem(path, str(error)))
        return None
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(f"{path}: {error}", name=error.name) from None

    if isinstance(notifier, _Preparable):
        notifier.prepare()
    return notifier


@runtime_checkable
class _Preparable(Protocol):
    """A notifier that can build its client early, while Lambda has a whole processor."""

    def prepare(self) -> None:
        """Build the client."""


def _prepared(value: Any, clients: AwsClients) -> Any:
    """Return an argument; the clients that read a secret in AWS are built now."""
    if not isinstance(value, SsmParameter | Secret):
        return value
    source = evolve(value, clients=clients)
    source.prepare()
    return source


def _sentry(**given: Any) -> Notifier:
    from ..notifiers.sentry import SentryNotifier  # noqa: PLC0415 - loads what one type needs

    return SentryNotifier(**given)


def _sns(**given: Any) -> Notifier:
    from ..notifiers.sns import SnsNotifier  # noqa: PLC0415

    return SnsNotifier(**given)


def _apprise(**given: Any) -> Notifier:
    from ..notifiers.apprise import AppriseNotifier  # noqa: PLC0415

    return AppriseNotifier(**given)


def _webhook(**given: Any) -> Notifier:
    from ..notifiers.webhook import WebhookNotifier  # noqa: PLC0415

    return WebhookNotifier(**given)


def _log(**given: Any) -> Notifier:
    from ..notifiers.log import LogNotifier  # noqa: PLC0415

    return LogNotifier(**given)


#: The function that builds a notifier, by its type.
BUILDERS: Final[Mapping[str, Callable[..., Notifier]]] = {
    "sentry": _sentry,
    "sns": _sns,
    "apprise": _apprise,
    "webhook": _webhook,
    "log": _log,
}
