"""What the services that Apprise reaches are told of an alert."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from attrs import frozen

from .._texts import cut
from ..alerts import NEXT, Alert
from ._chat import thread_id
from ._sections import disarmed, links, next_steps, summary_lines

#: Log lines at most, and characters of each.
_LOG_LINES: Final = 10
_LOG_LINE: Final = 160

#: Characters of a summary in PagerDuty:
#: https://developer.pagerduty.com/docs/send-alert-event
_SUMMARY: Final = 1_024
_DETAIL: Final = 8_000

#: PagerDuty's severities, by level.
SEVERITIES: Final = {
    "fatal": "critical", "error": "error", "warning": "warning", "info": "info",
}  # fmt: skip

#: Opsgenie's priorities P1 (critical) to P5 (informational), by level:
#: https://support.atlassian.com/opsgenie/docs/alert-priorities/
PRIORITIES: Final = {"fatal": 1, "error": 2, "warning": 3, "info": 5}


@frozen(slots=False, eq=False, repr=False)
class Message:
    """
    A message, and what else the service is told.

    Attributes:
        title: Its title; empty where the body has it.
        body: Its text.
        fields: Attributes of the plugin, where the URL has not set them.
    """

    title: str
    body: str
    fields: Mapping[str, Any] = {}


def message_for(service: str, alert: Alert) -> Message:
    """Return what the service with this scheme, such as ``slack``, is told of *alert*."""
    return _OWN_FORMS.get(service, _message)(alert)


def _message(alert: Alert) -> Message:
    """
    Return title and text, what matters most first: a short message is cut at its end.

    What would call people in a chat does not, and a link shows its address: whoever can name things
    could call a whole channel.
    """
    steps = [f"{NEXT}{step}" for step in next_steps(alert)]
    log = [f"{line.container}: {cut(line.message, _LOG_LINE)}" for line in alert.log[-_LOG_LINES:]]
    if log:
        log.insert(0, "Last log lines:")

    lines = [*summary_lines(alert), *steps, *links(alert), *log]
    body = "\n".join(lines) or alert.title
    return Message(disarmed(alert.title), disarmed(body))


def _pagerduty(alert: Alert) -> Message:
    """
    Return an event of PagerDuty, in whose incident all alerts of one fingerprint end up.

    PagerDuty shows plain text, but hands what it shows on to chats such as Slack.

    https://developer.pagerduty.com/docs/send-alert-event
    """
    lines = summary_lines(alert)
    summary = f"{alert.title} - {lines[0]}" if lines else alert.title
    details = {
        "message": cut("\n".join(lines), _DETAIL),
        "next": "\n".join(next_steps(alert)),
        **alert.tags,
    }

    return Message(
        title="",
        body=cut(disarmed(summary), _SUMMARY),
        fields={
            "severity": SEVERITIES[alert.level],
            "dedup": thread_id(alert),
            "source": alert.tags.get("ecs.cluster"),
            "component": alert.workload.name,
            "class_id": alert.cause.value,
            "group": alert.workload.type.value,
            "click": alert.url,
            "details": _disarmed_values(details),
        },
    )


def _opsgenie(alert: Alert) -> Message:
    """
    Return an alert of Opsgenie, or of its successor Jira Service Management.

    Apprise itself makes a new alert of errors and warnings only: of the level info it makes a
    note on an alert that it remembers, and nothing where it remembers none. Opsgenie takes HTML for
    what it is.

    https://docs.opsgenie.com/docs/alert-api
    https://docs.opsgenie.com/docs/alerts-and-alert-fields
    """
    plain = _message(alert)
    fields = {
        "action": "new",
        "priority": PRIORITIES[alert.level],
        "alias": thread_id(alert),
        "entity": alert.workload.name,
        "details": _disarmed_values(alert.tags),
    }
    return Message(plain.title, plain.body, fields)


def _disarmed_values(texts: Mapping[str, str]) -> dict[str, str]:
    """Return *texts* so that they call nobody and hide no address; empty ones are left out."""
    return {name: disarmed(text) for name, text in texts.items() if text}


#: Services that take more than a title and a text, by the scheme of their URLs.
_OWN_FORMS: Final[Mapping[str, Callable[[Alert], Message]]] = {
    "jira": _opsgenie,
    "opsgenie": _opsgenie,
    "pagerduty": _pagerduty,
}
