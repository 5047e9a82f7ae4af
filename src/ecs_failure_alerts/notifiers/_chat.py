"""
The custom notification in which Amazon Q Developer in chat applications shows an alert.

The schema: https://docs.aws.amazon.com/chatbot/latest/adminguide/custom-notifs.html
"""

from __future__ import annotations

from html import escape
from typing import Any, Final

from .._texts import cut
from ..alerts import Alert
from ._sections import disarmed, links, next_steps, stable_id, summary_lines

#: What stands before the title, by level; Slack and Teams both show these characters.
SIGNS: Final = {"fatal": "🚨", "error": "🔴", "warning": "🟠", "info": "🔵"}

#: Characters of a text, which stay below the 3,000 of a text block in Slack:
#: https://docs.slack.dev/reference/block-kit/blocks/section-block
_DESCRIPTION: Final = 2_500
_STEP: Final = 1_000
_VALUE: Final = 200

#: Log lines that are shown at most, and characters of each.
_LOG_LINES: Final = 10
_LOG_LINE: Final = 160

#: Entries of lists.
_RESOURCES: Final = 5
_CONTEXT: Final = 20

#: Characters of what an escaped character becomes.
_LONGEST_ESCAPE: Final = len("&amp;")


def chat_message(alert: Alert) -> dict[str, Any]:
    """
    Return the notification for *alert*.

    Alerts with the same fingerprint share a thread. Foreign text calls nobody, and makes no link
    but what shows its address; its angle brackets are escaped as Slack wants it.
    """
    return {
        "version": "1.0",
        "source": "custom",
        "id": alert.event_id,
        "content": {
            "textType": "client-markdown",
            "title": f"{SIGNS.get(alert.level, '')} {_plain(alert.title, _VALUE)}".lstrip(),
            "description": _description(alert),
            "nextSteps": [_plain(line, _STEP) for line in (*next_steps(alert), *links(alert))],
            "keywords": [alert.cause.value, alert.level, alert.workload.type.value],
        },
        "metadata": {
            "threadId": thread_id(alert),
            "summary": _plain(alert.title, _VALUE),
            "eventType": alert.cause.value,
            "relatedResources": _resources(alert),
            "additionalContext": {
                name: _plain(str(value), _VALUE)
                for name, value in sorted(alert.tags.items())[:_CONTEXT]
            },
        },
    }


def thread_id(alert: Alert) -> str:
    """Return 32 hex digits that alerts with the same fingerprint share."""
    return stable_id(*alert.fingerprint)


def _description(alert: Alert) -> str:
    """Return what happened, and the last log lines as a block of code."""
    text = "\n".join(summary_lines(alert)) or alert.title
    if not alert.log:
        return _plain(text, _DESCRIPTION)

    log = [
        _plain(line.message.replace("```", "'''"), _LOG_LINE) for line in alert.log[-_LOG_LINES:]
    ]
    return "\n".join([_plain(text, _DESCRIPTION // 3), "```", *log, "```"])


def _resources(alert: Alert) -> list[str]:
    """Return the ARNs that the alert names."""
    values = [value for context in alert.contexts.values() for value in context.values()]
    arns = [value for value in values if isinstance(value, str) and value.startswith("arn:")]
    return [_plain(arn, _STEP) for arn in dict.fromkeys(arns)][:_RESOURCES]


def _plain(text: str, limit: int) -> str:
    """Return *text* so that neither Slack nor Teams takes a part of it for a link or a call."""
    text = disarmed(text)
    escaped = escape(cut(text, limit), quote=False)
    if len(escaped) > limit:
        escaped = escape(cut(text, limit // _LONGEST_ESCAPE), quote=False)
    return escaped
