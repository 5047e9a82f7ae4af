"""The page on notifiers shows what each backend gets of the sample event."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from html import unescape
from typing import Any, Final

import pytest
from attrs import evolve

from apprise_services import PAGERDUTY, SLACK, apprise_services, sent
from documents import DOCS, ROOT, blocks
from ecs_failure_alerts import Alert, build_alert, diagnose, parse_event
from ecs_failure_alerts.notifiers import _apprise_messages, _chat, apprise, log
from ecs_failure_alerts.notifiers._chat import chat_message
from ecs_failure_alerts.notifiers.apprise import AppriseNotifier
from ecs_failure_alerts.notifiers.sentry import sentry_event
from ecs_failure_alerts.policy import LEVELS

pytestmark = pytest.mark.skipif(not DOCS.exists(), reason="the tests run without the checkout")


def in_slack(alert: Alert) -> str:
    """Return title and text of the message that Apprise sends to Slack."""
    with apprise_services() as server:
        AppriseNotifier(SLACK).notify(alert, timeout=5)
        (attachment,) = sent(server)["attachments"]
    return unescape(f"{attachment['title']}\n{attachment['text']}")


def in_pagerduty(alert: Alert) -> dict[str, Any]:
    """Return the event that Apprise sends to PagerDuty, without the key."""
    with apprise_services() as server:
        AppriseNotifier(PAGERDUTY).notify(alert, timeout=5)
        return {**sent(server), "routing_key": "…"}


#: What a block of the page shows, by its name.
SHOWN: Final[Mapping[str, Callable[[Alert], Any]]] = {
    "chat-message.json": chat_message,
    "slack.txt": in_slack,
    "pagerduty-event.json": in_pagerduty,
}


def sample_alert() -> Alert:
    """Return the alert for the sample event."""
    event = (ROOT / "examples" / "terraform" / "sample_event.json").read_text("utf-8")
    task = parse_event(event)
    return build_alert(task, diagnose(task))


def as_json(value: Any) -> str:
    """Write a value as the page does."""
    return json.dumps(value, indent=2, ensure_ascii=False)


@pytest.mark.parametrize("name", SHOWN)
def test_the_page_shows_what_is_sent(name: str) -> None:
    page = (DOCS / "notifiers.md",)
    (block,) = (block for block in blocks("json", "text", of=page) if block.file == name)
    shown = SHOWN[name](sample_alert())
    expected = shown if isinstance(shown, str) else as_json(shown)
    assert block.text == f"{expected}\n", f"expected:\n{expected}"


def test_the_page_has_what_a_level_becomes() -> None:
    table = (DOCS / "notifiers.md").read_text("utf-8").partition("| level | Sentry |")[2]
    rows = [
        [cell.strip(" `") for cell in line.split("|")[1:-1]]
        for line in table.partition("\n\n")[0].splitlines()[2:]
    ]
    assert rows == [
        [
            *(level, sentry_event(evolve(sample_alert(), level=level))["level"]),
            *(_chat.SIGNS[level], apprise.TYPES[level]),
            *(_apprise_messages.SEVERITIES[level], f"P{_apprise_messages.PRIORITIES[level]}"),
            logging.getLevelName(log.LEVELS[level]),
        ]
        for level in LEVELS
    ]
