"""
The Sentry event for an alert.

The event's form: https://develop.sentry.dev/sdk/data-model/event-payloads/
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, Final

from ..._version import __version__
from ...alerts import Alert, cut_message, named_links
from .names import FROM_VARIABLE, environment_name, release_name

#: Sentry gives an event outside of these limits the time of its arrival.
#: https://develop.sentry.dev/sdk/data-model/event-payloads/#required-attributes
_OLDEST: Final = timedelta(days=30) - timedelta(hours=1)
_NEWEST: Final = timedelta(seconds=60)

#: Characters of the message, which leave room for links in what Sentry takes (8,192).
_MESSAGE: Final = 7_000
_SLIM_MESSAGE: Final = 500

#: What Sentry shows as the resource of a cloud.
#: https://develop.sentry.dev/sdk/data-model/event-payloads/contexts/#cloud-resource-context
_CLOUD: Final = {"cloud.provider": "aws", "cloud.platform": "aws_ecs"}


def sentry_event(
    alert: Alert,
    *,
    environment: str | None = None,
    release: str | None = None,
    server_name: str | None = None,
    environment_from: str | None = None,
    release_from: str | None = None,
) -> dict[str, Any]:
    """
    Build the Sentry event for *alert*, as `SentryNotifier` sends it.

    A time that Sentry would refuse (30 days old, or ahead of the clock) becomes the tag
    ``ecs.stopped_at`` instead. Sentry's default scrubbing blanks values of contexts with a word
    such as ``auth`` in them, so the failure is described in the message and in tags.

    Args:
        alert: The alert.
        environment: The event's environment.
        release: The event's release, if *release_from* finds none.
        server_name: The event's server name.
        environment_from: The tag of the alert whose value wins over *environment*.
        release_from: The source of the alert's release: a tag of the alert; or a variable of the
            containers as ``env:APP_VERSION``, which means the release that was looked up. None
            means any release that was looked up.
    """
    # Sentry blanks some links in contexts.
    links = [f"{name}: {link}" for name, link in named_links(alert).items()]

    event: dict[str, Any] = {
        "event_id": alert.event_id,
        "level": alert.level,
        "platform": "other",
        "logger": "ecs_failure_alerts",
        "sdk": {"name": "ecs-failure-alerts", "version": __version__},
        "transaction": alert.tags.get("ecs.cluster", ""),
        "exception": {
            "values": [
                {
                    "type": alert.title,
                    "value": "\n".join([cut_message(alert.message, _MESSAGE), *links]),
                    "mechanism": {"type": "ecs", "handled": False},
                }
            ]
        },
        "fingerprint": list(alert.fingerprint),
        "tags": dict(alert.tags),
        "contexts": {
            **{name: dict(context) for name, context in alert.contexts.items()},
            "cloud_resource": _cloud_resource(alert),
        },
        "modules": _modules(alert),
        "breadcrumbs": {"values": _breadcrumbs(alert)},
    }

    given = {
        "environment": environment_name(alert.tags.get(environment_from or "", "")) or environment,
        "release": _own_release(alert, release_from) or release,
        "server_name": server_name,
    }
    event |= {key: value for key, value in given.items() if value}

    if alert.timestamp is not None:
        now = datetime.now(UTC)
        if now - _OLDEST <= alert.timestamp <= now + _NEWEST:
            event["timestamp"] = alert.timestamp.isoformat()
        else:
            event["tags"]["ecs.stopped_at"] = alert.timestamp.isoformat(timespec="seconds")

    return event


def _own_release(alert: Alert, source: str | None) -> str | None:
    """Return the release that *source* finds in the alert."""
    if source is None or source.startswith(FROM_VARIABLE):
        return alert.release
    return release_name(alert.tags.get(source, ""))


def _cloud_resource(alert: Alert) -> dict[str, str]:
    """Return the place of the failure in the fields of Sentry's cloud resource."""
    found = {
        "cloud.account.id": alert.tags.get("aws.account"),
        "cloud.region": alert.tags.get("aws.region"),
        "cloud.availability_zone": alert.contexts.get("ecs_task", {}).get("availability_zone"),
    }
    return {**_CLOUD, **{key: value for key, value in found.items() if value}}


def _modules(alert: Alert) -> dict[str, str]:
    """Return the images that ran, by the container's name."""
    return {
        context["name"]: context["image"]
        for context in alert.contexts.values()
        if context.keys() >= {"name", "image"}
    }


def _breadcrumbs(alert: Alert) -> list[dict[str, Any]]:
    """Return the task's life and its containers' lines as one timeline."""
    points: list[tuple[datetime, dict[str, Any]]] = [
        (milestone.at, {"category": "ecs.task", "message": milestone.name})
        for milestone in alert.timeline
    ]
    points += [
        (
            line.at,
            {"category": f"log.{line.container}", "message": line.message},
        )
        for line in alert.log
    ]

    return [
        {"timestamp": at.timestamp(), **crumb, "level": "info"}
        for at, crumb in sorted(points, key=lambda point: point[0])
    ]


def slim_event(event: dict[str, Any]) -> dict[str, Any]:
    """Return a too large event with only what a person needs."""
    error = event["exception"]["values"][0]
    contexts = {k: v for k, v in event["contexts"].items() if k == "ecs_diagnosis"}
    return {
        **event,
        "exception": {"values": [{**error, "value": cut_message(error["value"], _SLIM_MESSAGE)}]},
        "contexts": contexts,
        "modules": {},
        "breadcrumbs": {"values": []},
    }
