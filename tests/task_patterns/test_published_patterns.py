"""Patterns as people publish them, each with the main fault that has to be named."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from ecs_failure_alerts import FailurePolicy
from ecs_failure_alerts.task_patterns import Coverage, coverage, lint
from rows import each
from strategies import policies

STOPPED = ["STOPPED"]
NOT_ZERO = {"exitCode": [{"anything-but": 0}]}


def tasks(**detail: Any) -> dict[str, Any]:
    """Return a pattern for task events."""
    return {"source": ["aws.ecs"], "detail-type": ["ECS Task State Change"], "detail": detail}


PUBLISHED: dict[str, tuple[Any, str]] = {
    # A tutorial of AWS's user guide.
    "docs-exact-sentence": (
        tasks(lastStatus=STOPPED, stoppedReason=["Essential container in task exited"]),
        "exact-reason",
    ),
    # The most copied answer.
    "exit-code-and-reason": (
        tasks(containers={"exitCode": [{"anything-but": [0]}], "reason": [{"exists": True}]}),
        "misses-crashes",
    ),
    "exit-code-and-reason-stopped": (
        tasks(lastStatus=STOPPED, containers={**NOT_ZERO, "reason": [{"exists": True}]}),
        "misses-failed-starts",
    ),
    "exit-code": (tasks(lastStatus=STOPPED, containers=NOT_ZERO), "misses-failed-starts"),
    "exit-code-in-any-state": (tasks(containers=NOT_ZERO), "no-last-status"),
    "exit-code-137": (
        tasks(lastStatus=STOPPED, containers={"exitCode": [137]}),
        "misses-exit-codes",
    ),
    "exit-code-range": (
        tasks(lastStatus=STOPPED, containers={"exitCode": [{"numeric": [">", 0, "<=", 255]}]}),
        "planned-stops",
    ),
    "exit-code-as-string": (
        tasks(lastStatus=STOPPED, containers={"exitCode": ["1"]}),
        "wrong-type",
    ),
    "exit-code-but-a-string": (
        tasks(lastStatus=STOPPED, containers={"exitCode": [{"anything-but": "0"}]}),
        "wrong-type",
    ),
    "exit-code-exists": (
        tasks(lastStatus=STOPPED, containers={"exitCode": [{"exists": True}]}),
        "any-exit-code",
    ),
    "or-of-code-and-start": (
        tasks(**{"$or": [{"containers": NOT_ZERO}, {"stopCode": ["TaskFailedToStart"]}]}),
        "planned-stops",
    ),
    "or-that-takes-all": (
        tasks(
            lastStatus=STOPPED,
            **{
                "$or": [
                    {"containers": {"exitCode": [{"exists": True}]}},
                    {"containers": {"exitCode": [{"exists": False}]}},
                ]
            },
        ),
        "excludes-nothing",
    ),
    "stopped-and-wanted-running": (
        tasks(lastStatus=STOPPED, desiredStatus=["RUNNING"]),
        "never-together",
    ),
    "wanted-stopped": (tasks(desiredStatus=STOPPED), "no-last-status"),
    "running-and-stopped": (tasks(lastStatus=["RUNNING", "STOPPED"]), "matches-starts"),
    "any-state": (tasks(clusterArn=["arn:aws:ecs:eu-west-1:1:cluster/a"]), "no-last-status"),
    "asterisk-in-group": (
        tasks(lastStatus=STOPPED, group=["service:prod-*"]),
        "plain-asterisk",
    ),
    "asterisk-in-arn": (
        tasks(lastStatus=STOPPED, clusterArn=["arn:aws:ecs:*:*:cluster/prod"]),
        "plain-asterisk",
    ),
    "asterisk-in-prefix": (
        tasks(lastStatus=STOPPED, stoppedReason=[{"prefix": "CannotPull*"}]),
        "plain-asterisk",
    ),
    "lower-case-status": (tasks(lastStatus=["stopped"]), "wrong-case"),
    "lower-case-code": (tasks(lastStatus=STOPPED, stopCode=["taskFailedToStart"]), "wrong-case"),
    "lower-case-reason": (
        tasks(lastStatus=STOPPED, stoppedReason=["essential container in task exited"]),
        "wrong-case",
    ),
    "anything-but-scaling": (
        tasks(
            lastStatus=STOPPED, stoppedReason=[{"anything-but": "Scaling activity initiated by"}]
        ),
        "part-of-reason",
    ),
    "anything-but-own-words": (
        tasks(lastStatus=STOPPED, stoppedReason=[{"anything-but": ["Service deployment"]}]),
        "unknown-reason",
    ),
    "empty-prefix": (tasks(lastStatus=STOPPED, stoppedReason=[{"prefix": ""}]), "empty-text"),
    "anything-but-empty": (
        tasks(lastStatus=STOPPED, stoppedReason=[{"anything-but": ""}]),
        "empty-text",
    ),
    "codes-without-scheduler": (
        tasks(lastStatus=STOPPED, stopCode=["EssentialContainerExited", "TaskFailedToStart"]),
        "misses-health-checks",
    ),
    "codes-but-planned": (
        tasks(
            lastStatus=STOPPED,
            stopCode=[{"anything-but": ["ServiceSchedulerInitiated", "UserInitiated"]}],
        ),
        "misses-health-checks",
    ),
    "start-code-alone": (
        tasks(lastStatus=STOPPED, stopCode=["TaskFailedToStart"]),
        "misses-crashes",
    ),
    "invented-code": (tasks(lastStatus=STOPPED, stopCode=["OutOfMemoryError"]), "unknown-value"),
    "reasons-as-prefixes": (
        tasks(
            lastStatus=STOPPED,
            stoppedReason=[
                {"prefix": "CannotPullContainerError"},
                {"prefix": "ResourceInitializationError"},
            ],
        ),
        "reason-prefix",
    ),
    "pull-in-stopped-reason": (
        tasks(lastStatus=STOPPED, stoppedReason=[{"wildcard": "*CannotPullContainer*"}]),
        "text-in-wrong-field",
    ),
    "memory-in-stopped-reason": (
        tasks(lastStatus=STOPPED, stoppedReason=[{"wildcard": "*OutOfMemory*"}]),
        "text-in-wrong-field",
    ),
    "memory-to-the-letter": (
        tasks(
            lastStatus=STOPPED,
            containers={"reason": ["OutOfMemoryError: Container killed due to memory usage"]},
        ),
        "exact-reason",
    ),
    "health-in-container": (
        tasks(
            lastStatus=STOPPED, containers={"reason": [{"wildcard": "*failed ELB health checks*"}]}
        ),
        "text-in-wrong-field",
    ),
    "resources-null": (
        {**tasks(lastStatus=STOPPED), "resources": [None]},
        "null-value",
    ),
    "bare-group": (tasks(lastStatus=STOPPED, group=["checkout"]), "bare-group"),
    "bare-cluster": (tasks(lastStatus=STOPPED, clusterArn=["prod"]), "no-arn"),
    "cdk-spelling": (
        {"source": ["aws.ecs"], "detailType": ["ECS Task State Change"], "detail": {}},
        "malformed",
    ),
    "cdk-field": (
        {"source": ["aws.ecs"], "detailType": ["ECS Task State Change"]},
        "unknown-field",
    ),
    "code-beside-containers": (tasks(lastStatus=STOPPED, exitCode=[1]), "unknown-field"),
    "containers-as-a-list": (
        tasks(lastStatus=STOPPED, containers=[NOT_ZERO]),
        "malformed",
    ),
    "status-as-a-string": (tasks(lastStatus="STOPPED"), "malformed"),
    "operator-without-a-list": (
        tasks(lastStatus=STOPPED, containers={"exitCode": {"anything-but": [0]}}),
        "unknown-field",
    ),
    "two-anything-but": (
        tasks(
            lastStatus=STOPPED,
            stopCode=[{"anything-but": "UserInitiated"}, {"anything-but": "SpotInterruption"}],
        ),
        "or-ed-anything-but",
    ),
    "containers-exist": (tasks(lastStatus=STOPPED, containers=[{"exists": True}]), "not-a-leaf"),
    "reason-exists": (
        tasks(lastStatus=STOPPED, stoppedReason=[{"exists": True}]),
        "excludes-nothing",
    ),
    "health-status": (tasks(containers={"healthStatus": ["UNHEALTHY"]}), "health-status"),
    "cluster-in-resources": (
        {**tasks(lastStatus=STOPPED), "resources": ["arn:aws:ecs:eu-west-1:1:cluster/prod"]},
        "no-task",
    ),
    "services-in-resources": (
        {
            **tasks(lastStatus=STOPPED),
            "resources": [{"prefix": "arn:aws:ecs:eu-west-1:1:service/prod/"}],
        },
        "no-task",
    ),
    "no-revision": (
        tasks(
            lastStatus=STOPPED, taskDefinitionArn=["arn:aws:ecs:eu-west-1:1:task-definition/web"]
        ),
        "no-revision",
    ),
    "no-revision-in-suffix": (
        tasks(lastStatus=STOPPED, taskDefinitionArn=[{"suffix": ":task-definition/web"}]),
        "no-revision",
    ),
    "events-of-services": (tasks(eventName=["SERVICE_TASK_PLACEMENT_FAILURE"]), "unknown-field"),
    "state": (tasks(state=STOPPED), "unknown-field"),
    "capital-envelope": (
        {"Source": ["aws.ecs"], "DetailType": ["ECS Task State Change"]},
        "unknown-field",
    ),
    "not": (tasks(lastStatus=STOPPED, **{"$not": {"stopCode": ["x"]}}), "unknown-field"),
    "failed-status": (tasks(lastStatus=["FAILED"]), "unknown-value"),
    "spot-as-launch-type": (
        tasks(lastStatus=STOPPED, launchType=["FARGATE_SPOT"]),
        "unknown-value",
    ),
    "disconnected": (tasks(connectivity=["DISCONNECTED"]), "misses-failures"),
    "never-started": (
        tasks(lastStatus=STOPPED, startedAt=[{"exists": False}]),
        "misses-failures",
    ),
    "but-scaling-and-maintenance": (
        tasks(
            lastStatus=STOPPED,
            stoppedReason=[{"anything-but": {"wildcard": ["Scaling*", "*maintenance*"]}}],
        ),
        "routine-stops",
    ),
    "errors-in-any-wording": (
        tasks(
            lastStatus=STOPPED,
            **{
                "$or": [
                    {"stoppedReason": [{"wildcard": "*Error*"}, {"wildcard": "*Failed*"}]},
                    {
                        "containers": NOT_ZERO,
                        "stoppedReason": ["Essential container in task exited"],
                    },
                ]
            },
        ),
        "misses-failed-starts",
    ),
    "spot-warning": (tasks(stopCode=["SpotInterruption"]), "spot-warning"),
}


@each(("pattern", "code"), PUBLISHED.values(), ids=PUBLISHED)
def test_the_main_fault_is_found_under_its_code_with_what_to_do(
    pattern: dict[str, Any], code: str
) -> None:
    findings = lint(pattern)
    assert code in {finding.code for finding in findings}
    assert all(finding.fix for finding in findings if finding.severity != "info")


GOOD = {
    "default": FailurePolicy().event_pattern(),
    "of-a-cluster": FailurePolicy(clusters=["prod"]).event_pattern(),
    "of-some-clusters": FailurePolicy(clusters=["prod-*", "batch"]).event_pattern(),
    "without-spot": FailurePolicy(levels={("spot_interruption", "*"): None}).event_pattern(),
    "every-stop": tasks(lastStatus=STOPPED),
    "every-stop-of-a-service": tasks(lastStatus=STOPPED, group=["service:checkout"]),
    "tasks-of-a-cluster": {
        **tasks(lastStatus=STOPPED),
        "resources": [{"prefix": "arn:aws:ecs:eu-west-1:123456789012:task/prod/"}],
    },
    "branches-for-tasks-and-deployments": {
        "source": ["aws.ecs"],
        "detail-type": ["ECS Task State Change", "ECS Deployment State Change"],
        "detail": {
            "clusterArn": ["arn:aws:ecs:eu-west-1:1:cluster/prod"],
            "$or": [{"lastStatus": STOPPED}, {"eventName": ["SERVICE_DEPLOYMENT_FAILED"]}],
        },
    },
    "tasks-or-services": {
        "source": ["aws.ecs"],
        "$or": [
            {"detail-type": ["ECS Task State Change"], "detail": {"lastStatus": STOPPED}},
            {"detail-type": ["ECS Service Action"], "detail": {"eventType": ["ERROR"]}},
        ],
    },
    "spot-alone": tasks(stopCode=["SpotInterruption"]),
}


@each("pattern", GOOD.values(), ids=GOOD)
def test_does_not_complain_of_a_good_pattern(pattern: Any) -> None:
    """What is narrow on purpose is no fault."""
    assert {finding.severity for finding in lint(pattern)} <= {"info"}


@given(policy=policies())
def test_does_not_complain_of_the_pattern_of_any_policy(policy: FailurePolicy) -> None:
    """What a policy leaves out it leaves out on purpose; only its length may be too much."""
    found = [finding for finding in lint(policy.event_pattern()) if finding.severity != "info"]
    assert {finding.code for finding in found} <= {"too-long"}


@each(
    ("pattern", "fix"),
    [
        pytest.param("cluster-in-resources", '"clusterArn": ["arn:', id="cluster"),
        pytest.param("services-in-resources", '"group": ["service:', id="service"),
        pytest.param("no-revision", ':task-definition/web:*"}', id="revision"),
        pytest.param("events-of-services", "another rule", id="another-type"),
        pytest.param("state", "detail.lastStatus", id="other-name"),
        pytest.param("capital-envelope", "write source", id="capitals"),
        pytest.param("not", "anything-but", id="joint"),
        pytest.param("failed-status", '"STOPPED"', id="status"),
        pytest.param("spot-as-launch-type", '"capacityProviderName"', id="spot"),
    ],
)
def test_what_never_matches_is_an_error_with_its_remedy(pattern: str, fix: str) -> None:
    """The pattern misses everything, which its table shows too."""
    given_pattern, code = PUBLISHED[pattern]
    finding = next(finding for finding in lint(given_pattern) if finding.code == code)
    assert fix in (finding.fix or "")
    assert not coverage(given_pattern).caught


def test_the_readme_shows_the_figures_of_the_default_and_the_most_copied_pattern() -> None:
    copied = coverage(PUBLISHED["exit-code-and-reason"][0])
    best = coverage(FailurePolicy().event_pattern())
    assert [len(best.missed), len(best.woken)] == [0, 2]
    assert [len(copied.missed), len(copied.caught), len(copied.woken)] == [34, 6, 2]

    readme = (Path(__file__).parents[2] / "README.md").read_text("utf-8")
    failures = len(copied.missed) + len(copied.caught)
    assert f"({len(copied.missed)} of {failures} [typical" in readme


def test_the_default_pattern_covers_best() -> None:
    """No other misses nothing and wakes for as little."""

    def cost(covered: Coverage) -> tuple[int, int]:
        return len(covered.missed), len(covered.woken)

    best = cost(coverage(FailurePolicy().event_pattern()))
    readable = {name: row[0] for name, row in PUBLISHED.items() if row[1] != "malformed"}
    others = {name: coverage(pattern) for name, pattern in readable.items()}
    about_tasks = {name: cost(covered) for name, covered in others.items() if covered.about_tasks}
    assert {name: other for name, other in about_tasks.items() if other <= best} == {}
    assert len(about_tasks) > 40


def test_spot_is_not_told_to_wait_without_a_word_about_the_warning() -> None:
    """Waiting for STOPPED loses it."""
    for finding in lint(tasks(stopCode=["SpotInterruption"])):
        if "STOPPED" in (finding.fix or ""):
            assert "two-minute warning" in finding.message


@each("code", ["ServiceInitiated", "TaskInitiated", "UserStopped", "Stopped"])
def test_an_invented_code_is_never_taken_for_a_stop_by_hand(code: str) -> None:
    """Whoever followed that advice would lose every failure."""
    assert not any(
        "UserInitiated" in (finding.fix or "")
        for finding in lint(tasks(lastStatus=STOPPED, stopCode=[code]))
    )
