"""
An alert as a custom notification of Amazon Q Developer in chat applications.

The schema: https://docs.aws.amazon.com/chatbot/latest/adminguide/custom-notifs.html
"""

from __future__ import annotations

from html import escape
from typing import Any, Final

from .._texts import cut
from ..alerts import Alert
from ._sections import disarmed, links, next_steps, stable_id, summary_lines

#: The sign before the title, by level; Slack and Teams both show these characters.
SIGNS: Final = {"fatal": "🚨", "error": "🔴", "warning": "🟠", "info": "🔵"}

#: Characters at most, below the 3,000 of a text block in Slack:
#: https://docs.slack.dev/reference/block-kit/blocks/section-block
_DESCRIPTION_CHARACTERS: Final = 2_500
_STEP_CHARACTERS: Final = 1_000
_VALUE_CHARACTERS: Final = 200

#: Log lines at most, and characters of each.
_LOG_LINES: Final = 10
_LOG_LINE_CHARACTERS: Final = 160

#: Entries of lists at most.
_MOST_RESOURCES: Final = 5
_MOST_TAGS: Final = 20

#: Characters of an escaped character at most.
_ESCAPE_CHARACTERS: Final = len("&amp;")


def chat_message(alert: Alert) -> dict[str, Any]:
    """
    Build the notification for *alert*.

    Alerts with the same fingerprint share a thread. Foreign text mentions nobody, and its links
    show their addresses. Its angle brackets are escaped for Slack.
    """
    title = _plain(alert.title, _VALUE_CHARACTERS)
    steps = (*next_steps(alert), *links(alert))

    return {
        "version": "1.0",
        "source": "custom",
        "id": alert.event_id,
        "content": {
            "textType": "client-markdown",
            "title": f"{SIGNS.get(alert.level, '')} {title}".lstrip(),
            "description": _description(alert),
            "nextSteps": [_plain(step, _STEP_CHARACTERS) for step in steps],
            "keywords": [alert.cause.value, alert.level, alert.workload.type.value],
        },
        "metadata": {
            "threadId": thread_id(alert),
            "summary": title,
            "eventType": alert.cause.value,
            "relatedResources": _resources(alert),
            "additionalContext": {
                name: _plain(str(value), _VALUE_CHARACTERS)
                for name, value in sorted(alert.tags.items())[:_MOST_TAGS]
            },
        },
    }


def thread_id(alert: Alert) -> str:
    """Return 32 hex digits that alerts with the same fingerprint share."""
    return stable_id(*alert.fingerprint)


def _description(alert: Alert) -> str:
    """Return the message, and the last log lines as a code block."""
    text = "\n".join(summary_lines(alert)) or alert.title
    if not alert.log:
        return _plain(text, _DESCRIPTION_CHARACTERS)

    log = [
        _plain(line.message.replace("```", "'''"), _LOG_LINE_CHARACTERS)
        for line in alert.log[-_LOG_LINES:]
    ]
    return "\n".join([_plain(text, _DESCRIPTION_CHARACTERS // 3), "```", *log, "```"])


def _resources(alert: Alert) -> list[str]:
    """Return the ARNs that the alert names."""
    values = [value for context in alert.contexts.values() for value in context.values()]
    arns = [value for value in values if isinstance(value, str) and value.startswith("arn:")]
    return [_plain(arn, _STEP_CHARACTERS) for arn in dict.fromkeys(arns)][:_MOST_RESOURCES]


def _plain(text: str, limit: int) -> str:
    """Return *text* without what Slack or Teams would take for a link or a mention."""
    text = disarmed(text)
    escaped = escape(cut(text, limit), quote=False)
    if len(escaped) > limit:
        escaped = escape(cut(text, limit // _ESCAPE_CHARACTERS), quote=False)
    return escaped
