"""The settings' table: one row a variable, with its meaning, its parser and where it goes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any, Final, Literal, TypeAlias

from attrs import frozen

from ._texts import echo
from .causes import Cause, Level, causes_named
from .notifiers.sentry.names import environment_name
from .policy import IGNORE_CONTAINERS, SIDE_CONTAINERS

Levels: TypeAlias = dict[tuple[str, str], Level | None]

DSN: Final = "ECS_ALERTS_SENTRY_DSN"


@frozen(slots=False, eq=False, repr=False)
class Setting:
    """
    A variable of the environment.

    Attributes:
        name: The variable.
        meaning: What it holds, in a few words.
        target: What its value is an argument of.
        argument: The argument's name. Of several settings with one argument, one can be set.
        parse: Turns the variable's text into the argument, or raises ``ValueError``.
        unset: What counts where the variable is not set, in a few words.
        fallback: The variable of Sentry that counts where no setting of the argument is set.
    """

    name: str
    meaning: str
    target: Literal["policy", "notifier", "alerter"]
    argument: str
    parse: Callable[[str], Any]
    unset: str = "none"
    fallback: str | None = None


def _entries(text: str) -> tuple[str, ...]:
    """Split a list at its commas; blanks and empty entries do not matter."""
    return tuple(entry for part in text.split(",") if (entry := part.strip()))


def _added_to(defaults: tuple[str, ...]) -> Callable[[str], tuple[str, ...]]:
    """Return a parser of names that are added to *defaults*."""
    return lambda text: (*defaults, *_entries(text))


def _exit_codes(text: str) -> list[int]:
    entries = _entries(text)
    for entry in entries:
        if not re.fullmatch("-?[0-9]{1,10}", entry):  # int() takes 1_000 and digits of any script
            raise ValueError(
                f"expected integers separated by commas, got {echo(entry)}: write them as 1,143"
            )
    return [int(entry) for entry in entries]


def silenced(entries: Iterable[str]) -> Levels:
    """
    Return the levels of a policy that is silent about these causes.

    Args:
        entries: Causes, or groups of causes such as ``failed_to_start``.

    Raises:
        ValueError: An entry is neither a cause nor a group of causes, or it is ``*``.
    """
    levels: Levels = {}
    for entry in entries:
        if entry == "*":
            raise ValueError(
                "expected causes, got '*', which would silence every alert: "
                f"name some of {', '.join(Cause)}"
            )
        causes_named(entry)
        levels[entry, "*"] = None

    return levels


def _environment(text: str) -> str:
    """Check the environment as Sentry would, which drops an event with a wrong one."""
    if environment_name(text) is None:
        raise ValueError(
            "expected an environment of at most 64 characters without / on one line, "
            f"got {echo(text)}"
        )
    return text


def _tag(text: str) -> str:
    if not re.fullmatch("[A-Za-z0-9_.:-]{1,200}", text):
        raise ValueError(
            f"expected a tag of the alerts, got {echo(text)}: name one such as ecs.image_tag"
        )
    return text


def _switch(text: str) -> bool:
    switch = {"1": True, "true": True, "0": False, "false": False}.get(text.lower())
    if switch is None:
        raise ValueError(f"expected 1, true, 0 or false, got {echo(text)}")
    return switch


def _ssm_parameter(name: str) -> Callable[[], str]:
    from ._dsn_sources import SsmParameter  # noqa: PLC0415 - for a DSN in AWS only

    return SsmParameter(name)


def _secret(secret_id: str) -> Callable[[], str]:
    from ._dsn_sources import Secret  # noqa: PLC0415 - for a DSN in AWS only

    return Secret(secret_id)


def _kept_in(
    source: Callable[[str], Callable[[], str]], signs: str
) -> Callable[[str], Callable[[], str]]:
    """Return a parser of names in AWS, which consist of *signs*; the DSN is read there later."""

    def parse(text: str) -> Callable[[], str]:
        from ._aws import require_boto3  # noqa: PLC0415 - for a DSN in AWS only

        if not re.fullmatch(f"[{signs}]+", text):
            raise ValueError(f"expected a name or ARN of the signs {signs}, got {echo(text)}")
        require_boto3()
        return source(text)

    return parse


#: Every setting. The page docs/settings.md has this table.
SETTINGS: Final = (
    Setting(
        DSN,
        meaning="the Sentry project's DSN",
        target="notifier",
        argument="dsn",
        parse=str,
        fallback="SENTRY_DSN",
    ),
    Setting(
        f"{DSN}_SSM_PARAMETER",
        meaning="name or ARN of the SSM parameter that holds the DSN",
        target="notifier",
        argument="dsn",
        parse=_kept_in(_ssm_parameter, "A-Za-z0-9_.:/-"),
        fallback="SENTRY_DSN",
    ),
    Setting(
        f"{DSN}_SECRET_ID",
        meaning="name or ARN of the secret that holds the DSN",
        target="notifier",
        argument="dsn",
        parse=_kept_in(_secret, "A-Za-z0-9_.:/+=@-"),
        fallback="SENTRY_DSN",
    ),
    Setting(
        "ECS_ALERTS_ENVIRONMENT",
        meaning="the environment that the alerts name",
        target="notifier",
        argument="environment",
        parse=_environment,
        fallback="SENTRY_ENVIRONMENT",
    ),
    Setting(
        "ECS_ALERTS_ENVIRONMENT_FROM",
        meaning="the tag that names an alert's environment, such as aws.tag.stage",
        target="notifier",
        argument="environment_from",
        parse=_tag,
    ),
    Setting(
        "ECS_ALERTS_RELEASE_FROM",
        meaning="the tag that names an alert's release, such as ecs.image_tag",
        target="notifier",
        argument="release_from",
        parse=_tag,
    ),
    Setting(
        "ECS_ALERTS_CLUSTERS",
        meaning="clusters to alert on, by name or ARN",
        target="policy",
        argument="clusters",
        parse=_entries,
        unset="all",
    ),
    Setting(
        "ECS_ALERTS_SERVICES",
        meaning="services to alert on, besides the families",
        target="policy",
        argument="services",
        parse=_entries,
        unset="all",
    ),
    Setting(
        "ECS_ALERTS_FAMILIES",
        meaning="task definition families to alert on, besides the services",
        target="policy",
        argument="families",
        parse=_entries,
        unset="all",
    ),
    Setting(
        "ECS_ALERTS_IGNORE_CONTAINERS",
        meaning="containers taken as if they were not there, besides the usual ones",
        target="policy",
        argument="ignore_containers",
        parse=_added_to(IGNORE_CONTAINERS),
        unset=", ".join(IGNORE_CONTAINERS),
    ),
    Setting(
        "ECS_ALERTS_SIDE_CONTAINERS",
        meaning="containers that serve the others, besides the usual ones",
        target="policy",
        argument="side_containers",
        parse=_added_to(SIDE_CONTAINERS),
        unset=", ".join(SIDE_CONTAINERS),
    ),
    Setting(
        "ECS_ALERTS_MAIN_CONTAINERS",
        meaning="the only containers to judge by exit codes, where a task has one of them",
        target="policy",
        argument="main_containers",
        parse=_entries,
        unset="all but the side containers",
    ),
    Setting(
        "ECS_ALERTS_IGNORE_CAUSES",
        meaning="causes that never alert, such as clean_exit,failed_to_start",
        target="policy",
        argument="levels",
        parse=lambda text: silenced(_entries(text)),
    ),
    Setting(
        "ECS_ALERTS_IGNORE_WORKLOADS",
        meaning="workload types whose tasks never alert, such as batch",
        target="policy",
        argument="ignore_workloads",
        parse=_entries,
    ),
    Setting(
        "ECS_ALERTS_IGNORE_EXIT_CODES",
        meaning="exit codes that never alert, such as 130,143",
        target="policy",
        argument="ignore_exit_codes",
        parse=_exit_codes,
    ),
    Setting(
        "ECS_ALERTS_PARTIAL_BATCH",
        meaning="1 only if the SQS mapping has ReportBatchItemFailures",
        target="alerter",
        argument="partial_batch",
        parse=_switch,
        unset="0",
    ),
)
