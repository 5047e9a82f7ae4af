"""The alert for a notice: what leaves the account, field by field."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import Any, Final

from .._frames import without_locals
from .._texts import clean
from ..alerts import NEXT, Alert, Milestone
from ..aws.console import console_url
from ..causes import CAUSES
from ..diagnosis import Diagnosis, Workload
from ..redaction import redact_and_cut
from ..tasks.arns import arn_part
from ..tasks.details import present
from ..tasks.place import place_line
from ..tasks.signs import BARE_SENTENCE
from ._notice import Notice

#: Characters at most.
_TITLE_CHARACTERS: Final = 200
_TAG_CHARACTERS: Final = 200
_TEXT_CHARACTERS: Final = 1024


@without_locals
def build_notice_alert(notice: Notice, diagnosis: Diagnosis) -> Alert:
    """Build the alert for *notice*, whether or not one is due."""
    partition = arn_part(notice.subject or notice.cluster_arn, 1)
    url = console_url(partition, notice.region, notice.console_path)
    tags, name = _tags(notice, diagnosis), diagnosis.workload.name

    return Alert(
        event_id=sha256(f"notice:{notice.id_seed}".encode(errors="replace")).hexdigest()[:32],
        timestamp=notice.time,
        title=build_notice_title(notice, diagnosis),
        message="\n".join(_message(notice, diagnosis, tags)),
        level=diagnosis.level or "info",
        fingerprint=tuple(clean(word, _TAG_CHARACTERS) for word in _fingerprint(notice)),
        cause=notice.cause,
        workload=Workload(diagnosis.workload.type, name and clean(name, _TAG_CHARACTERS)),
        tags=tags,
        contexts={
            name: present(context, free_texts=context)
            for name, context in _contexts(notice, diagnosis, url)
        },
        timeline=(Milestone("reported", notice.time),) if notice.time else (),
        url=url,
    )


@without_locals
def build_notice_title(notice: Notice, diagnosis: Diagnosis) -> str:
    """Build a title that a person can scan, such as ``DeploymentFailed: web``."""
    word = notice.title or CAUSES[notice.cause].title
    name = notice.name or diagnosis.workload.name or notice.cluster
    return clean(f"{word}: {name}" if name else word, _TITLE_CHARACTERS)


def _message(notice: Notice, diagnosis: Diagnosis, tags: Mapping[str, str]) -> Iterator[str]:
    yield redact_and_cut(diagnosis.summary, _TEXT_CHARACTERS)
    if where := place_line(tags, notice.time):
        yield where
    if notice.reason and not _is_told(notice.reason, diagnosis.summary):
        yield f'AWS says: "{redact_and_cut(notice.reason, _TEXT_CHARACTERS)}"'

    for sentence in diagnosis.unknown:
        yield redact_and_cut(sentence, _TEXT_CHARACTERS)

    if diagnosis.rule_note:
        yield redact_and_cut(diagnosis.rule_note, _TEXT_CHARACTERS)
    yield f"{NEXT}{diagnosis.hint}"


def _is_told(reason: str, summary: str) -> bool:
    """Return whether the summary has AWS's reason in full, or the reason says nothing."""
    in_full = len(summary) <= _TEXT_CHARACTERS and reason.removesuffix(".") in summary
    return in_full or re.fullmatch(BARE_SENTENCE, reason) is not None


def _fingerprint(notice: Notice) -> Iterator[str]:
    yield from ("ecs", notice.account or "", notice.region or "")
    yield from notice.scope
    yield notice.cause.value
    yield notice.discriminator or ""


def _tags(notice: Notice, diagnosis: Diagnosis) -> dict[str, str]:
    tags = {
        "aws.account": notice.account,
        "aws.region": notice.region,
        "ecs.cause": notice.cause.value,
        "ecs.cluster": notice.cluster,
        "ecs.workload": diagnosis.workload.type.value if notice.workload else None,
        **notice.tags,
    }

    lines = {key: clean(value, _TAG_CHARACTERS).strip() for key, value in tags.items() if value}
    return {key: value for key, value in lines.items() if value}


def _contexts(
    notice: Notice, diagnosis: Diagnosis, url: str | None
) -> Iterator[tuple[str, dict[str, Any]]]:
    facts = {
        "subject": notice.subject,
        "console_url": url,
        "cluster": notice.cluster,
        "reason": notice.reason,
        **notice.facts,
    }

    yield "ecs_notice", facts
    yield (
        "ecs_diagnosis",
        {
            "cause": diagnosis.cause.value,
            "decision": diagnosis.decision,
            "evidence": ", ".join(diagnosis.evidence),
            "hint": diagnosis.hint,
            "summary": diagnosis.summary,
            "unknown": " ".join(diagnosis.unknown),
        },
    )
