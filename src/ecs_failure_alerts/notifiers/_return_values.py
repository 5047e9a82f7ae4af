"""Return values that report a failure: answers of HTTP clients, AWS and web APIs."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping
from functools import partial
from inspect import isasyncgen, isgenerator, isroutine
from itertools import islice
from typing import Any, Final

#: Names of the HTTP status of an answer, and names of a status or of another number.
_HTTP_STATUS: Final = ("status_code", "statusCode", "StatusCode", "HTTPStatusCode")
_ANY_STATUS: Final = ("status", "code")

#: Names of a word for the outcome.
_OUTCOMES: Final = ("status", "code", "state", "result")

#: Names that are not set after a success, and names that are true then.
_FAILURES: Final = (
    *("error", "errors", "Error", "errorMessage", "error_code", "errcode"),
    *("FunctionError", "Failed", "UnprocessedItems"),
    *("FailedEntryCount", "FailedPutCount", "FailedRecordCount"),
)
_SUCCESSES: Final = ("ok", "is_success", "success")

#: The methods of what may not be done yet, with what it is.
_UNDONE: Final = {
    "add_done_callback": "a future",
    "is_alive": "a thread or a process",
    "successful": "the result of a pool or a queue",
}

#: The words of APIs for a failure.
_WORDS: Final = frozenset(
    {"error", "fail", "failed", "failure", "false", "invalid event", "timed_out"}
)

#: Members of a list that are looked at, and lists inside each other.
_MOST_MEMBERS: Final = 100
_MOST_DEPTH: Final = 3


def failure_of(answer: object) -> str | None:
    """Describe the failure that *answer* reports; return None if it reports none."""
    return _failure_of(answer, _MOST_DEPTH)


def _failure_of(answer: object, depth: int) -> str | None:
    if answer is False or answer is NotImplemented:
        return str(answer)
    if isinstance(answer, BaseException):
        return f"an exception, {type(answer).__name__}"
    if isinstance(answer, type) and issubclass(answer, BaseException):
        return f"an exception, {answer.__name__}"
    undone = _undone(answer)
    if undone:
        return undone
    if isinstance(answer, str | bytes):
        return _failure_of_text(answer, depth)

    if isinstance(answer, list | tuple):
        if isinstance(answer, tuple) and answer and _is_failed_status(answer[0]):
            return f"the status {answer[0]}"  # a status and a body
        return _failure_in(answer, depth)
    if _is_failed_status(answer):
        return f"the status {answer}"
    return _failure_of_fields(answer, depth)


def _undone(answer: object) -> str | None:
    """Describe work that is not done yet; return None if *answer* is something else."""
    if isgenerator(answer) or isasyncgen(answer):
        return "a generator, whose function has not begun"
    if isinstance(answer, map | filter | zip):
        return "an iterator, of which nothing has been done"
    if isroutine(answer) or isinstance(answer, partial):
        return "a function, which was not called"
    for method, what in _UNDONE.items():
        if callable(getattr(type(answer), method, None)):
            return f"{what}, which may not be done"

    subprocess = sys.modules.get("subprocess")  # loaded if somebody uses it
    if subprocess and isinstance(answer, subprocess.Popen) and answer.returncode is None:
        return "a process, which may not be done"
    return None


def _failure_in(members: Iterable[object], depth: int) -> str | None:
    """Describe the first failure among several answers; plain numbers and words are none."""
    if depth == 0:
        return None
    for member in islice(members, _MOST_MEMBERS):
        told = not isinstance(member, int | float | str | bytes) or member is False
        failure = _failure_of(member, depth - 1) if told else None
        if failure:
            return failure
    return None


def _failure_of_text(text: str | bytes, depth: int) -> str | None:
    """Describe the failure in a text: the body of an answer in JSON, or a word."""
    shown = text.decode(errors="replace") if isinstance(text, bytes) else text
    if shown.strip().lower() in _WORDS:
        return "a word for a failure"

    try:
        body = json.loads(shown) if shown.strip()[:1] in {"{", "["} else None
    except (ValueError, RecursionError):
        return None
    return _failure_of(body, depth)


def _failure_of_fields(answer: object, depth: int) -> str | None:
    for name in _SUCCESSES:
        if _part(answer, name) in (False, "false"):
            return f"an answer whose {name} is False"

    for name in _HTTP_STATUS:
        status = _number(_part(answer, name))
        if status is not None and not 200 <= status < 300:
            return f"an answer with the status {status}"
    for name in _ANY_STATUS:
        if _is_failed_status(status := _part(answer, name)):
            return f"an answer with the status {status}"
    for name in _OUTCOMES:
        outcome = _part(answer, name)
        if isinstance(outcome, str) and outcome.lower() in _WORDS:
            return f"an answer with the {name} {outcome}"

    if _number(_part(answer, "returncode")):
        return "a process that has failed"
    if isinstance(answer, Mapping):
        for name in _FAILURES:
            if answer.get(name):
                return f"an answer whose {name} is set"
        refused = [part for part in answer.values() if isinstance(part, tuple)]  # smtplib's
        return _failure_in([answer.get("ResponseMetadata"), *refused], depth)
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
