"""Own patterns of secrets: tried in a process of their own, one at a time."""

from __future__ import annotations

import sys

import pytest

from ecs_failure_alerts._deadline import Deadline
from ecs_failure_alerts.enrichers import _own_patterns as module
from ecs_failure_alerts.enrichers._own_patterns import OwnPatterns

SLOW = [r"(a+)+$"], ["a" * 60 + "!"]


def test_the_time_of_the_patterns_begins_when_their_process_has_started(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nothing in Python could stop a match; the alarm does, long before the process has to end."""
    monkeypatch.setattr(module, "_SECONDS", 0.01)
    patterns, lines = SLOW
    with pytest.raises(TimeoutError):
        OwnPatterns(patterns).redact(lines, Deadline())


def test_patterns_are_given_up_at_the_deadline() -> None:
    patterns, lines = SLOW
    with pytest.raises(TimeoutError):
        OwnPatterns(patterns).redact(lines, Deadline.after(0.05))


def test_one_process_at_a_time_tries_them() -> None:
    """Who does not get a turn in time does without, and starts none."""
    own = OwnPatterns(["b"])
    with own._one_at_a_time, pytest.raises(TimeoutError, match="for other lines"):
        own.redact(["abc"], Deadline.after(0.01))
    assert own.redact(["abc"], Deadline()) == ["a[redacted: own pattern]c"]


def test_a_process_that_cannot_be_started_is_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/no/such/program")
    with pytest.raises(ChildProcessError, match="no process could be started: FileNotFoundError"):
        OwnPatterns(["b"]).redact(["abc"], Deadline())


def test_a_process_that_breaks_is_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_PROGRAM", "raise SystemExit(3)")
    with pytest.raises(ChildProcessError, match="ended with 3"):
        OwnPatterns(["b"]).redact(["abc"], Deadline())
