"""The table of settings: one row for each variable, with its meaning and its parser."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, Literal

from attrs import frozen

from .._options import (
    DSN_VARIABLE,
    LOG_LINES,
    LOOKUP_SECONDS,
    LOOKUPS,
    MOST_LOG_LINES,
    MOST_LOOKUP_SECONDS,
)
from ..notifiers.sentry import names
from ..policy import IGNORE_CONTAINERS, SIDE_CONTAINERS
from . import _parsers

DSN: Final = DSN_VARIABLE
CONFIG: Final = "ECS_ALERTS_CONFIG"
CONFIG_FILE: Final = "ECS_ALERTS_CONFIG_FILE"
CONFIG_SSM_PARAMETER: Final = "ECS_ALERTS_CONFIG_SSM_PARAMETER"


@frozen(slots=False, eq=False, repr=False)
class Setting:
    """
    A variable of the environment.

    Attributes:
        name: The variable.
        meaning: What it holds, in a few words.
        target: What takes its value as an argument.
        argument: The argument's name. Only one of the settings with the same argument can be set.
        parse: Turns the variable's text into the argument, or raises ``ValueError``.
        unset: What applies if the variable is not set, in a few words.
        fallback: The variable of Sentry that counts if no setting of the argument is set.
        holds_addresses: Whether ``://`` may be in it. Elsewhere it means a misplaced DSN.
    """

    name: str
    meaning: str
    target: Literal["policy", "notifier", "alerter", "enrichers", "config"]
    argument: str
    parse: Callable[[str], Any]
    unset: str = "none"
    fallback: str | None = None
    holds_addresses: bool = False


#: Every setting; docs/settings.md has this table.
SETTINGS: Final = (
    Setting(
        DSN,
        meaning="the Sentry project's DSN",
        target="notifier",
        argument="dsn",
        parse=str,
        fallback="SENTRY_DSN",
        holds_addresses=True,
    ),
    Setting(
        f"{DSN}_SSM_PARAMETER",
        meaning="name or ARN of the SSM parameter that holds the DSN",
        target="notifier",
        argument="dsn",
        parse=_parsers.ssm_parameter,
        fallback="SENTRY_DSN",
    ),
    Setting(
        f"{DSN}_SECRET_ID",
        meaning="name or ARN of the secret that holds the DSN",
        target="notifier",
        argument="dsn",
        parse=_parsers.secret,
        fallback="SENTRY_DSN",
    ),
    Setting(
        "ECS_ALERTS_ENVIRONMENT",
        meaning="the environment that the alerts name",
        target="notifier",
        argument="environment",
        parse=names.environment,
        fallback="SENTRY_ENVIRONMENT",
    ),
    Setting(
        "ECS_ALERTS_ENVIRONMENT_FROM",
        meaning="the tag that names an alert's environment, such as aws.tag.stage",
        target="notifier",
        argument="environment_from",
        parse=names.tag,
    ),
    Setting(
        "ECS_ALERTS_RELEASE_FROM",
        meaning="the tag that names an alert's release, such as ecs.image_tag; or a variable "
        "of the container, such as env:APP_VERSION",
        target="notifier",
        argument="release_from",
        parse=names.release_source,
    ),
    Setting(
        "ECS_ALERTS_CLUSTERS",
        meaning="clusters to alert on, by name or ARN",
        target="policy",
        argument="clusters",
        parse=_parsers.entries,
        unset="all",
    ),
    Setting(
        "ECS_ALERTS_SERVICES",
        meaning="services to alert on, in addition to the families",
        target="policy",
        argument="services",
        parse=_parsers.entries,
        unset="all",
    ),
    Setting(
        "ECS_ALERTS_FAMILIES",
        meaning="task definition families to alert on, in addition to the services",
        target="policy",
        argument="families",
        parse=_parsers.entries,
        unset="all",
    ),
    Setting(
        "ECS_ALERTS_IGNORE_CONTAINERS",
        meaning="containers to ignore, in addition to the usual ones",
        target="policy",
        argument="ignore_containers",
        parse=_parsers.added_to(IGNORE_CONTAINERS),
        unset=", ".join(IGNORE_CONTAINERS),
    ),
    Setting(
        "ECS_ALERTS_SIDE_CONTAINERS",
        meaning="containers that serve the others, in addition to the usual ones",
        target="policy",
        argument="side_containers",
        parse=_parsers.added_to(SIDE_CONTAINERS),
        unset=", ".join(SIDE_CONTAINERS),
    ),
    Setting(
        "ECS_ALERTS_MAIN_CONTAINERS",
        meaning="the only containers whose exit codes count, if a task has one of them",
        target="policy",
        argument="main_containers",
        parse=_parsers.containers,
        unset="all but the side containers",
    ),
    Setting(
        "ECS_ALERTS_IGNORE_CAUSES",
        meaning="causes that never alert, such as clean_exit,failed_to_start",
        target="policy",
        argument="levels",
        parse=lambda text: _parsers.silenced(_parsers.entries(text)),
    ),
    Setting(
        "ECS_ALERTS_IGNORE_WORKLOADS",
        meaning="workload types whose tasks never alert, such as batch",
        target="policy",
        argument="ignore_workloads",
        parse=_parsers.entries,
    ),
    Setting(
        "ECS_ALERTS_IGNORE_EXIT_CODES",
        meaning="exit codes that never alert, such as 130,143",
        target="policy",
        argument="ignore_exit_codes",
        parse=_parsers.exit_codes,
    ),
    Setting(
        "ECS_ALERTS_LOOKUPS",
        meaning=f"what to look up in AWS for an alert: {', '.join(LOOKUPS)}",
        target="enrichers",
        argument="wanted",
        parse=_parsers.lookups,
    ),
    Setting(
        "ECS_ALERTS_LOOKUP_SECONDS",
        meaning=f"seconds for all look-ups of a call, up to {MOST_LOOKUP_SECONDS:g}",
        target="alerter",
        argument="lookup_seconds",
        parse=_parsers.seconds(MOST_LOOKUP_SECONDS),
        unset=f"{LOOKUP_SECONDS:g}",
    ),
    Setting(
        "ECS_ALERTS_LOOKUP_ROLES",
        meaning="roles to assume for tasks of other accounts, by ARN, one per account",
        target="enrichers",
        argument="clients",
        parse=_parsers.clients,
    ),
    Setting(
        "ECS_ALERTS_LOG_LINES",
        meaning=f"lines of each container's log, up to {MOST_LOG_LINES}",
        target="enrichers",
        argument="lines",
        parse=_parsers.integer(1, MOST_LOG_LINES),
        unset=str(LOG_LINES),
    ),
    Setting(
        "ECS_ALERTS_LOG_REDACT",
        meaning="a regular expression of what else to redact in log lines",
        target="enrichers",
        argument="redact",
        parse=_parsers.regular_expression,
        holds_addresses=True,
    ),
    Setting(
        "ECS_ALERTS_LOG_GROUP",
        meaning="how log groups are named, such as /ecs/{family}",
        target="enrichers",
        argument="group",
        parse=_parsers.template,
        unset="from the task definition",
    ),
    Setting(
        "ECS_ALERTS_LOG_STREAM",
        meaning="how log streams are named, such as ecs/{container}/{task_id}",
        target="enrichers",
        argument="stream",
        parse=_parsers.template,
        unset="from the task definition",
    ),
    Setting(
        "ECS_ALERTS_TAG_KEYS",
        meaning="keys of tags or Docker labels that become tags of the alert, such as team,owner",
        target="enrichers",
        argument="keys",
        parse=_parsers.tag_keys,
    ),
    Setting(
        CONFIG,
        meaning="the configuration, as TOML or JSON",
        target="config",
        argument="config",
        parse=_parsers.document,
        holds_addresses=True,
    ),
    Setting(
        CONFIG_FILE,
        meaning="file that holds the configuration",
        target="config",
        argument="config",
        parse=str,
    ),
    Setting(
        CONFIG_SSM_PARAMETER,
        meaning="name or ARN of the SSM parameter that holds the configuration",
        target="config",
        argument="config",
        parse=_parsers.ssm_parameter,
    ),
    Setting(
        "ECS_ALERTS_PARTIAL_BATCH",
        meaning="1 only if the SQS mapping has ReportBatchItemFailures",
        target="alerter",
        argument="partial_batch",
        parse=_parsers.switch,
        unset="0",
    ),
)
