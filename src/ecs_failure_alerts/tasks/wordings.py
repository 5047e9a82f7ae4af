"""A finding in words: the summary, the hint, and what the event leaves open."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from string import Formatter
from typing import Final

from .._texts import clean
from ..causes import CAUSES, Cause, WorkloadType
from ..redaction import redact_and_cut
from .containers import (
    describe_end,
    find_awaited,
    has_own_code,
    waited_in_vain,
    was_killed,
    was_never_pulled,
)
from .definition_wordings import DEFINITION_WORDINGS
from .events import Container
from .exit_codes import SIGKILL, describe_exit_code
from .findings import Finding
from .health_wordings import HEALTH_WORDINGS
from .runtime_wordings import RUNTIME_WORDINGS
from .set_up_wordings import SET_UP_WORDINGS
from .start_wordings import START_WORDINGS
from .stop_wordings import STOP_WORDINGS
from .wording import STARTS, Wording, find_sentences, on_fargate

#: The most containers at fault that the summary names.
_MOST_CONTAINERS: Final = 3

#: The most characters that the summary quotes from ECS.
_QUOTE_CHARACTERS: Final = 80

#: The status codes that a load balancer's health check got.
_RESPONSE_CODES: Final = r"(?i)with these codes: \[([^\]]{1,40})\]"
_RESPONSE: Final = r"(?i)with these codes: \[|reason Request timed out"

#: Codes with which npm and Go programs, among others, answer a SIGTERM.
_ANSWERS_TO_SIGTERM: Final = frozenset({1, 2})

#: What follows the exit code of a container that does not decide the cause.
_NO_ORDER: Final = "the event does not say whether that was before the others ended"
_NOT_ESSENTIAL: Final = "that did not stop the task, because it is not essential"

#: The role with which ECS pulls, reads secrets and writes logs, on any launch type.
ROLE: Final = "execution role (on EC2, without one, the instance's role)"

#: The hint about a rerun when nothing is known of retries.
RERUN: Final = "Run the task again, unless it is retried automatically."

_RERUNS: Final[Mapping[WorkloadType, str]] = {
    WorkloadType.BATCH: "Run the job again unless its retry strategy does.",
    WorkloadType.SERVICE: "ECS starts another task by itself.",
    WorkloadType.SCHEDULED: "Run the task again if it cannot wait for the next run.",
}

#: Every wording that needs only the event, in the order of trying.
WORDINGS: Final = (
    *START_WORDINGS,
    *SET_UP_WORDINGS,
    *RUNTIME_WORDINGS,
    *HEALTH_WORDINGS,
    *STOP_WORDINGS,
)


def find_words(finding: Finding) -> tuple[str, str]:
    """
    Return the summary and the hint that fit the evidence.

    Each comes from the first wording that fits and has one, or else from the cause.
    """
    entry = CAUSES[finding.cause]
    fitting = (wording for wording in _wordings_of(finding.cause) if wording.fits(finding))

    first = next(fitting, None)
    if first is None:
        summary, hint = entry.summary, entry.hint
    else:
        hint = first.hint
        summary = first.summary or next((w.summary for w in fitting if w.summary), entry.summary)

    return _write(summary, finding), hint.format(role=_role(finding), rerun=_rerun(finding))


@cache
def _wordings_of(cause: Cause) -> tuple[Wording, ...]:
    return tuple(w for w in (*DEFINITION_WORDINGS, *WORDINGS) if cause in w.causes)


def _write(template: str, finding: Finding) -> str:
    """Return *template* as a sentence about *finding*."""
    return template.format_map({name: _WORDS[name](finding) for name in _names_in(template)})


@cache
def _names_in(template: str) -> tuple[str, ...]:
    """Return the names in braces in *template*."""
    return tuple(name for _, name, _, _ in Formatter().parse(template) if name is not None)


def _culprits(finding: Finding) -> str:
    return _join(_describe(finding, c) for c in finding.culprits)


def _names(finding: Finding) -> str:
    """Name the containers at fault, or else the only one that did not start."""
    alone = [c for _, c in finding.containers.counted] if finding.cause in STARTS else []
    named = finding.culprits or (alone if len(alone) == 1 else ())
    return _names_of(named)


def _names_of(containers: Iterable[Container]) -> str:
    return _join_names(f"container {c.name}" for c in containers)


def _ended(finding: Finding) -> str:
    return _join(f"container {c.name} ended with {describe_end(c)}" for c in finding.culprits)


def _prefixed(word: str, said: str) -> str:
    """Return *said* with *word* in front, or nothing if *said* is empty."""
    return f"{word} {said}" if said else ""


def _who(finding: Finding) -> str:
    """Name the workload; a service itself keeps running when one of its tasks ends."""
    workload = finding.workload
    return (
        f"A task of service {workload.name or '(unnamed)'}" if finding.is_service else str(workload)
    )


def _codes(finding: Finding) -> str:
    """Return the codes that a load balancer's health check got."""
    found = re.search(_RESPONSE_CODES, finding.text)
    return f"HTTP {clean(found[1])}" if found else "an error"


def _quote(finding: Finding) -> str:
    """Return what ECS says, redacted and cut."""
    said = " ".join(redact_and_cut(find_sentences(finding)[0], _QUOTE_CHARACTERS).split())
    return said if said.endswith("..") else said.removesuffix(".")


#: The names allowed in braces in a summary, see `Wording`.
_WORDS: Final[Mapping[str, Callable[[Finding], str]]] = {
    "who": _who,
    "which": lambda finding: _culprits(finding) or "the event does not say which container",
    "because": lambda finding: _prefixed(":", _culprits(finding)),
    "names": _names,
    "of": lambda finding: _prefixed(" of", _names(finding)),
    "for_": lambda finding: _prefixed(" for", _names(finding)),
    "ended_well": lambda f: _names_of(c for _, c in f.containers.main if c.exit_code == 0),
    "ended": _ended,
    "waited": lambda f: _names_of(c for _, c in f.containers.counted if waited_in_vain(c)),
    "awaited": lambda finding: _join_names({n for c in finding.culprits for n in find_awaited(c)}),
    "codes": _codes,
    "quote": _quote,
}


def _role(finding: Finding) -> str:
    """Return the role with which ECS pulls, reads secrets and writes logs."""
    return "execution role" if on_fargate(finding) else ROLE


def _rerun(finding: Finding) -> str:
    """Return the hint about a rerun."""
    return _RERUNS.get(finding.workload.type, RERUN)


def _describe(finding: Finding, container: Container) -> str:
    """Name a container and how it ended; a container that never ran has no code."""
    if finding.cause in STARTS and container.exit_code is None:
        return f"container {container.name}"
    return f"container {container.name}, {describe_end(container)}"


def _join(said: Iterable[str]) -> str:
    """Join *said* in alphabetical order, because the event's order varies; shorten many."""
    parts = sorted(said)
    rest = f"; and {len(parts) - _MOST_CONTAINERS} more" if len(parts) > _MOST_CONTAINERS else ""
    return "; ".join(parts[:_MOST_CONTAINERS]) + rest


def _join_names(names: Iterable[str]) -> str:
    """Join *names* as a list in a sentence, in alphabetical order."""
    parts = sorted(names)
    if len(parts) > _MOST_CONTAINERS:
        parts = [*parts[:_MOST_CONTAINERS], f"{len(parts) - _MOST_CONTAINERS} more"]
    *first, last = parts or [""]

    return f"{', '.join(first)} and {last}" if first else last


def find_open_questions(finding: Finding) -> Iterator[str]:
    """Find what the event leaves open, in sentences."""
    if finding.cause is Cause.HEALTH_CHECK and not re.search(_RESPONSE, finding.text):
        yield "The event does not say what response the health check got."
    if finding.cause is Cause.FAILED_TO_START_OTHER and finding.undecided:
        yield (
            "A container had ended with 0 before the task was up, so the work may have been "
            "completed."
        )

    if finding.cause is Cause.CONTAINER_EXIT:
        yield from _find_open_questions_of_exit(finding)
    if finding.cause in {Cause.CONTAINER_EXIT, Cause.CLEAN_EXIT}:
        yield from _describe_other_ends(finding)


def _find_open_questions_of_exit(finding: Finding) -> Iterator[str]:
    culprits = finding.culprits
    kills = {c.exit_code for c in culprits if was_killed(c)}
    ended_well = any(c.exit_code == 0 for _, c in finding.containers.main)

    if not finding.containers.counted:
        yield "The event lists no containers, so how the task ended is not known."

    if SIGKILL in kills and finding.ended_first:
        yield (
            "The event does not say who sent the signal: a memory limit, memory pressure on the "
            "host and a kill by hand look the same."
        )
    elif SIGKILL in kills:
        yield (
            "The event does not say who sent the signal: a memory limit, memory pressure on the "
            "host, a stop timeout and a kill by hand look the same."
        )
    elif kills:
        yield "The event does not say who sent the signal."

    if any(c.exit_code is None and not was_never_pulled(c) for c in culprits):
        yield (
            "ECS reported no exit code, so how the container ended is not known: the work may "
            "have been completed."
        )

    if ended_well and finding.undecided:
        yield (
            "Another container exited with 0. The event does not say which one ended first, so "
            "the work may have been completed."
        )
    elif _may_have_answered_a_stop(finding) and ended_well:
        yield (
            "Another container exited with 0. If it did the work and ended first, the code may be "
            "no more than an answer to the SIGTERM that follows (npm gives 1, Go gives 2)."
        )


def _may_have_answered_a_stop(finding: Finding) -> bool:
    """Return whether the codes may be answers to a SIGTERM, with nothing else to show it."""
    codes = {c.exit_code for c in finding.culprits}
    return bool(codes) and codes <= _ANSWERS_TO_SIGTERM and finding.at_most is None


def _describe_other_ends(finding: Finding) -> Iterator[str]:
    """Describe the containers whose exit codes do not decide the cause."""
    at_fault = {id(container) for container in finding.culprits}
    others = [c for c in finding.containers.others if has_own_code(c) and id(c) not in at_fault]
    helpers = [c for c in others if finding.essential and c.name not in finding.essential]

    for containers, what in (
        ([c for c in others if c not in helpers], _NO_ORDER),
        (helpers, _NOT_ESSENTIAL),
    ):
        ends = _join(
            f"container {c.name} ended with {describe_exit_code(c.exit_code)}" for c in containers
        )
        if ends:
            yield f"{ends[0].upper()}{ends[1:]}; {what}."
