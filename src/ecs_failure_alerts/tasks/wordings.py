"""A finding in words: the summary and the hint."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache
from string import Formatter
from typing import Final

from .._texts import clean
from ..causes import CAUSES, Cause, WorkloadType
from ..redaction import redact_and_cut
from .containers import describe_end, find_awaited, join_ends, join_names, names_of, waited_in_vain
from .definition_wordings import DEFINITION_WORDINGS
from .events import Container
from .exit_wordings import EXIT_WORDINGS
from .findings import Finding
from .health_wordings import HEALTH_WORDINGS
from .memory_limits import describe_limits
from .pulled_images import name_pulled_image
from .runtime_wordings import RUNTIME_WORDINGS
from .set_up_wordings import SET_UP_WORDINGS
from .start_wordings import START_WORDINGS
from .stop_wordings import STOP_WORDINGS
from .wording import STARTS, Wording, another_ended_well, find_sentences, on_fargate

#: The most characters that the summary quotes from ECS.
_QUOTE_CHARACTERS: Final = 80

#: The status codes that a load balancer's health check got.
_RESPONSE_CODES: Final = r"(?i)with these codes: \[([^\]]{1,40})\]"

#: The role with which ECS pulls, reads secrets and writes logs, on any launch type.
ROLE: Final = "execution role (on EC2, without one, the instance's role)"

#: The hint about a rerun when nothing is known of retries.
RERUN: Final = "Run the task again, unless it is retried automatically."

_RERUNS: Final[Mapping[WorkloadType, str]] = {
    WorkloadType.BATCH: "Run the job again unless its retry strategy does.",
    WorkloadType.SERVICE: "ECS starts another task: check that it stays up.",
    WorkloadType.SCHEDULED: "Run the task again if it cannot wait for the next run.",
}

#: The causes after which ECS starts another task of a service, and should not have to.
_UNPLANNED: Final = frozenset(
    {
        *STARTS,
        Cause.OUT_OF_MEMORY,
        Cause.HEALTH_CHECK,
        Cause.CONTAINER_EXIT,
        Cause.CLEAN_EXIT,
    }
)

#: Every wording that needs only the event, in the order of trying.
WORDINGS: Final = (
    *START_WORDINGS,
    *SET_UP_WORDINGS,
    *RUNTIME_WORDINGS,
    *HEALTH_WORDINGS,
    *EXIT_WORDINGS,
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
        hint = (finding.is_service and first.for_service) or first.hint
        summary = first.summary or next((w.summary for w in fitting if w.summary), entry.summary)

    if finding.is_service and finding.cause in _UNPLANNED and "{rerun}" not in hint:
        hint = f"{{rerun}} {hint}"
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
    return join_ends(_describe(finding, c) for c in finding.culprits)


def _names(finding: Finding) -> str:
    """Name the containers at fault, or else the only one that did not start."""
    alone = [c for _, c in finding.containers.counted] if finding.cause in STARTS else []
    named = finding.culprits or (alone if len(alone) == 1 else ())
    return names_of(named)


def _ended(finding: Finding) -> str:
    return join_ends(f"container {c.name} ended with {describe_end(c)}" for c in finding.culprits)


def _prefixed(word: str, said: str) -> str:
    """Return *said* with *word* in front, or nothing if *said* is empty."""
    return f"{word} {said}" if said else ""


def _who(finding: Finding) -> str:
    """Name the workload; a service itself keeps running when one of its tasks ends."""
    workload = finding.workload
    if not finding.is_service:
        return str(workload)
    return f"A task of service {workload.name}" if workload.name else "A task of a service"


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
    "ended_well": lambda f: names_of(c for _, c in f.containers.main if c.exit_code == 0),
    "ended": _ended,
    "beside": lambda f: "; another container ended with 0" if another_ended_well(f) else "",
    "outcome": lambda finding: "ended" if finding.is_service else "may have failed",
    "image": name_pulled_image,
    "limit": describe_limits,
    "waited": lambda f: names_of(c for _, c in f.containers.counted if waited_in_vain(c)),
    "awaited": lambda finding: join_names({n for c in finding.culprits for n in find_awaited(c)}),
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
