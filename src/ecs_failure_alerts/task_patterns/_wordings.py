"""Texts in a pattern that AWS writes differently, elsewhere, or never alone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Final

from attrs import frozen

from ._checks import Found, Rule, Subject
from ._elements import affixes, every_text, excluded, texts
from ._endings import (
    CONTAINER_HEALTH_TEXT,
    EXITED_TEXT,
    FAILED_STARTS,
    HIDDEN_MEMORY,
    NOT_STARTED_TEXT,
    OUT_OF_MEMORY,
    SPOT_TEXT,
    USER_TEXT,
)
from ._subject import Field

_TASK: Final = "detail.stoppedReason"
_CONTAINER: Final = "detail.containers.reason"

#: The other place of the text of a failed start, or of a memory fault.
_ELSEWHERE: Final = {
    _TASK: "on EC2 in the container's reason",
    _CONTAINER: "on Fargate in stoppedReason",
}

#: Sentences of AWS with nothing before or after them.
_WHOLE: Final = frozenset(
    {
        EXITED_TEXT,
        NOT_STARTED_TEXT,
        SPOT_TEXT,
        CONTAINER_HEALTH_TEXT,
        USER_TEXT,
        "OutOfMemoryError: Container killed due to memory usage",
        "OutOfMemoryError: container killed due to memory usage",
        "Timeout waiting for network interface provisioning to complete.",
        "Task stopped during instance draining",
    }
)


@frozen
class _Wording:
    """
    Words of a text of AWS.

    Attributes:
        words: The words as AWS writes them.
        paths: The paths of the text.
        instead: What to look for instead.
    """

    words: str
    paths: tuple[str, ...]
    instead: str


_START: Final = 'take "stopCode": ["TaskFailedToStart"], whatever the text'
_SCHEDULER: Final = 'take "stopCode": ["ServiceSchedulerInitiated"]'
_HEALTH: Final = 'write {"wildcard": "*health checks*"}'
_MEMORY: Final = 'look for {"prefix": "OutOfMemory"} in detail.containers.reason'
_HOST: Final = 'take "stopCode": ["TerminationNotice", "InfrastructureHealth"]'
_EXITS: Final = 'take "stopCode": ["EssentialContainerExited"] with a condition on exitCode'

_WORDINGS: Final = (
    _Wording("OutOfMemory", (_CONTAINER,), _MEMORY),
    _Wording("OOM", (_CONTAINER,), _MEMORY),
    _Wording("killed due to memory", (_CONTAINER,), _MEMORY),
    _Wording("CannotPull", (_TASK, _CONTAINER), _START),
    _Wording("ResourceInitialization", (_TASK, _CONTAINER), _START),
    _Wording("CannotStartContainer", (_CONTAINER,), _START),
    _Wording("CannotCreateContainer", (_CONTAINER,), _START),
    _Wording("ContainerRuntime", (_CONTAINER,), _START),
    _Wording("DockerTimeout", (_CONTAINER,), _START),
    _Wording("failed to start", (_TASK,), _START),
    _Wording("network interface", (_TASK,), _START),
    _Wording("Essential container in task", (_TASK,), _EXITS),
    _Wording("health check", (_TASK,), _HEALTH),
    _Wording("Scaling activity", (_TASK,), _SCHEDULER),
    _Wording("Spot Task was interrupted", (_TASK,), 'take "stopCode": ["SpotInterruption"]'),
    _Wording("Host EC2", (_TASK,), _HOST),
    _Wording("maintenance", (_TASK,), 'write {"wildcard": "*maintenance*"}'),
    _Wording("stopped by user", (_TASK,), 'take "stopCode": ["UserInitiated"]'),
)


def _wording_of(text: str) -> _Wording | None:
    """Return the words of AWS in *text*; case does not matter."""
    lower = text.lower()
    return next((row for row in _WORDINGS if row.words.lower() in lower), None)


def _reasons(subject: Subject) -> Iterator[Field]:
    return (field for field in subject.fields if field.path in {_TASK, _CONTAINER})


def _parts(subject: Subject) -> Iterator[Found]:
    for field in _reasons(subject):
        for element in field.elements:
            excludes = excluded(element) is not None
            for text in texts(element):
                row = _wording_of(text)
                if row is None or text in _WHOLE or "*" in text or _in_other_case(text):
                    continue

                shown = json.dumps(text)
                effect = "excludes nothing" if excludes else "never matches"
                without = f'write {{"anything-but": {{"prefix": {shown}}}}}'
                yield Found(
                    field.path,
                    f"AWS never writes {shown} alone, so it {effect}: more text follows",
                    without if excludes else row.instead,
                )


def _unknown(subject: Subject) -> Iterator[Found]:
    for field in _reasons(subject):
        for element in field.elements:
            left_out = texts(element) if excluded(element) is not None else []

            for text in left_out:
                if text and "*" not in text and _wording_of(text) is None:
                    yield Found(
                        field.path,
                        f"AWS writes no such sentence, so leaving out {json.dumps(text)} excludes "
                        "nothing, unless a StopTask of yours gives it as its reason",
                        "leave out stops by their stopCode",
                    )


def _exact(subject: Subject) -> Iterator[Found]:
    for field in _reasons(subject):
        for element in field.elements:
            for text in texts(element) if excluded(element) is None else ():
                if text == EXITED_TEXT:
                    message = (
                        "this very sentence comes for jobs that ended well too, and for no failed "
                        "start, health check or interruption"
                    )
                elif "OutOfMemory" in text:
                    message = "EC2 writes Container and Fargate container: one of them is missed"
                elif text in _WHOLE or _wording_of(text) is None:
                    message = f"only the very text {json.dumps(text)} matches: AWS rewords texts"
                else:
                    continue  # never written alone, which is worse

                row = _wording_of(text)
                yield Found(field.path, message, row.instead if row else "take stop codes instead")


def _prefixes(subject: Subject) -> Iterator[Found]:
    for field in _reasons(subject):
        for element in field.elements:
            for text in affixes(element, "prefix") if excluded(element) is None else ():
                row = _wording_of(text)
                if not text or (field.path == _CONTAINER and row and row.instead == _MEMORY):
                    continue

                yield Found(
                    field.path,
                    f"a prefix misses {json.dumps(text)} where AWS writes it at another place, in "
                    "other words, or after a name",
                    row.instead if row else "take stop codes instead",
                )


def _places(subject: Subject) -> Iterator[Found]:
    elsewhere: dict[str, set[str]] = {}
    for field in _reasons(subject):
        for text in (text for element in field.elements for text in every_text(element)):
            if row := _wording_of(text):
                elsewhere.setdefault(row.words, set()).add(field.path)

    missed = subject.coverage.misses.keys() & {FAILED_STARTS, OUT_OF_MEMORY, HIDDEN_MEMORY}
    for row in _WORDINGS:
        looked = elsewhere.get(row.words, set())
        if looked and not looked & set(row.paths):
            (path,) = looked
            yield Found(
                path, f"{json.dumps(row.words)} stands in {' or '.join(row.paths)}", row.instead
            )
        elif looked and missed and len(looked) < len(row.paths):
            (path,) = looked
            yield Found(path, f"{json.dumps(row.words)} stands {_ELSEWHERE[path]}", row.instead)


def _cases(subject: Subject) -> Iterator[Found]:
    for field in _reasons(subject):
        for element in field.elements:
            for text in texts(element) + affixes(element, "prefix", "suffix", "wildcard"):
                if written := _in_other_case(text):
                    yield Found(
                        field.path,
                        f"letters are compared with their case: AWS writes {json.dumps(written)}",
                        'write it so, or {"equals-ignore-case": ...} for the whole text',
                    )


def _in_other_case(text: str) -> str | None:
    """Return the words as AWS writes them, if *text* has them only in another case."""
    row = _wording_of(text)
    if row is None or row.words in text:
        return None
    return next((whole for whole in _WHOLE if whole.lower() == text.lower()), row.words)


def _asterisks(subject: Subject) -> Iterator[Found]:
    for field in subject.fields:
        for element in field.elements:
            for text in texts(element) + affixes(element, "prefix", "suffix", "equals-ignore-case"):
                if "*" in text:
                    wildcard = {"wildcard": text}
                    if excluded(element) is not None:
                        wildcard = {"anything-but": wildcard}  # type: ignore[dict-item]

                    yield Found(
                        field.path,
                        f"* stands for itself in {json.dumps(element)}: only wildcard makes it "
                        "stand for any characters",
                        f"write {json.dumps(wildcard)}",
                    )


def _empty(subject: Subject) -> Iterator[Found]:
    for field in subject.fields:
        for element in field.elements:
            if "" in texts(element) and excluded(element) is not None:
                message = "a field of the event is never an empty text, so this excludes nothing"
            elif "" in texts(element):
                message = "a field of the event is never an empty text, so this never matches"
            elif {"", "*"} & set(affixes(element, "prefix", "suffix", "wildcard")):
                message = f"{json.dumps(element)} matches every text, so it excludes nothing"
            else:
                continue

            yield Found(
                field.path,
                message,
                'leave it out, or write {"exists": true} for a field that must be there',
            )


WORDINGS: Final = (
    Rule("plain-asterisk", "error", _asterisks),
    Rule("plain-asterisk", "warning", _asterisks, "others"),
    Rule("empty-text", "warning", _empty, "all"),
    Rule("wrong-case", "error", _cases),
    Rule("part-of-reason", "error", _parts),
    Rule("unknown-reason", "warning", _unknown),
    Rule("exact-reason", "warning", _exact),
    Rule("reason-prefix", "warning", _prefixes),
    Rule("text-in-wrong-field", "warning", _places),
)
