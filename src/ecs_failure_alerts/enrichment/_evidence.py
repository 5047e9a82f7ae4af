"""What a look-up found out, and the one place where it is added to an alert."""

# Theory of operation: what a backend knows an alert by (event id, fingerprint, title, time) comes
# from the event alone, so that a retry whose look-up ends otherwise is the same alert. Whatever was
# found, `add_evidence()` keeps these.

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from attrs import evolve, field, frozen
from attrs.validators import deep_iterable, deep_mapping, instance_of, optional

from .._texts import clean
from ..alerts import Alert, LogLine, add_line
from ..causes import Cause
from ..diagnosis import Diagnosis
from ..judging import Judgement, build_alert
from ..policy import FailurePolicy, decide
from ..policy.cases import TAG_OF_AWS

#: Characters of a tag's value, of a field's name and value, and of a sentence at most.
_TAG: Final = 200
_NAME: Final = 64
_TEXT: Final = 1024
_SENTENCE: Final = 300

#: How a hint names a log.
_LOG: Final = re.compile(
    r"\b(the (?:side )?container's|its) (?:last )?log(?: lines)?(?: before the stop)?\b",
    re.IGNORECASE,
)
_LOG_AT_FAULT: Final = "the log of the container at fault"

_MAPPING: Final = instance_of(Mapping)  # type: ignore[type-abstract]
_TEXTS: Final = deep_mapping(instance_of(str), instance_of(str), _MAPPING)
_CONTEXTS: Final = deep_mapping(instance_of(str), _MAPPING, _MAPPING)


def _tags(tags: Mapping[str, str]) -> Mapping[str, str]:
    """Return each tag on one line that is short enough."""
    return {key: clean(value, _TAG) for key, value in tags.items()}


def _lines(lines: Iterable[LogLine]) -> tuple[LogLine, ...]:
    return tuple(lines)


def _sentences(sentences: Iterable[str]) -> tuple[str, ...]:
    return tuple(clean(sentence, _SENTENCE) for sentence in sentences)


@frozen(slots=False, hash=False)
class Evidence:
    """
    What a look-up found out about one failure. Everything in it leaves the account.

    What the alert has already stays: a tag, or a field of a context, is only added.

    Attributes:
        diagnosis: A better diagnosis than that of the event; None where there is none. It may be
            silent only where the cause is ``clean_exit``.
        log: Lines that the containers wrote, redacted.
        containers: What is known of each container, by its name; it goes into the container's own
            context. Each is a flat mapping of JSON values.
        contexts: Further details, each a flat mapping of JSON values.
        tags: Short and searchable; values have one line of at most 200 characters.
        tags_known: Whether these tags are all; False where they could not be looked up, so that no
            alert is dropped for want of one.
        release: The release that failed, such as the tag of an image.
        links: Addresses that help, by what they show.
        unknown: What could not be looked up, in sentences for a person on call.

    Raises:
        TypeError, AttributeError: A member is of another type.
    """

    diagnosis: Diagnosis | None = field(default=None, validator=optional(instance_of(Diagnosis)))
    log: tuple[LogLine, ...] = field(
        default=(), converter=_lines, validator=deep_iterable(instance_of(LogLine)), repr=False
    )
    containers: Mapping[str, Mapping[str, Any]] = field(factory=dict, validator=_CONTEXTS)
    contexts: Mapping[str, Mapping[str, Any]] = field(factory=dict, validator=_CONTEXTS)
    tags: Mapping[str, str] = field(factory=dict, converter=_tags, validator=_TEXTS)
    tags_known: bool = True
    release: str | None = field(default=None, validator=optional(instance_of(str)))
    links: Mapping[str, str] = field(factory=dict, validator=_TEXTS)
    unknown: tuple[str, ...] = field(default=(), converter=_sentences)


def add_evidence(base: Judgement, found: Sequence[Evidence]) -> Judgement:
    """
    Return the judgement of an event with what was *found* beside it.

    Raises:
        ValueError: A diagnosis that was found would silence the alert, and may not; or what was
            found is no JSON.
        TypeError: What was found is no evidence, or no JSON.
    """
    for evidence in found:
        if not isinstance(evidence, Evidence):
            kind = type(evidence).__name__
            raise TypeError(f"expected Evidence, got {kind}: return Evidence() for nothing found")

    diagnosis = next((e.diagnosis for e in reversed(found) if e.diagnosis), base.diagnosis)
    unknown = (sentence for evidence in found for sentence in evidence.unknown)
    diagnosis = evolve(diagnosis, unknown=tuple(dict.fromkeys((*diagnosis.unknown, *unknown))))
    if any(evidence.log for evidence in found):
        diagnosis = evolve(diagnosis, hint=point_to_lines(diagnosis.hint))

    if not diagnosis.alert and diagnosis.cause is not Cause.CLEAN_EXIT:
        raise ValueError("expected a diagnosis that alerts, or a clean exit")

    diagnosis = _decide_by_tags(diagnosis, found, base.policy)
    if not diagnosis.alert:
        return evolve(base, diagnosis=diagnosis, alert=None)

    alert = _add(build_alert(base.event, diagnosis), base.as_alert(), found)
    json.dumps(alert.to_dict(), allow_nan=False)  # what is no JSON no backend would take
    return evolve(base, diagnosis=diagnosis, alert=alert)


def _decide_by_tags(
    diagnosis: Diagnosis, found: Sequence[Evidence], policy: FailurePolicy
) -> Diagnosis:
    """Return *diagnosis* with the tags that were *found*, as a rule for one of them decides."""
    tags = {key.removeprefix(TAG_OF_AWS): tag for e in found for key, tag in e.tags.items()}
    known = all(e.tags_known for e in found)
    if known and not tags:
        return diagnosis

    case = evolve(diagnosis.case, tags={**tags, **diagnosis.case.tags}, tags_known=known)
    decision = decide(case, policy)
    if decision.row.rule is None or not decision.row.rule.tag:
        return evolve(diagnosis, case=case)  # a rule for other things has decided already

    return evolve(
        diagnosis,
        alert=decision.level is not None,
        level=decision.level,
        decision=decision.reason,
        decided_by=decision.row.name,
        rule_note=decision.rule_note,
        case=case,
    )


def point_to_lines(hint: str) -> str:
    """Return a hint that says of the log it names that its last lines are in the alert."""
    hint = _LOG.sub(r"\1 last log lines in this alert", hint)
    return hint.replace(_LOG_AT_FAULT, f"{_LOG_AT_FAULT} (its last lines are in this alert)")


def add_twin(base: Judgement, twin: Judgement, sentence: str) -> Judgement:
    """
    Return the judgement of an event for which nothing was looked up, with the tags of a *twin*.

    Args:
        base: The judgement.
        twin: That of another task of the same definition that failed alike, looked up.
        sentence: What is missing.
    """
    tags = {
        f"{TAG_OF_AWS}{key}": tag
        for key, tag in twin.case.tags.items()
        if twin.alert is None or f"{TAG_OF_AWS}{key}" in twin.alert.tags
    }
    evidence = Evidence(tags=tags, tags_known=twin.case.tags_known, unknown=(sentence,))
    return add_evidence(base, [evidence])


def add_sentence(base: Judgement, sentence: str, *, tags_known: bool) -> Judgement:
    """
    Return the judgement of an event with a *sentence* about what is missing, before the hint.

    Nothing is built again, because a storm may bring thousands of alerts for which nothing is
    looked up.

    Args:
        base: The judgement.
        sentence: What is missing.
        tags_known: Whether no tags are missing.
    """
    case = evolve(base.case, tags_known=tags_known)
    diagnosis = evolve(base.diagnosis, unknown=(*base.diagnosis.unknown, sentence), case=case)
    return evolve(base, diagnosis=diagnosis, alert=add_line(base.as_alert(), sentence))


def _add(alert: Alert, known: Alert, found: Sequence[Evidence]) -> Alert:
    """Return *alert* with what was *found*, under the identity of the *known* one."""
    tags = {key: tag for e in found for key, tag in e.tags.items()}
    links = {name: link for e in found for name, link in e.links.items()}

    return evolve(
        alert,
        event_id=known.event_id,
        timestamp=known.timestamp,
        title=known.title,
        fingerprint=known.fingerprint,
        tags={**tags, **alert.tags},
        contexts=_contexts(alert, found),
        log=tuple(line for evidence in found for line in evidence.log),
        release=next((e.release for e in found if e.release), None),
        links=links,
    )


def _contexts(alert: Alert, found: Sequence[Evidence]) -> dict[str, dict[str, Any]]:
    """Return the contexts of *alert* with those *found*; what it says itself stays."""
    contexts: dict[str, dict[str, Any]] = {}
    for evidence in found:
        for name, context in evidence.contexts.items():
            contexts[name] = {**contexts.get(name, {}), **_texts(context)}
        for name, context in alert.contexts.items():
            of_container = evidence.containers.get(context.get("name", ""), {})
            contexts[name] = {**contexts.get(name, {}), **_texts(of_container)}

    said = {name: {**contexts.pop(name, {}), **own} for name, own in alert.contexts.items()}
    return said | contexts


def _texts(context: Mapping[str, Any]) -> dict[str, Any]:
    """Return *context* with its texts cut, and without what steers a screen."""
    return {
        clean(key, _NAME): clean(value, _TEXT) if isinstance(value, str) else value
        for key, value in context.items()
    }
