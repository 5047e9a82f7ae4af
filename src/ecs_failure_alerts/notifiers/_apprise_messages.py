"""The messages about an alert for the services of Apprise."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from attrs import frozen

from .._texts import cut
from ..alerts import NEXT, Alert
from ._chat import thread_id
from ._sections import disarmed, links, markdown_links, next_steps, summary_lines

#: Log lines at most, and characters of each.
_LOG_LINES: Final = 10
_LOG_LINE_CHARACTERS: Final = 160

#: Lines about what happened, and where, that come before everything else where little fits.
_FIRST_LINES: Final = 2

#: Characters of a summary and a detail in PagerDuty at most:
#: https://developer.pagerduty.com/docs/send-alert-event
_SUMMARY_CHARACTERS: Final = 1_024
_DETAIL_CHARACTERS: Final = 8_000

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
    A message for a service, with fields of its own.

    Attributes:
        title: Its title; empty if the body has it.
        body: Its text.
        fields: Attributes of the plugin that the URL has not set.
        is_markdown: Whether the body is Markdown already, so that Apprise must not escape it.
    """

    title: str
    body: str
    fields: Mapping[str, Any] = {}
    is_markdown: bool = False


def message_for(service: str, alert: Alert) -> Message:
    """Build the message about *alert* for the service with this scheme, such as ``slack``."""
    return _FORMS.get(service, _chat_message)(alert)


def _chat_message(alert: Alert) -> Message:
    """Build a message whose title has the level, because many services have no colour for it."""
    plain = _message(alert)
    return Message(f"[{alert.level}] {plain.title}", plain.body)


def _message(alert: Alert) -> Message:
    """
    Build a title and a text that begins with what matters most, because a long one is cut.

    It mentions nobody, and its links show their addresses, because the names in it are foreign.
    """
    lines = [*summary_lines(alert), *_steps(alert), *links(alert), *_log(alert)]
    body = "\n".join(lines) or alert.title
    return Message(disarmed(alert.title), disarmed(body))


def _steps(alert: Alert) -> list[str]:
    return [f"{NEXT}{step}" for step in next_steps(alert)]


def _log(alert: Alert) -> list[str]:
    """Return the last log lines below their heading."""
    lines = [
        f"{line.container}: {cut(line.message, _LOG_LINE_CHARACTERS)}"
        for line in alert.log[-_LOG_LINES:]
    ]
    return ["Last log lines:", *lines] if lines else []


def _card(alert: Alert) -> Message:
    """
    Build the Markdown of a card in Teams, of which Apprise sends the first 1,000 characters.

    Apprise would escape each punctuation mark, also in addresses, and Teams shows a new line only
    after a blank one. Foreign text may turn bold, but it mentions nobody and hides no address.

    https://learn.microsoft.com/microsoftteams/platform/task-modules-and-cards/cards/cards-format
    """
    first, rest = summary_lines(alert)[:_FIRST_LINES], summary_lines(alert)[_FIRST_LINES:]
    parts = [
        *map(disarmed, [*first, *_steps(alert)]),
        *markdown_links(alert),
        *map(disarmed, [*rest, *_log(alert)]),
    ]

    body = "\n\n".join(parts) or disarmed(alert.title)
    return Message(f"[{alert.level}] {disarmed(alert.title)}", body, is_markdown=True)


def _pagerduty(alert: Alert) -> Message:
    """
    Build an event of PagerDuty. Alerts with the same fingerprint are one incident.

    PagerDuty shows plain text, but passes it on to chats such as Slack.

    https://developer.pagerduty.com/docs/send-alert-event
    """
    lines, cluster = summary_lines(alert), alert.tags.get("ecs.cluster")
    title = f"{alert.title} ({cluster})" if cluster else alert.title
    summary = f"{title} - {lines[0]}" if lines else title
    details = {
        "message": cut("\n".join(lines), _DETAIL_CHARACTERS),
        "next": "\n".join(next_steps(alert)),
        **alert.tags,
    }

    return Message(
        title="",
        body=cut(disarmed(summary), _SUMMARY_CHARACTERS),
        fields={
            "severity": SEVERITIES[alert.level],
            "dedup": thread_id(alert),
            "source": cluster,
            "component": alert.workload.name,
            "class_id": alert.cause.value,
            "group": alert.workload.type.value,
            "click": alert.url,
            "details": _disarmed_values(details),
        },
    )


def _opsgenie(alert: Alert) -> Message:
    """
    Build an alert of Opsgenie, or of its successor Jira Service Management.

    The action is always new, because Apprise on its own opens alerts for errors and warnings only.
    It turns the level info into a note on an earlier alert, or sends nothing without one. Opsgenie
    renders HTML.

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
    """Return *texts* without mentions and hidden addresses; empty ones are left out."""
    return {name: disarmed(text) for name, text in texts.items() if text}


#: The schemes of services whose messages have a field for the level.
_WITH_LEVEL: Final = (
    "apprise", "apprises", "form", "forms", "json", "jsons", "xml", "xmls",
)  # fmt: skip

#: The services that need no level in the title, by the scheme of their URLs.
_FORMS: Final[Mapping[str, Callable[[Alert], Message]]] = {
    **dict.fromkeys(_WITH_LEVEL, _message),
    "jira": _opsgenie,
    "opsgenie": _opsgenie,
    "pagerduty": _pagerduty,
    **dict.fromkeys(("workflow", "workflows"), _card),
}
