"""
Notices of AWS Batch: a job that failed for good, and a blocked queue.

https://docs.aws.amazon.com/batch/latest/userguide/batch_job_events.html and
https://docs.aws.amazon.com/batch/latest/userguide/batch-queue-blocked-events.html
"""

from __future__ import annotations

from typing import Any, Final

from ..causes import Cause, WorkloadType
from ..diagnosis import Workload
from ..tasks.arns import after
from ..tasks.exit_codes import describe_exit_code
from ._envelope import Envelope
from ._notice import Fields, Notice, name_and_revision

SOURCE: Final = "aws.batch"
JOB_DETAIL_TYPE: Final = "Batch Job State Change"
QUEUE_DETAIL_TYPE: Final = "Batch Job Queue Blocked"

FAILED: Final = "FAILED"
_TIMEOUT: Final = "exceeded timeout"

#: A part of Batch's reason, with a short word for the group, words for a person, and what to do.
_REASONS: Final = (
    (
        "Host EC2",
        "host_terminated",
        "it was lost with its instance, and no attempt is left",
        "Give the job more attempts, then submit it again.",
    ),
    (
        "Dependent Job failed",
        "dependency",
        "a job that it depends on failed",
        "Fix the job that it depends on, then submit both again.",
    ),
    (
        "OutOfMemory",
        "out_of_memory",
        "it ran out of memory",
        "Give the job more memory, then submit it again.",
    ),
    (
        "CannotPull",
        "image_pull",
        "its image cannot be pulled",
        "Fix the image's name or the access to it, then submit the job again.",
    ),
    (
        "ResourceInitialization",
        "resource_init",
        "ECS could not set up what it needs",
        "Fix what the reason names, then submit the job again.",
    ),
    (
        "unable to assume the role",
        "role",
        "ECS cannot assume its role",
        "Fix the role's trust policy, then submit the job again.",
    ),
)

#: A part of Batch's reason why the first job of a queue cannot start, with words for a person, and
#: what to do: https://docs.aws.amazon.com/batch/latest/userguide/job_stuck_in_runnable.html
_BLOCKS: Final = (
    (
        "COMPUTE_ENVIRONMENT_MAX_RESOURCE",
        "its first job needs more vCPUs than the compute environments may have",
        (
            "Raise maxvCpus of the queue's compute environment. Or cancel the job, and submit one "
            "that asks for less."
        ),
    ),
    (
        "JOB_RESOURCE_REQUIREMENT",
        "no instance of the compute environments is large enough for its first job",
        (
            "Allow larger instance types in the queue's compute environment. Or cancel the job, "
            "and submit one that asks for less."
        ),
    ),
    (
        "INSUFFICIENT_INSTANCE_CAPACITY",
        "AWS has no capacity for its first job right now",
        (
            "Wait, or allow more instance types or Availability Zones in the queue's compute "
            "environment. Cancel the job if those behind it must start."
        ),
    ),
    (
        "SERVICE_ROLE_PERMISSIONS",
        "Batch's service role lacks permissions",
        (
            "Compare the role's permissions with AWS's managed policy for Batch, and add what is "
            "missing."
        ),
    ),
)

_JOBS_PAGE: Final = "/batch/home#jobs/detail/"


def read_job(envelope: Envelope) -> Notice:
    """Read the state of a job. FAILED comes once, after the last attempt."""
    detail = envelope.detail
    status, reason = detail.required_text("status"), detail.word("statusReason") or ""
    attempts = list(detail.members("attempts"))
    definition = detail.text("jobDefinition")

    # The parent of an array fails with its children, and each child has its own alert.
    properties = detail.inner("arrayProperties")
    is_parent = "size" in properties.values and "index" not in properties.values

    # Every event of AWS names a definition.
    if status != FAILED or is_parent or not definition:
        return _notice(envelope, Cause.ROUTINE, evidence=("detail.status",))

    last = attempts[-1] if attempts else Fields({})
    container = last.inner("container") if attempts else Fields({})
    code = container.number("exitCode")
    if code is None:
        code = _eks_exit_code(detail)

    said = [reason, last.word("statusReason"), container.word("reason")]
    reasons = "; ".join(dict.fromkeys(filter(None, said)))
    number = properties.number("index")
    facts = {
        "exit_code": code,
        "attempts": len(attempts),
        "task_arn": container.word("taskArn"),
        "log_stream_name": container.word("logStreamName"),
        "container_reason": container.word("reason"),
        "array_index": number,
    }

    child = f" (child {number})" if number is not None else ""
    if _TIMEOUT in reasons:
        return _notice(
            envelope,
            Cause.BATCH_JOB_TIMED_OUT,
            evidence=("detail.status", "detail.statusReason"),
            which=child,
            reason=reasons,
            facts=facts,
        )

    has_run = bool(attempts) or any(detail.members("eksAttempts"))
    word, why, hint = _why(reasons, code, has_run=has_run)
    return _notice(
        envelope,
        Cause.BATCH_JOB_FAILED,
        evidence=("detail.status", "detail.attempts"),
        discriminator=word,
        which=f"{child}: {why}",
        hint=hint,
        reason=reasons or None,
        facts=facts,
    )


def read_queue(envelope: Envelope) -> Notice:
    """Read that a queue is blocked, because its first job cannot start."""
    named = envelope.detail.required_text("jobQueue")
    queue = after(":job-queue/", named) or named
    reason = envelope.detail.word("statusReason")
    known = (row[1:] for row in _BLOCKS if row[0] in (reason or ""))
    words, hint = next(known, (reason or "Batch gives no reason", None))

    return _notice(
        envelope,
        Cause.BATCH_QUEUE_BLOCKED,
        scope=(f"queue:{queue}",),
        evidence=("detail-type",),
        which=f"{queue}: {words}",
        hint=hint,
        reason=reason,
        id_parts=(None,),
        name=queue,
    )


def _eks_exit_code(detail: Fields) -> int | None:
    """Return the exit code of a job on EKS: the first one of the last attempt that is not 0."""
    attempts = list(detail.members("eksAttempts"))
    containers = attempts[-1].members("containers") if attempts else ()
    codes = [container.number("exitCode") for container in containers]

    return next((code for code in codes if code), codes[0] if codes else None)


def _why(reason: str, code: int | None, *, has_run: bool) -> tuple[str, str, str | None]:
    """Return the word for the group, words for a person, and what to do, if that is known."""
    for text, word, said, hint in _REASONS:
        if text in reason:
            return word, said, hint
    if code:
        return f"exit={code}", describe_exit_code(code), None
    if not has_run:  # then there is no log either
        return "unknown", "it never ran", "If it should have run, submit it again."
    return "unknown", "Batch gives no exit code", None


def _notice(envelope: Envelope, cause: Cause, **rest: Any) -> Notice:
    """Build a notice about a job, named after its definition because job names are often unique."""
    detail = envelope.detail
    name, revision = name_and_revision(detail.word("jobDefinition"))
    arn, job_id = detail.word("jobArn"), detail.word("jobId")
    queue = after(":job-queue/", detail.word("jobQueue"))
    tries = str(len(list(detail.members("attempts"))))
    facts = {
        "job_name": detail.word("jobName"),
        "job_id": job_id,
        "job_queue": queue,
        "job_definition": f"{name}:{revision}" if revision else name,
        **rest.pop("facts", {}),
    }

    return envelope.notice(
        cause,
        Workload(WorkloadType.BATCH, name) if name else None,
        scope=rest.pop("scope", (f"batch:{name or ''}",)),
        time=envelope.time(),
        subject=arn or envelope.resource,
        id_parts=rest.pop("id_parts", ("batch", arn or job_id, tries)),
        facts=facts,
        tags={"batch.queue": queue, "batch.job_definition": name},
        console_path=f"{_JOBS_PAGE}{job_id}" if job_id else None,
        **rest,
    )
