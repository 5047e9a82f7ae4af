"""AWS Batch: jobs that failed for good, and queues that are blocked."""

from __future__ import annotations

from typing import Any

import pytest

from ecs_failure_alerts import Cause, EventError, judge
from ecs_failure_alerts.testing import batch_job_state_change
from rows import each


@pytest.mark.parametrize(
    ("properties", "cause"),
    [
        pytest.param({"size": 3}, Cause.ROUTINE, id="parent"),
        pytest.param({"index": 2}, Cause.BATCH_JOB_FAILED, id="child"),
        pytest.param({"index": 2, "size": 3}, Cause.BATCH_JOB_FAILED, id="child-that-knows-both"),
    ],
)
def test_the_children_of_an_array_alert_and_the_parent_does_not(
    properties: dict[str, int], cause: Cause
) -> None:
    assert judge(batch_job_state_change(arrayProperties=properties)).diagnosis.cause is cause


@pytest.mark.parametrize(
    ("job", "attempt", "title"),
    [
        ("Job attempt duration exceeded timeout", "Task stopped", "BatchJobTimedOut: nightly"),
        ("Task stopped", "Job attempt duration exceeded timeout", "BatchJobTimedOut: nightly"),
        ("Host EC2 (instance i-0) terminated.", "Task stopped", "BatchJobFailed: nightly"),
    ],
)
def test_the_reason_may_stand_with_the_job_or_with_its_last_attempt(
    job: str, attempt: str, title: str
) -> None:
    attempts = [{"container": {"exitCode": 137}, "statusReason": attempt}]
    alert = judge(batch_job_state_change(statusReason=job, attempts=attempts)).as_alert()

    assert alert.title == title
    if "Host" in job:
        assert alert.fingerprint[-1] == "host_terminated"


@pytest.mark.parametrize(
    ("codes", "which"),
    [([0, 137], "exit code 137 (SIGKILL)"), ([None], "Batch gives no exit code"), ([], "no exit")],
)
def test_a_job_on_eks_has_the_code_of_its_container(codes: list[Any], which: str) -> None:
    containers = [{"exitCode": code} for code in codes]
    event = batch_job_state_change(attempts=[], eksAttempts=[{"containers": containers}])
    assert which in judge(event).diagnosis.summary


def test_a_job_that_never_ran_says_why() -> None:
    event = batch_job_state_change(attempts=[], statusReason="Dependent Job failed")
    assert "a job that it depends on failed" in judge(event).diagnosis.summary


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        ("ECS was unable to assume the role 'arn:aws:iam::1:role/x'", "cannot assume its role"),
        ("Wrong input, says the person who terminated it", "failed for good: it never ran."),
    ],
)
def test_of_a_job_that_never_ran_nobody_reads_a_log(reason: str, said: str) -> None:
    found = judge(batch_job_state_change(attempts=[], statusReason=reason)).diagnosis
    assert said in found.summary
    assert "log" not in found.hint


def test_attempts_that_are_no_list_are_a_fault_with_a_path() -> None:
    with pytest.raises(EventError) as caught:
        judge(batch_job_state_change(attempts=3))
    assert {problem.path for problem in caught.value.problems} == {"detail.attempts"}


def test_each_try_of_a_job_is_an_alert_of_its_own() -> None:
    once, twice = (
        judge(batch_job_state_change(attempts=[{}] * count)).as_alert() for count in (1, 2)
    )
    assert once.event_id != twice.event_id
    assert once.fingerprint == twice.fingerprint


def test_a_job_has_its_exit_code_and_every_reason_once() -> None:
    attempt = {"container": {"exitCode": 3, "reason": "no file"}, "statusReason": "Task stopped"}
    event = batch_job_state_change(statusReason="Task stopped", attempts=[attempt])
    alert = judge(event).as_alert()
    assert "exit code 3" in alert.message
    assert 'AWS says: "Task stopped; no file"' in alert.message


@each("place", ["jobArn", "resources"])
def test_a_job_is_known_by_its_arn_wherever_that_stands(place: str) -> None:
    event = batch_job_state_change()
    arn = event["detail"]["jobArn"]
    if place == "jobArn":
        event["resources"] = []
    else:
        del event["detail"]["jobArn"]
    assert judge(event).event.subject == arn


def test_a_queue_is_named_even_without_an_arn() -> None:
    event = batch_job_state_change("RUNNABLE", jobQueue="default", statusReason=None)
    event["detail-type"] = "Batch Job Queue Blocked"
    alert = judge(event).as_alert()

    assert alert.title == "BatchQueueBlocked: default"
    assert "None" not in alert.message


@each(
    ("reason", "said", "hint"),
    [
        (
            "MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE - CE(s) cannot meet the CPU need",
            "its first job needs more vCPUs than the compute environments may have.",
            "Raise maxvCpus",
        ),
        (
            "MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT - The job resource requirement is higher",
            "no instance of the compute environments is large enough for its first job.",
            "Allow larger instance types",
        ),
        (
            "CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY - Service cannot fulfill the capacity",
            "AWS has no capacity for its first job right now.",
            "Wait, or allow more instance types",
        ),
        (
            "MISCONFIGURATION:SERVICE_ROLE_PERMISSIONS - Batch service role has a permission issue",
            "Batch's service role lacks permissions.",
            "Compare the role's permissions",
        ),
        ("Something new.", "Something new.", "Fix the queue's compute environment."),
    ],
)
def test_a_blocked_queue_says_why_and_what_batch_allows(reason: str, said: str, hint: str) -> None:
    """A job that was submitted cannot be changed."""
    event = batch_job_state_change("RUNNABLE", jobQueue="default", statusReason=reason)
    event["detail-type"] = "Batch Job Queue Blocked"
    diagnosis = judge(event).diagnosis

    assert diagnosis.summary == f"Jobs cannot start in the Batch queue default: {said}"
    assert diagnosis.hint.startswith(hint)
    assert "change its requirements" not in diagnosis.hint
