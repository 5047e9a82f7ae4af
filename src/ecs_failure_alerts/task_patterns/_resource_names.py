"""ARNs, groups and starters in a pattern that no task can have."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, Final

from ._checks import Found, Rule, Subject
from ._elements import affixes, excluded, texts
from ._scope import foreign_resource, is_bare_starter, without_revision
from ._subject import Field

#: A possible last part of an ARN.
_LAST_PART: Final = re.compile(r"[\w:-]+")


def _arns(subject: Subject) -> Iterator[Found]:
    for field, text, excludes in _whole_texts(subject):
        if field.path.endswith("Arn") and text and "*" not in text and text[:4] != "arn:":
            yield _no_arn(field.path, text, excludes=excludes)


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


def _revisions(subject: Subject) -> Iterator[Found]:
    for field in subject.task_fields:
        elements = field.elements if field.path == "detail.taskDefinitionArn" else ()

        for element in elements:
            for text in without_revision(element):
                excludes = excluded(element) is not None
                effect = "excludes nothing" if excludes else "never matches"
                start = "" if text.startswith(("arn:", "*")) else "*"
                wildcard: Any = {"wildcard": f"{start}{text}:*"}
                fix = {"anything-but": wildcard} if excludes else wildcard

                yield Found(
                    field.path,
                    f"a task definition's ARN ends with a revision, such as :12: this {effect}",
                    f"write {json.dumps(fix)}",
                )


def _resources(subject: Subject) -> Iterator[Found]:
    for field in subject.task_fields:
        for element in field.elements if field.path == "resources" else ():
            for text in (*texts(element), *affixes(element, "prefix")):
                if kind := foreign_resource(text):
                    yield _no_task(text, kind, excludes=excluded(element) is not None)


def _no_task(text: str, kind: str, *, excludes: bool) -> Found:
    fixes = {
        "cluster": f'write "clusterArn": [{json.dumps(text)}] into detail',
        "service": f'write "group": ["service:{text.rpartition("/")[2]}"] into detail',
        "task-definition": f'write "taskDefinitionArn": [{json.dumps(text)}] into detail',
    }
    effect = "excludes nothing" if excludes else "never matches"

    return Found(
        "resources",
        f"a task event has only the task's ARN here, so that of a {kind} {effect}",
        fixes.get(kind, "leave it out"),
    )


def _groups(subject: Subject) -> Iterator[Found]:
    for field in subject.task_fields:
        elements = field.elements if field.path == "detail.group" else ()

        for element in elements:
            for text in (*texts(element), *affixes(element, "prefix")):
                if text and not text.startswith(("service:", "family:", "AWSBatch-", "*")):
                    yield Found(
                        field.path,
                        f"{json.dumps(text)} does not begin with service: or family:, as the "
                        "groups of services and of run tasks do",
                        f'write "service:{text}" or "family:{text}"',
                    )


def _starters(subject: Subject) -> Iterator[Found]:
    for field, text, excludes in _whole_texts(subject):
        if field.path == "detail.startedBy" and is_bare_starter(text):
            prefix: Any = {"prefix": f"{text.removesuffix('/')}/"}
            fix = {"anything-but": prefix} if excludes else prefix

            yield Found(
                field.path,
                f"ECS never writes {json.dumps(text)} alone, so it "
                f"{'excludes nothing' if excludes else 'never matches'}: a name or an id "
                "follows",
                f"write {json.dumps(fix)}",
            )


def _whole_texts(subject: Subject) -> Iterator[tuple[Field, str, bool]]:
    """Return each whole string, with its field and whether it is excluded."""
    for field in subject.task_fields:
        for element in field.elements:
            excludes = isinstance(element, dict)
            yield from ((field, text, excludes) for text in texts(element))


RESOURCE_NAMES: Final = (
    Rule("no-arn", "error", _arns),
    Rule("no-revision", "error", _revisions),
    Rule("no-task", "error", _resources),
    Rule("bare-starter", "error", _starters),
    Rule("bare-group", "warning", _groups),
)
