"""The check of what a notifier may do for each alert: attempts, and seconds for each."""

from __future__ import annotations

from .._arguments import is_number
from .._texts import quote


def check_attempts(attempts: int, attempt_timeout: float) -> None:
    """
    Check that something would be sent.

    Raises:
        ValueError: No attempt is allowed, or none has time.
        TypeError: *attempts* is not an integer, or *attempt_timeout* not a number.
    """
    if not is_number(attempts) or not isinstance(attempts, int):
        raise TypeError(f"attempts: expected an integer, got {quote(attempts)}")
    if not is_number(attempt_timeout):
        raise TypeError(f"attempt_timeout: expected seconds, got {quote(attempt_timeout)}")

    if attempts < 1 or not attempt_timeout > 0:
        raise ValueError("expected at least one attempt, of more than 0 seconds")
