"""Two notifiers of a kind are told apart by their names."""

from __future__ import annotations

from ecs_failure_alerts import FailureAlerter
from ecs_failure_alerts.notifiers.log import LogNotifier
from ecs_failure_alerts.notifiers.sentry import SentryNotifier
from ecs_failure_alerts.testing import SentryInbox, task_state_change


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


def test_the_name_is_the_kind_unless_another_is_given() -> None:
    assert (SentryNotifier("https://key@h/1").name, LogNotifier().name) == ("sentry", "log")
