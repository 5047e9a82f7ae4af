"""The diagnosis of a notice: the words of its cause, and the policy's decision."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from .._frames import without_locals
from ..causes import CAUSES, Cause, WorkloadType
from ..diagnosis import Diagnosis, Workload
from ..policy import FailurePolicy, decide
from ..policy.cases import Case, read_tags
from ..tasks.events import describe_oddities
from ._notice import Notice

#: The workload of a notice that names none.
_UNNAMED = Workload(WorkloadType.STANDALONE, None)

#: The subject of a notice that names nothing, by the beginning of its cause.
_NOUNS: Final[Mapping[str, str]] = {
    "batch": "A Batch job",
    "daemon": "A daemon",
    "deployment": "A service",
    "service": "A service",
    "workflow": "A state machine",
    "instance": "An instance",
}


@without_locals
def diagnose_notice(notice: Notice, policy: FailurePolicy) -> Diagnosis:
    """
    Explain what *notice* means, and whether *policy* asks for an alert.

    A list of the policy does not silence a notice without a value for it. For example, `clusters`
    does not silence a notice without a cluster.
    """
    workload = notice.workload or _UNNAMED
    case = Case(
        cause=notice.cause,
        workload=workload,
        account=notice.account,
        cluster_arn=notice.cluster_arn,
        cluster=notice.cluster,
        service=workload.name if workload.type is WorkloadType.SERVICE else None,
        family=notice.tags.get("ecs.family"),
        tags=read_tags(notice.raw),
        time=notice.time,
        at_most=notice.at_most,
    )
    decision = decide(case, policy)

    entry, who = CAUSES[notice.cause], _subject(notice)
    which = notice.which.removesuffix(".")  # the sentence has its own full stop

    return Diagnosis(
        cause=notice.cause,
        culprits=(),
        evidence=notice.evidence,
        summary=entry.summary.format(who=who, whom=who[0].lower() + who[1:], which=which),
        workload=workload,
        alert=decision.level is not None,
        level=decision.level,
        decision=decision.reason,
        hint=notice.hint or entry.hint,
        unknown=(*notice.unknown, *describe_oddities(notice.raw, notice.faults)),
        decided_by=decision.row.name,
        rule_note=decision.rule_note,
        case=case,
    )


def _subject(notice: Notice) -> str:
    """Return the subject of the summary, in words."""
    instance = notice.facts.get("ec2_instance_id")
    if instance:
        where = f" in cluster {notice.cluster}" if notice.cluster else ""
        return f"Instance {instance}{where}"
    if notice.cause is Cause.ROUTINE and notice.workload is None:
        return str(notice.raw.get("detail-type"))
    if notice.workload is None or not notice.workload.name:
        group = notice.cause.partition(".")[0].partition("_")[0]
        return f"{_NOUNS.get(group, 'A task')} that the event does not name"

    return str(notice.workload)
