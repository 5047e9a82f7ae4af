"""Values that AWS never writes into the fields of task events."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any, Final

from .._texts import close_match
from ..tasks.events import DETAIL_TYPE, SOURCE
from ..tasks.fields import FIELDS, FieldInfo
from ._checks import Found, Rule, Subject
from ._elements import HOLDS, excluded, fits, texts
from ._subject import Field
from ._words import unknown_words, wrong_cases

#: The similarity (0 to 1) from which one word is taken for another.
_SIMILAR: Final = 0.8
#: The same for a code that silences alerts, because only a typing error may suggest it.
_ALMOST_EQUAL: Final = 0.9
_SILENT_CODE: Final = "UserInitiated"

#: The values of these fields in task events.
_ENVELOPE_WORDS: Final = {"source": SOURCE, "detail-type": DETAIL_TYPE}

#: Words in unknown stop codes, and where to look instead.
_NO_STOP_CODES: Final[Mapping[str, str]] = {
    "memory": 'memory has no stop code: look for "OutOfMemory" in detail.containers.reason',
    "oom": 'memory has no stop code: look for "OutOfMemory" in detail.containers.reason',
    "health": (
        'failed health checks come under ServiceSchedulerInitiated, with "health checks" in '
        "detail.stoppedReason"
    ),
    **dict.fromkeys(
        ("pull", "resource", "cannot", "start"), 'what cannot start has "TaskFailedToStart"'
    ),
    **dict.fromkeys(
        ("scal", "deploy", "scheduler"), 'the scheduler writes "ServiceSchedulerInitiated"'
    ),
    "spot": 'Fargate Spot writes "SpotInterruption"',
    **dict.fromkeys(("exit", "essential"), 'a container that ended has "EssentialContainerExited"'),
}
#: The same for other fields.
_HINTS: Final[Mapping[str, Mapping[str, str]]] = {
    "detail.stopCode": _NO_STOP_CODES,
    "detail.launchType": {
        "spot": 'Spot is a capacity provider: write "capacityProviderName": ["FARGATE_SPOT"]'
    },
    "detail.lastStatus": dict.fromkeys(
        ("fail", "error", "exit", "complet", "succe", "terminat", "crash"),
        'every end has "STOPPED": write that, and tell failures by stopCode and exitCode',
    ),
}


def _objects(subject: Subject) -> Iterator[Found]:
    for field, info in _known(subject):
        if info.kind == "object":
            yield Found(
                field.path,
                "has other fields inside, so EventBridge takes it as absent whatever they hold",
                "put the condition on a field inside it",
            )


def _types(subject: Subject) -> Iterator[Found]:
    for field, info in _known(subject):
        if info.kind == "object":
            continue
        for operator, element in field.operators:
            if not fits(operator, info.kind):
                yield _wrong_type(field.path, info, element)


def _wrong_type(path: str, info: FieldInfo, element: Any) -> Found:
    effect = "never matches" if excluded(element) is None else "excludes nothing"
    fix = f"write {HOLDS[info.kind]}"
    said = ""

    if info.kind == "number":
        written = texts(element)
        if written and all(text.lstrip("-").isdecimal() for text in written):
            unquoted = json.dumps(element)
            for text in written:
                unquoted = unquoted.replace(json.dumps(text), text)
            fix = f"write {unquoted} without quotes"
            said = " (the types that CDK generates have strings; the event has numbers)"
    elif isinstance(element, int | float) and not isinstance(element, bool):
        fix = f'write "{element}" in quotes'

    message = f"holds {HOLDS[info.kind]}, so {json.dumps(element)} {effect}{said}"
    return Found(path, message, fix)


def _cases(subject: Subject) -> Iterator[Found]:
    for field, info in _known(subject):
        yield from wrong_cases(field, info.words)


def _words(subject: Subject, *, envelope: bool) -> Iterator[Found]:
    for field, info in _known(subject):
        if not info.words or (field.path in _ENVELOPE_WORDS) != envelope:
            continue
        if not envelope or _misses_tasks(field, subject):
            meant = partial(_meant_word, field.path, info.words)
            yield from unknown_words(field, info.words, meant)


def _misses_tasks(field: Field, subject: Subject) -> bool:
    """Return whether a field of the envelope is meant for task events and accepts none."""
    is_meant = field.condition in subject.conditions(field.path)
    return is_meant and not field.condition.accepts(_ENVELOPE_WORDS[field.path])


def _other_senders(subject: Subject) -> Iterator[Found]:
    for rule in subject.pattern.sub_rules:
        source, detail_type = (rule.conditions.get(name) for name in _ENVELOPE_WORDS)
        kinds = detail_type.texts if detail_type is not None else ()
        from_ecs = bool(kinds) and all(kind.startswith("ECS ") for kind in kinds)

        if source is not None and from_ecs and not source.accepts(SOURCE):
            yield Found(
                "source",
                f"only {SOURCE} sends {' and '.join(map(json.dumps, kinds))}, so this never "
                "matches",
                f'write "{SOURCE}"',
            )


def _meant_word(path: str, known: tuple[str, ...], text: str) -> str | None:
    by_lower = {word.lower(): word for word in known}
    near = close_match(text.lower(), by_lower, _SIMILAR)
    if near == _SILENT_CODE.lower():
        near = close_match(text.lower(), [near], _ALMOST_EQUAL)
    if near:
        return f"write {json.dumps(by_lower[near])}"

    for part, hint in _HINTS.get(path, {}).items():
        if part in text.lower():
            return hint
    return f"write {json.dumps(known[0])}" if len(known) == 1 else "write one of these"


def _known(subject: Subject) -> Iterator[tuple[Field, FieldInfo]]:
    return ((field, FIELDS[field.path]) for field in subject.task_fields if field.path in FIELDS)


VALUES: Final = (
    Rule("not-a-leaf", "error", _objects),
    Rule("wrong-type", "error", _types),
    Rule("wrong-case", "error", _cases),
    Rule("unknown-value", "error", partial(_words, envelope=True)),
    Rule("unknown-value", "error", _other_senders, "others"),
    Rule("unknown-value", "warning", partial(_words, envelope=False)),
)
