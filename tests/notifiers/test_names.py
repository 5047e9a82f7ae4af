"""Two notifiers of a kind are told apart by their names."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import pytest

from ecs_failure_alerts import FailureAlerter, Notifier, Route
from ecs_failure_alerts.notifiers.apprise import AppriseNotifier
from ecs_failure_alerts.notifiers.log import LogNotifier
from ecs_failure_alerts.notifiers.sentry import SentryNotifier
from ecs_failure_alerts.notifiers.sns import SnsNotifier
from ecs_failure_alerts.notifiers.webhook import WebhookNotifier
from ecs_failure_alerts.testing import SentryInbox, task_state_change

#: A notifier of each kind, by the name that it has of itself.
KINDS: Final[Mapping[str, Callable[..., Notifier]]] = {
    "apprise": lambda **given: AppriseNotifier("json://h/", **given),
    "log": LogNotifier,
    "sentry": lambda **given: SentryNotifier("https://key@h/1", **given),
    "sns": lambda **given: SnsNotifier("arn:aws:sns:us-east-1:111122223333:alerts", **given),
    "webhook": lambda **given: WebhookNotifier("https://h/", **given),
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("given", [{}, {"name": "team-a"}], ids=["own", "given"])
def test_the_name_is_the_kind_unless_another_is_given(kind: str, given: dict[str, Any]) -> None:
    assert KINDS[kind](**given).name == given.get("name", kind)


def test_receipts_and_errors_tell_two_of_a_kind_apart() -> None:
    with SentryInbox() as well, SentryInbox() as ill:
        ill.answer(401)
        alerter = FailureAlerter(
            SentryNotifier(well.dsn, name="team-a"),
            SentryNotifier(ill.dsn, name="team-b"),
            LogNotifier(name="audit"),
        )
        (outcome,) = alerter.process(task_state_change()).outcomes

    assert [receipt.notifier for receipt in outcome.receipts] == ["team-a", "audit"]
    assert [str(error).partition(":")[0] for error in outcome.errors] == ["team-b"]


def test_two_notifiers_of_one_name_are_warned_of(caplog: pytest.LogCaptureFixture) -> None:
    FailureAlerter(LogNotifier(), LogNotifier(name="audit"), LogNotifier())
    (record,) = caplog.records
    assert record.levelname == "WARNING"
    assert record.getMessage().startswith("2 notifiers have the name log: give each a name")


def test_one_notifier_in_two_routes_is_no_second_one(caplog: pytest.LogCaptureFixture) -> None:
    notifier = LogNotifier()
    FailureAlerter(Route(notifier, min_level="error"), Route(notifier, workload="batch"))
    assert caplog.records == []
