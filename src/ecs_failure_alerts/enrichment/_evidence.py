"""The findings of a look-up, and how they are added to an alert."""

# Theory of operation: a backend knows an alert by its event id, fingerprint, title and time. These
# come from the event alone, so a retry is the same alert, even if its look-up finds something else.
# `add_evidence()` always keeps them.

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from attrs import evolve, field, frozen

from .._arguments import check_switch, naming_each
from .._texts import clean, kind
from ..alerts import Alert, LogLine, add_line
from ..causes import Cause
from ..diagnosis import Diagnosis
from ..judging import Judgement, build_alert
from ..policy import FailurePolicy, decide
from ..policy.cases import TAG_OF_AWS

#: Characters at most of a tag's value, of a field's name and value, and of a sentence.
_TAG_CHARACTERS: Final = 200
_NAME_CHARACTERS: Final = 64
_TEXT_CHARACTERS: Final = 1024
_SENTENCE_CHARACTERS: Final = 300

#: Characters of an address at most.
_LINK_CHARACTERS: Final = 2_000

#: The name of a log in a hint.
_LOG: Final = re.compile(
    r"\b(the (?:side )?container's|its) (?:last )?log(?: lines)?(?: before the stop)?\b",
    re.IGNORECASE,
)
_LOG_AT_FAULT: Final = "the log of the container at fault"


def _mapping(value: Mapping[str, Any]) -> Mapping[str, Any]:
    """Check for a mapping with strings as keys. No error shows a value: it may be a secret."""
    if not isinstance(value, Mapping):
        raise TypeError(f"expected a mapping, got {kind(value)}")
    for key in value:
        if not isinstance(key, str):
            raise TypeError(f"expected strings as keys, got {kind(key)}")
    return value


def _cleaned(value: str, most_characters: int) -> str:
    if not isinstance(value, str):
        raise TypeError(f"expected a string, got {kind(value)}")
    return clean(value, most_characters)


def _several(value: Iterable[Any], example: str) -> tuple[Any, ...]:
    """Return several values; a string would be one value for each of its letters."""
    if isinstance(value, str | bytes | Mapping) or not isinstance(value, Iterable):
        raise TypeError(f"expected several values, got {kind(value)}: write {example}")
    return tuple(value)


def _tags(tags: Mapping[str, str]) -> Mapping[str, str]:
    """Return the tags with each name and value on one line of at most 200 characters."""
    return {
        clean(key, _TAG_CHARACTERS): _cleaned(value, _TAG_CHARACTERS)
        for key, value in _mapping(tags).items()
    }


def _lines(lines: Iterable[LogLine]) -> tuple[LogLine, ...]:
    found = _several(lines, "[LogLine(...)]")
    for line in found:
        if not isinstance(line, LogLine):
            raise TypeError(f"expected LogLine, got {kind(line)}")

    return tuple(
        evolve(
            line,
            message=_cleaned(line.message, _TEXT_CHARACTERS),
            container=_cleaned(line.container, _TAG_CHARACTERS),
        )
        for line in found
    )


def _release(release: str | None) -> str | None:
    return None if release is None else _cleaned(release, _TAG_CHARACTERS)


def _links(links: Mapping[str, str]) -> Mapping[str, str]:
    return {
        clean(name, _NAME_CHARACTERS): _cleaned(link, _LINK_CHARACTERS)
        for name, link in _mapping(links).items()
    }


def _sentences(sentences: Iterable[str]) -> tuple[str, ...]:
    found = _several(sentences, '["The owner could not be looked up."]')
    return tuple(_cleaned(sentence, _SENTENCE_CHARACTERS) for sentence in found)


def _details(contexts: Mapping[str, Mapping[str, Any]]) -> Mapping[str, Mapping[str, Any]]:
    return {name: _mapping(context) for name, context in _mapping(contexts).items()}


def _diagnosis(diagnosis: Diagnosis | None) -> Diagnosis | None:
    if not isinstance(diagnosis, Diagnosis | None):
        raise TypeError(f"expected a Diagnosis or None, got {kind(diagnosis)}")
    return diagnosis


@frozen(slots=False, hash=False, field_transformer=naming_each)
class Evidence:
    """
    The findings of a look-up about one failure. Everything in it leaves the account.

    The alert keeps what it has: tags and fields of contexts are only added. Texts are cut and
    cleaned of control characters.

    Attributes:
        diagnosis: A better diagnosis than that of the event, or None. Only one with the cause
            ``clean_exit`` may silence the alert.
        log: Lines that the containers wrote, redacted.
        containers: Details of each container, by its name, for the container's own context: a flat
            mapping of JSON values.
        contexts: Further details, each a flat mapping of JSON values.
        tags: Short and searchable values, each on one line of at most 200 characters.
        tags_known: Whether these are all tags; False if they could not be looked up, so that no
            alert is dropped because a tag is missing.
        release: The release that failed, such as the tag of an image.
        links: Helpful addresses, by what they show.
        unknown: What could not be looked up, in sentences for a person on call.

    Raises:
        TypeError: A value has the wrong type; the text names the argument.
    """

    diagnosis: Diagnosis | None = field(default=None, converter=_diagnosis)
    log: tuple[LogLine, ...] = field(default=(), converter=_lines, repr=False)
    containers: Mapping[str, Mapping[str, Any]] = field(factory=dict, converter=_details)
    contexts: Mapping[str, Mapping[str, Any]] = field(factory=dict, converter=_details)
    tags: Mapping[str, str] = field(factory=dict, converter=_tags)
    tags_known: bool = field(default=True, validator=check_switch)
    release: str | None = field(default=None, converter=_release)
    links: Mapping[str, str] = field(factory=dict, converter=_links)
    unknown: tuple[str, ...] = field(default=(), converter=_sentences)


def add_evidence(base: Judgement, found: Sequence[Evidence]) -> Judgement:
    """
    Return the judgement of an event, with what was *found* added.

    Raises:
        ValueError: A diagnosis silences the alert and its cause is not ``clean_exit``, or a value
            is not JSON.
        TypeError: Something else than evidence was found, or a value is not JSON.
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
        raise ValueError("expected a diagnosis that alerts or a clean exit, got neither")

    diagnosis = _decide_by_tags(diagnosis, found, base.policy)
    if not diagnosis.alert:
        return evolve(base, diagnosis=diagnosis, alert=None)

    alert = _add(build_alert(base.event, diagnosis), base.as_alert(), found)
    json.dumps(alert.to_dict(), allow_nan=False)  # no backend takes anything else than JSON
    return evolve(base, diagnosis=diagnosis, alert=alert)


def _decide_by_tags(
    diagnosis: Diagnosis, found: Sequence[Evidence], policy: FailurePolicy
) -> Diagnosis:
    """Return *diagnosis* with the tags that were *found*, decided again by rules for tags."""
    tags = {key.removeprefix(TAG_OF_AWS): tag for e in found for key, tag in e.tags.items()}
    known = all(e.tags_known for e in found)
    if known and not tags:
        return diagnosis

    case = evolve(diagnosis.case, tags={**tags, **diagnosis.case.tags}, tags_known=known)
    decision = decide(case, policy)
    if decision.row.rule is None or not decision.row.rule.tag:
        return evolve(diagnosis, case=case)  # no rule for tags decides

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
    """Return *hint*; if it names a log, note that the last lines are in the alert."""
    hint = _LOG.sub(r"\1 last log lines in this alert", hint)
    return hint.replace(_LOG_AT_FAULT, f"{_LOG_AT_FAULT} (its last lines are in this alert)")


def add_tags_of_similar(base: Judgement, similar: Judgement, sentence: str) -> Judgement:
    """
    Return the judgement of an event that was not looked up, with the tags of a *similar* one.

    Args:
        base: The judgement.
        similar: The judgement of another task of the same definition with the same failure, which
            was looked up.
        sentence: What is missing.
    """
    tags = {
        f"{TAG_OF_AWS}{key}": tag
        for key, tag in similar.case.tags.items()
        if similar.alert is None or f"{TAG_OF_AWS}{key}" in similar.alert.tags
    }
    evidence = Evidence(tags=tags, tags_known=similar.case.tags_known, unknown=(sentence,))
    return add_evidence(base, [evidence])


def add_sentence(base: Judgement, sentence: str, *, tags_known: bool) -> Judgement:
    """
    Return the judgement of an event, with a *sentence* about what is missing before the hint.

    The alert is not built again, because a storm may bring thousands that are not looked up.

    Args:
        base: The judgement.
        sentence: What is missing.
        tags_known: Whether all tags are known.
    """
    case = evolve(base.case, tags_known=tags_known)
    diagnosis = evolve(base.diagnosis, unknown=(*base.diagnosis.unknown, sentence), case=case)
    return evolve(base, diagnosis=diagnosis, alert=add_line(base.as_alert(), sentence))


def _add(alert: Alert, known: Alert, found: Sequence[Evidence]) -> Alert:
    """Return *alert* with what was *found* and with the identity of the *known* alert."""
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
        links={**alert.links, **links},
    )


def _contexts(alert: Alert, found: Sequence[Evidence]) -> dict[str, dict[str, Any]]:
    """Return the contexts of *alert* with those *found*; its own fields stay."""
    contexts: dict[str, dict[str, Any]] = {}
    for evidence in found:
        for given, context in evidence.contexts.items():
            name = clean(given, _NAME_CHARACTERS)
            contexts[name] = {**contexts.get(name, {}), **_texts(context)}
        for name, context in alert.contexts.items():
            of_container = evidence.containers.get(context.get("name", ""), {})
            contexts[name] = {**contexts.get(name, {}), **_texts(of_container)}

    said = {name: {**contexts.pop(name, {}), **own} for name, own in alert.contexts.items()}
    return said | contexts


def _texts(context: Mapping[str, Any]) -> dict[str, Any]:
    """Return *context* with its strings shortened and without control characters."""
    return {
        clean(key, _NAME_CHARACTERS): clean(value, _TEXT_CHARACTERS)
        if isinstance(value, str)
        else value
        for key, value in context.items()
    }
