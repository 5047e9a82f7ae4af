"""Fields that task events do not have, and values that AWS never writes there."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any, Final

from .._texts import close_match
from ..patterns.elements import BY_NAME
from ..tasks.events import DETAIL_TYPE, SOURCE
from ..tasks.fields import CONTAINER, DETAIL, FIELDS, OPEN_OBJECTS, FieldInfo
from ._elements import HOLDS, affixes, excluded, fits, texts
from ._rules import Found, Rule, Subject
from ._scope import is_bare_starter
from ._subject import Field
from ._words import unknown_words, wrong_cases

#: What can be the last part of an ARN.
_LAST_PART: Final = re.compile(r"[\w:-]+")
#: How much alike two words must be for one to be meant for the other.
_SIMILAR: Final = 0.8
#: A code that silences alerts is suggested for a slip of the finger only.
_ALMOST_EQUAL: Final = 0.9
_SILENT_CODE: Final = "UserInitiated"

#: What task events say there.
_ENVELOPE_WORDS: Final = {"source": SOURCE, "detail-type": DETAIL_TYPE}

#: Fields as people call them, and what AWS calls them.
_OTHER_NAMES: Final[Mapping[str, str]] = {
    "detailtype": "detail-type",
    "status": "detail.lastStatus",
    "taskstatus": "detail.lastStatus",
    "cluster": "detail.clusterArn",
    "clustername": "detail.clusterArn",
    "service": "detail.group, as service:NAME",
    "servicename": "detail.group, as service:NAME",
    "family": "detail.group, as family:NAME",
    "taskdefinition": "detail.taskDefinitionArn",
    "taskdefinitionfamily": "detail.taskDefinitionArn",
    "reason": "detail.stoppedReason or detail.containers.reason",
    "stopreason": "detail.stoppedReason",
    "containername": "detail.containers.name",
}

#: Words in stop codes that AWS does not have, and where to look instead.
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


def _unknown_fields(subject: Subject) -> Iterator[Found]:
    for field in subject.fields:
        path = field.path
        if path.rpartition(".")[2] in BY_NAME:
            name = path.rpartition(".")[2]
            yield Found(
                path.rpartition(".")[0],
                f"{name} is read as a field here, as it stands in no list: the pattern never "
                "matches",
                f'write [{{"{name}": ...}}]',
            )
        elif path not in FIELDS and not path.startswith(OPEN_OBJECTS):
            met = field.condition.allows_absence
            effect = "so this excludes nothing" if met else "so the pattern never matches"
            yield Found(path, f"task events have no such field, {effect}", _meant_field(path))


def _meant_field(path: str) -> str | None:
    """Return what to write instead of a field that does not exist."""
    name = path.rpartition(".")[2]
    spelled = {field.lower(): field for field in FIELDS}
    bare = name.lower().replace("_", "").replace("-", "")

    if path.lower() in spelled:
        meant = spelled[path.lower()]
    elif name in CONTAINER and name not in DETAIL:
        meant = f"detail.containers.{name}"
    elif name in DETAIL:
        meant = f"detail.{name}"
    elif near := close_match(path.lower(), spelled, 0.85):
        meant = spelled[near]
    elif bare in _OTHER_NAMES:
        meant = _OTHER_NAMES[bare]
    else:
        return "write a field of the event, or leave it out"
    return f"write {meant}"


def _objects(subject: Subject) -> Iterator[Found]:
    for field, info in _known(subject):
        if info.kind == "object":
            yield Found(
                field.path,
                "holds other fields, so EventBridge takes it as absent whatever is in it",
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
            said = " (the types that CDK generates declare strings; the event has numbers)"
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
    """Return whether a field of the envelope, meant for task events, takes none of them."""
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

    if path == "detail.stopCode":
        for part, hint in _NO_STOP_CODES.items():
            if part in text.lower():
                return hint
    return f"write {json.dumps(known[0])}" if len(known) == 1 else "write one of these"


def _arns(subject: Subject) -> Iterator[Found]:
    for field, _ in _known(subject):
        if not field.path.endswith("Arn"):
            continue
        for element in field.elements:
            for text in texts(element):
                if text and "*" not in text and not text.startswith("arn:"):
                    yield _no_arn(field.path, text, excludes=isinstance(element, dict))


def _no_arn(path: str, text: str, *, excludes: bool) -> Found:
    kind = "cluster/" if path == "detail.clusterArn" else ""
    fix: Any = {"suffix": f":{kind}{text}" if kind else f"/{text}"}
    if path == "detail.taskDefinitionArn" and ":" not in text:
        fix = {"wildcard": f"*:task-definition/{text}:*"}

    effect = "excludes nothing" if excludes else "never matches"
    write = json.dumps({"anything-but": fix} if excludes else fix)
    return Found(
        path,
        f"holds ARNs, so {json.dumps(text)} {effect}",
        f"write {write}" if _LAST_PART.fullmatch(text) else "write the ARN",
    )


def _groups(subject: Subject) -> Iterator[Found]:
    for field in subject.fields:
        if field.path != "detail.group":
            continue
        for element in field.elements:
            for text in (*texts(element), *affixes(element, "prefix")):
                if text and not text.startswith(("service:", "family:", "AWSBatch-", "*")):
                    yield Found(
                        field.path,
                        f"{json.dumps(text)} has no service: or family: before it, as the groups "
                        "of services and of run tasks have",
                        f'write "service:{text}" or "family:{text}"',
                    )


def _starters(subject: Subject) -> Iterator[Found]:
    for field in subject.fields:
        if field.path != "detail.startedBy":
            continue
        for element in field.elements:
            for text in filter(is_bare_starter, texts(element)):
                excludes = excluded(element) is not None
                prefix: Any = {"prefix": f"{text.removesuffix('/')}/"}
                fix = {"anything-but": prefix} if excludes else prefix
                yield Found(
                    field.path,
                    f"ECS never writes {json.dumps(text)} alone, so it "
                    f"{'excludes nothing' if excludes else 'never matches'}: a name or an id "
                    "follows",
                    f"write {json.dumps(fix)}",
                )


def _known(subject: Subject) -> Iterator[tuple[Field, FieldInfo]]:
    return ((field, FIELDS[field.path]) for field in subject.fields if field.path in FIELDS)


VALUES: Final = (
    Rule("not-a-leaf", "error", _objects),
    Rule("wrong-type", "error", _types),
    Rule("wrong-case", "error", _cases),
    Rule("no-arn", "error", _arns),
    Rule("unknown-field", "warning", _unknown_fields),
    Rule("bare-starter", "error", _starters),
    Rule("unknown-value", "error", partial(_words, envelope=True)),
    Rule("unknown-value", "error", _other_senders, "others"),
    Rule("unknown-value", "warning", partial(_words, envelope=False)),
    Rule("bare-group", "warning", _groups),
)
