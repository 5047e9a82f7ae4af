"""The verdict on a record: its judgement, or the error of an unreadable one."""

from __future__ import annotations

from typing import TypeAlias

from ..exceptions import EventError, UnsupportedEvent
from ..judging import Judgement, judge
from ..policy import FailurePolicy
from ..sources import SourceRecord
from ._files import event_of

Verdict: TypeAlias = Judgement | EventError


def judge_record(record: SourceRecord, policy: FailurePolicy) -> Verdict:
    """Return the judgement of *record* without its alert, or an error if it cannot be read."""
    try:
        return judge(event_of(record), policy, with_alert=False)
    except EventError as error:
        return error


def is_quiet(verdict: Verdict) -> bool:
    """Return whether *verdict* needs nobody's attention: no alert, or another kind of event."""
    if isinstance(verdict, Judgement):
        return not verdict.diagnosis.alert
    return isinstance(verdict, UnsupportedEvent)
