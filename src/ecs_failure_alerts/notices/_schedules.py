"""
Notices about dead letters of schedules: runs that EventBridge could not begin.

A rule: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html;
EventBridge Scheduler: https://docs.aws.amazon.com/scheduler/latest/UserGuide/configuring-schedule-dlq.html

Such a message is no event: `sources.dead_letters` builds one from its attributes.
"""

from __future__ import annotations

from typing import Final

from ..causes import Cause, WorkloadType
from ..diagnosis import Workload
from ..tasks.arns import after, last
from ._envelope import Envelope
from ._notice import Notice
from ._refusals import refusal_hint, refusal_words, without_sessions

#: The last step of every hint.
_BY_HAND: Final = "Then run it by hand: AWS does not try this run again."


def read(envelope: Envelope) -> Notice:
    """Read the dead letter of a schedule."""
    detail = envelope.detail
    code, message = detail.required_text("ERROR_CODE"), detail.word("ERROR_MESSAGE")
    message = without_sessions(message) if message else None
    rule, schedule = detail.word("RULE_ARN"), detail.word("SCHEDULE_ARN")
    target, time = detail.word("TARGET_ARN"), envelope.time("SCHEDULED_TIME")
    retries = detail.word("RETRY_ATTEMPTS") or "0"

    name, scope, page = _named(rule, schedule)
    run = next(filter(None, map(detail.word, ("EXECUTION_ID", "EVENT_ID", "MESSAGE_ID"))), None)
    gave_up = detail.word("EXHAUSTED_RETRY_CONDITION")
    tried = f"given up after {retries} retries" if gave_up or retries != "0" else "not tried again"
    what = f"{'schedule' if schedule else 'rule'} {name or '(unnamed)'}"
    due = f" due {time:%Y-%m-%d %H:%M} UTC" if time else ""

    return envelope.notice(
        Cause.SCHEDULE_TARGET_FAILED,
        Workload(WorkloadType.SCHEDULED, name),
        scope=(scope,),
        time=time,
        subject=schedule or rule,
        cluster_arn=target if target and ":cluster/" in target else None,
        discriminator=code,
        id_parts=("dead letter", schedule or rule, run),
        reason=message,
        evidence=("detail.ERROR_CODE",),
        which=f"{what}{due} did not start: {refusal_words(code, message)} ({tried})",
        hint=f"{refusal_hint(code) or 'Fix the reason.'} {_BY_HAND}",
        facts={
            "error_code": code,
            "error_message": message,
            "retry_attempts": retries,
            "exhausted_retry_condition": gave_up,
            "execution_id": detail.word("EXECUTION_ID"),
            "target_arn": target,
        },
        tags={"aws.rule": last(rule), "aws.schedule": after(":schedule/", schedule)},
        console_path=page,
    )


def _named(rule: str | None, schedule: str | None) -> tuple[str | None, str, str | None]:
    """Return the name of a schedule or rule, the scope of its notices, and its console page."""
    if schedule:
        name = after(":schedule/", schedule)
        return name, f"schedule:{name or ''}", f"/scheduler/home#schedules/{name}"
    path = after(":rule/", rule)
    bus, _, name = (path or "").rpartition("/")

    page = f"/events/home#/eventbus/{bus or 'default'}/rules/{name}" if name else None
    return path, f"rule:{path or ''}", page
