"""The environment variables, read and checked in one place."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from typing import Final, TypeVar

from ._dsn_sources import secret, ssm_parameter
from .alerter import LOGGER, FailureAlerter
from .causes import Cause, Level, causes_named
from .exceptions import SettingsError
from .notifiers.sentry import SentryNotifier
from .policy import IGNORE_CONTAINERS, SIDE_CONTAINERS, FailurePolicy

PREFIX: Final = "ECS_ALERTS_"

#: Every variable, with what it holds.
VARIABLES: Final = {
    "ECS_ALERTS_SENTRY_DSN": "the Sentry project's DSN; else SENTRY_DSN",
    "ECS_ALERTS_SENTRY_DSN_SSM_PARAMETER": "name or ARN of the SSM parameter that holds the DSN",
    "ECS_ALERTS_SENTRY_DSN_SECRET_ID": "name or ARN of the secret that holds the DSN",
    "ECS_ALERTS_ENVIRONMENT": "the events' environment; else SENTRY_ENVIRONMENT",
    "ECS_ALERTS_IGNORE_CONTAINERS": "containers taken as if they were not there",
    "ECS_ALERTS_SIDE_CONTAINERS": "containers never at fault by an exit code",
    "ECS_ALERTS_IGNORE_CAUSES": "causes that never alert",
    "ECS_ALERTS_IGNORE_EXIT_CODES": "exit codes that never alert",
    "ECS_ALERTS_PARTIAL_BATCH": "1 if the SQS mapping has ReportBatchItemFailures",
}
_DSN: Final = "ECS_ALERTS_SENTRY_DSN"
_DSN_SOURCES: Final = {
    "ECS_ALERTS_SENTRY_DSN_SSM_PARAMETER": ssm_parameter,
    "ECS_ALERTS_SENTRY_DSN_SECRET_ID": secret,
}
#: Where a DSN may be; the last one counts where none of the others is set.
DSN_VARIABLES: Final = (_DSN, *_DSN_SOURCES, "SENTRY_DSN")
_SWITCH: Final = {"1": True, "true": True, "0": False, "false": False, "": False}

_T = TypeVar("_T")


def alerter_from_env(
    environ: Mapping[str, str], *, policy: FailurePolicy | None = None
) -> FailureAlerter:
    """
    Make the alerter that the environment describes.

    The variables are those of `VARIABLES`. Lists are separated by commas, and their entries
    are added to the defaults. An empty variable is as good as none.

    The DSN is given by one of the three ``ECS_ALERTS_SENTRY_DSN*``. ``SENTRY_DSN`` counts
    where none of them is set, and is no conflict where one is: it may be the host's own. A
    parameter or secret is read for the first alert, not here, and again when Sentry answers
    401 or 403. A secret is the DSN, or a JSON object with the key ``dsn``.

    Args:
        environ: The environment, such as ``os.environ``.
        policy: What counts as a failure, in place of what the environment says of it.

    Raises:
        SettingsError: A variable is missing or has a wrong value; it names the variable and
            what may stand there. The DSN is never echoed.
        ModuleNotFoundError: sentry-sdk is not installed, or boto3 where the DSN is in AWS.
    """
    if LOGGER.level == logging.NOTSET:  # else Lambda's root logger drops the lines
        LOGGER.setLevel(logging.INFO)
    _warn_of_unknown(environ)
    try:
        return _alerter(environ, policy)
    except (SettingsError, ModuleNotFoundError) as error:
        failure = error.with_traceback(None)
    # Raised from here: an error tracker takes along what the frames of a traceback hold.
    del environ
    raise failure


def _alerter(environ: Mapping[str, str], policy: FailurePolicy | None) -> FailureAlerter:
    if policy is None:
        policy = _policy(environ)
    return FailureAlerter(_sentry(environ), policy=policy, partial_batch=_switch(environ))


def policy_from_env(environ: Mapping[str, str]) -> FailurePolicy:
    """
    Make the policy that the environment describes; warn of variables that are not settings.

    Raises:
        SettingsError: A variable has a wrong value.
    """
    _warn_of_unknown(environ)
    return _policy(environ)


def _policy(environ: Mapping[str, str]) -> FailurePolicy:
    return FailurePolicy(
        levels=_parsed(environ, "ECS_ALERTS_IGNORE_CAUSES", silenced),
        ignore_containers=(
            *IGNORE_CONTAINERS,
            *_parsed(environ, "ECS_ALERTS_IGNORE_CONTAINERS", _names),
        ),
        side_containers=(
            *SIDE_CONTAINERS,
            *_parsed(environ, "ECS_ALERTS_SIDE_CONTAINERS", _names),
        ),
        ignore_exit_codes=_parsed(environ, "ECS_ALERTS_IGNORE_EXIT_CODES", _codes),
    )


def _sentry(environ: Mapping[str, str]) -> SentryNotifier:
    variable, dsn = _dsn(environ)
    environment = environment_from_env(environ)
    try:
        return SentryNotifier(dsn, environment=environment)
    except ValueError as error:
        raise SettingsError(variable, str(error)) from None


def environment_from_env(environ: Mapping[str, str]) -> str | None:
    """
    Give the environment that Sentry's events are to name.

    Raises:
        SettingsError: Sentry would not take it.
    """
    found = _first(environ, "ECS_ALERTS_ENVIRONMENT", "SENTRY_ENVIRONMENT")
    if found is None:
        return None
    variable, name = found
    if len(name) > 64 or set(name) & set("/\n\r"):
        raise SettingsError(
            variable, "expected an environment of at most 64 characters without / on one line"
        )
    return name


def _dsn(environ: Mapping[str, str]) -> tuple[str, str | Callable[[], str]]:
    """Give the variable that says what the DSN is, and the DSN or what reads it."""
    given = [name for name in (_DSN, *_DSN_SOURCES) if environ.get(name, "").strip()]
    if len(given) > 1:
        raise SettingsError(given[0], f"conflicts with {' and '.join(given[1:])}: set only one")
    found = _first(environ, *given, "SENTRY_DSN")
    if found is None:
        raise SettingsError(_DSN, f"no DSN: set this, or one of {', '.join(DSN_VARIABLES[1:])}")
    variable, value = found
    source = _DSN_SOURCES.get(variable)
    if source is None:
        return variable, value
    if "://" in value:
        raise SettingsError(variable, "expected a name or ARN, got what looks like the DSN itself")
    from importlib.util import find_spec  # noqa: PLC0415 - for these sources only

    if find_spec("boto3") is None:
        raise ModuleNotFoundError(
            f"{variable} needs boto3, which Lambda's runtime has: pip install boto3", name="boto3"
        )
    return variable, source(value)


def _switch(environ: Mapping[str, str]) -> bool:
    def parse(entries: list[str]) -> bool:
        value = ",".join(entries).lower()
        if value not in _SWITCH:
            raise ValueError("expected 1, true, 0 or false")
        return _SWITCH[value]

    return _parsed(environ, "ECS_ALERTS_PARTIAL_BATCH", parse)


def _parsed(environ: Mapping[str, str], variable: str, parse: Callable[[list[str]], _T]) -> _T:
    entries = [entry.strip() for entry in environ.get(variable, "").split(",")]
    try:
        return parse([entry for entry in entries if entry])
    except ValueError as error:
        raise SettingsError(variable, str(error)) from None


def _names(entries: list[str]) -> tuple[str, ...]:
    return FailurePolicy(ignore_containers=entries).ignore_containers


def _codes(entries: list[str]) -> Iterable[int]:
    try:
        return list(map(int, entries))
    except ValueError:
        raise ValueError("expected integers separated by commas, such as 1,143") from None


def silenced(entries: Iterable[str]) -> dict[tuple[str, str], Level | None]:
    """
    Give the levels of a policy that is silent about these causes.

    Raises:
        ValueError: An entry is neither a cause nor a group of causes.
    """
    levels: dict[tuple[str, str], Level | None] = {}
    for entry in entries:
        if entry == "*":
            raise ValueError(f"* would silence every alert; the causes are {', '.join(Cause)}")
        causes_named(entry)
        levels[entry, "*"] = None
    return levels


def _first(environ: Mapping[str, str], *variables: str) -> tuple[str, str] | None:
    for variable in variables:
        value = environ.get(variable, "").strip()
        if value:
            return variable, value
    return None


def _warn_of_unknown(environ: Mapping[str, str]) -> None:
    """Log a warning for each variable that looks like a setting and is not one."""
    for variable in environ:
        if variable.startswith(PREFIX) and variable not in VARIABLES:
            from difflib import get_close_matches  # noqa: PLC0415 - for the rare mistake only

            near = get_close_matches(variable, VARIABLES, 1, 0.9)  # all begin alike
            LOGGER.warning(
                "%s is unknown, and ignored%s",
                variable,
                f": did you mean {near[0]}?" if near else "",
            )
