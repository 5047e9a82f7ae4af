"""Return values that report a failure: answers of HTTP clients, AWS and web APIs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from inspect import isgenerator
from typing import Any, Final

#: Names of the HTTP status of an answer, and names of a status or of another number.
_HTTP_STATUS: Final = ("status_code", "statusCode", "StatusCode", "HTTPStatusCode")
_ANY_STATUS: Final = ("status", "code")

#: Names that are not set after a success, and names that are true then.
_FAILURES: Final = (
    *("error", "errors", "FunctionError", "Failed"),
    *("FailedEntryCount", "FailedPutCount", "FailedRecordCount"),
)
_SUCCESSES: Final = ("ok", "is_success", "success")

#: The words of APIs for a failure.
_WORDS: Final = frozenset({"error", "fail", "failed", "failure", "invalid event"})


def failure_of(answer: object) -> str | None:
    """Describe the failure that *answer* reports; return None if it reports none."""
    if answer is False:
        return "False"
    if isinstance(answer, BaseException):
        return f"an exception, {type(answer).__name__}"
    if isgenerator(answer):
        return "a generator, whose function has not begun"
    if callable(getattr(type(answer), "add_done_callback", None)):
        return "a future, which may not be done"
    if isinstance(answer, str | bytes):
        return _failure_of_text(answer)

    if isinstance(answer, tuple) and answer:
        answer = answer[0]  # a status and a body
    if _is_failed_status(answer):
        return f"the status {answer}"
    return _failure_of_fields(answer)


def _failure_of_text(text: str | bytes) -> str | None:
    """Describe the failure in the body of an answer, if it is a JSON object."""
    try:
        body = json.loads(text) if text.strip()[:1] in {"{", b"{"} else None
    except (ValueError, RecursionError):
        return None
    return _failure_of_fields(body)


def _failure_of_fields(answer: object) -> str | None:
    for name in _SUCCESSES:
        if _part(answer, name) in (False, "false"):
            return f"an answer whose {name} is False"

    for name in _HTTP_STATUS:
        status = _number(_part(answer, name))
        if status is not None and not 200 <= status < 300:
            return f"an answer with the status {status}"
    for name in _ANY_STATUS:
        status = _part(answer, name)
        if _is_failed_status(status) or (isinstance(status, str) and status.lower() in _WORDS):
            return f"an answer with the status {status}"

    if _number(_part(answer, "returncode")):
        return "a process that has failed"
    if isinstance(answer, Mapping):
        for name in _FAILURES:
            if answer.get(name):
                return f"an answer whose {name} is set"
        return _failure_of_fields(answer.get("ResponseMetadata"))
    return None


def _is_failed_status(value: object) -> bool:
    """Return whether *value* is an HTTP status of a failure or a redirect."""
    status = _number(value)
    return status is not None and 300 <= status < 600


def _number(value: object) -> int | None:
    """Return *value* as an integer, if it is one or a string of one."""
    if isinstance(value, str) and value.isascii() and value.isdecimal():
        return int(value[:20])
    return int(value) if isinstance(value, int | float) and value == value // 1 else None


def _part(answer: object, name: str) -> Any:
    """Return the item or attribute *name* of *answer*; None if there is none."""
    try:
        return answer.get(name) if isinstance(answer, Mapping) else getattr(answer, name, None)
    except Exception:  # noqa: BLE001 - somebody's object
        return None
