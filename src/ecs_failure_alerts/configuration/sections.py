"""
The sections of the document: one row for each key.

The reader, its errors, the JSON Schema and docs/configuration.md come from these tables.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Final

from attrs import evolve, frozen

from .._options import DSN_VARIABLE, LOG_LINES, LOOKUP_SECONDS
from ..causes import WorkloadType
from . import kinds
from ._kind import Kind


@frozen(slots=False, eq=False, repr=False)
class Key:
    """
    A key of a section.

    Attributes:
        name: The key.
        kind: The kind of its value.
        meaning: What it holds, in a few words.
        argument: The argument that the value becomes. Only one of the keys with the same argument
            can be set.
        required: Whether one of the keys with this argument must be set.
        unset: What applies if the key is not set, in a few words.
        variable: The variable of the environment that may set it in place of the document.
    """

    name: str
    kind: Kind
    meaning: str
    argument: str
    required: bool = False
    unset: str = "none"
    variable: str = ""


def _key(name: str, kind: Kind, meaning: str, argument: str = "", **traits: Any) -> Key:
    return Key(name, kind, meaning, argument or name, **traits)


def _secret(argument: str, kind: Kind, meaning: str, *, required: bool = True) -> tuple[Key, ...]:
    """Return the keys for a secret: the place where AWS keeps it, or the secret itself."""
    rows = (
        (f"{argument}_ssm_parameter", kinds.SSM_PARAMETER, f"SSM parameter that holds {meaning}"),
        (f"{argument}_secret_id", kinds.secret_id(argument), f"secret that holds {meaning}"),
        (argument, kind, f"{meaning} itself"),
    )
    return tuple(Key(*row, argument, required=required) for row in rows)


#: The conditions of a rule or route.
_CONDITIONS: Final = tuple(
    _key(name, kinds.CONDITION_KINDS[name], meaning, unset="any")
    for name, meaning in {
        "cause": "causes, or groups of causes such as failed_to_start",
        "workload": f"types of workload: {', '.join(WorkloadType)}",
        "cluster": "clusters, by name or ARN",
        "service": "services",
        "family": "task definition families",
        "account": "accounts",
        "container": "containers: every container at fault must be one of them",
        "exit_code": "exit codes: every container at fault must have ended with one of them",
        "tag": "tags, as KEY=VALUE",
    }.items()
)

#: The lists at the top of the document.
TOP: Final = (
    _key(
        "side_containers",
        kinds.CONTAINERS,
        "containers that serve the others, in addition to the usual ones",
        unset="the usual ones",
    ),
    _key(
        "ignore_containers",
        kinds.CONTAINERS,
        "containers to ignore, in addition to the usual ones",
        unset="the usual ones",
    ),
    _key(
        "main_containers",
        kinds.CONTAINERS,
        "the only containers whose exit codes count, if a task has one of them",
        unset="all but the side containers",
    ),
)

RULE: Final = (
    _key("level", kinds.LEVEL, "the level of the alert, or silent for none", required=True),
    *_CONDITIONS,
    _key("until", kinds.UNTIL, "the rule's last day (UTC), or the time it ends", unset="no end"),
    _key("why", kinds.WHY, "the reason; the decision repeats it"),
)

#: The key of a route that drops, and the keys that such a route cannot have.
DROP: Final = "drop"
NOT_BESIDE_DROP: Final = ("notifier", "min_level", "collapse", "otherwise")

ROUTE: Final = (
    _key("notifier", kinds.NOTIFIER, "the name of a notifier"),
    *_CONDITIONS,
    _key("min_level", kinds.MIN_LEVEL, "the lowest level that is sent", unset="all levels"),
    _key(
        "collapse",
        kinds.SWITCH,
        "whether similar alerts of one call become one",
        unset="for services only",
    ),
    _key(
        "otherwise",
        kinds.SWITCH,
        "true to take only alerts that no route without this key takes",
        unset="false",
    ),
    _key(DROP, kinds.ONLY_TRUE, "in place of a notifier: drop what no other route takes"),
)

#: The notifier that the environment adds, or whose DSN it replaces; also the name of its type.
SENTRY: Final = "sentry"

#: The key of a notifier that decides which others it may have.
TYPE: Final = "type"

#: The keys of a notifier, by its type.
NOTIFIERS: Final[Mapping[str, tuple[Key, ...]]] = {
    "sentry": (
        *_secret("dsn", kinds.DSN, "the DSN"),
        _key("environment", kinds.ENVIRONMENT, "the environment that the alerts name"),
        _key("release", kinds.RELEASE, "the release that the alerts name"),
        _key("environment_from", kinds.TAG, "the tag that names an alert's environment"),
        _key(
            "release_from",
            kinds.RELEASE_SOURCE,
            "the tag that names an alert's release, such as ecs.image_tag; or a variable of the "
            "container, such as env:APP_VERSION",
        ),
    ),
    "sns": (
        _key("topic_arn", kinds.TOPIC_ARN, "the topic", required=True),
        _key(
            "format",
            kinds.FORMAT,
            "chat for Amazon Q Developer in chat applications, or json",
            unset="chat",
        ),
    ),
    "apprise": _secret("url", kinds.APPRISE_URL, "the URL"),
    "webhook": (
        *_secret("url", kinds.URL, "the URL"),
        *_secret("signing_key", kinds.SIGNING_KEY, "the signing key", required=False),
    ),
    "log": (_key("logger", kinds.LOGGER, "the logger", unset="ecs_failure_alerts.alerts"),),
}

TYPES: Final = kinds.choice("type of notifier", tuple(NOTIFIERS))


def notifier_keys(name: str, type_: str, elsewhere: Collection[str]) -> tuple[Key, ...]:
    """
    Return the keys of a notifier: the one called ``sentry`` may leave its DSN to the environment.

    Args:
        name: The notifier's name.
        type_: Its type; one that does not exist has no keys.
        elsewhere: Arguments that the environment sets, so that the document need not.
    """
    keys = NOTIFIERS.get(type_, ())
    if name != SENTRY:
        return keys

    return tuple(
        evolve(
            key,
            required=key.required and key.argument not in elsewhere,
            variable=DSN_VARIABLE if type_ == SENTRY and key.argument == "dsn" else "",
        )
        for key in keys
    )


LOOKUPS: Final = (
    _key("wanted", kinds.LOOKUP, "what to look up in AWS"),
    _key(
        "seconds", kinds.SECONDS, "seconds for all look-ups of a call", unset=f"{LOOKUP_SECONDS:g}"
    ),
    _key("roles", kinds.ROLE, "roles for tasks of other accounts, one per account"),
    _key(
        "log_lines", kinds.LOG_LINES, "lines of each container's log", "lines", unset=str(LOG_LINES)
    ),
    _key("log_redact", kinds.EXPRESSION, "what else to redact in log lines", "redact"),
    _key(
        "log_group",
        kinds.TEMPLATE,
        "how log groups are named, such as /ecs/{family}",
        "group",
        unset="from the task definition",
    ),
    _key(
        "log_stream",
        kinds.TEMPLATE,
        "how log streams are named, such as ecs/{container}/{task_id}",
        "stream",
        unset="from the task definition",
    ),
    _key("tag_keys", kinds.TAG_KEY, "keys of tags that become tags of the alert", "keys"),
)

#: The sections of a document, and what each holds.
SECTIONS: Final[Mapping[str, str]] = {
    "rules": "at what level failures alert; the last rule that fits decides",
    "notifiers": "where alerts can go, by name",
    "routes": "which alerts go where; without routes every notifier gets every alert",
    "lookups": "what is looked up in AWS for an alert",
}
