"""What a pattern misses and what it wakes somebody for."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ecs_failure_alerts import EventPattern, FailurePolicy
from ecs_failure_alerts.causes._notices import NOTICE_CAUSES
from ecs_failure_alerts.exceptions import InvalidPattern
from ecs_failure_alerts.notices.pattern import notice_patterns
from ecs_failure_alerts.task_patterns import Count, coverage
from rows import each

STOPPED = {"lastStatus": ["STOPPED"]}


def about_tasks(**detail: Any) -> dict[str, Any]:
    """Return a pattern for task events."""
    return {"source": ["aws.ecs"], "detail-type": ["ECS Task State Change"], "detail": detail}


def test_failed_starts_have_no_exit_code() -> None:
    """A rule on exit codes misses failed starts, and wakes for planned stops."""
    covered = coverage(about_tasks(**STOPPED, containers={"exitCode": [{"anything-but": 0}]}))
    assert str(covered.misses["failed starts"]) == "8 of 10"
    assert "crashes with an exit code" not in covered.misses
    assert str(covered.wakes_for["deployments and scale-in"]) == "3 of 5"


def test_the_default_pattern_misses_nothing() -> None:
    """It wakes for what only the diagnosis can tell apart."""
    covered = coverage(FailurePolicy().event_pattern())
    assert covered.about_tasks
    assert covered.missed == ()
    assert covered.misses == {}
    assert len(covered.woken) <= 2


def test_every_stop_wakes_for_all_that_is_routine_but_not_for_earlier_states() -> None:
    """Who takes every stop decides in code."""
    covered = coverage(about_tasks(**STOPPED))
    assert covered.misses == {}
    assert str(covered.wakes_for["jobs that ended well"]) == "4 of 4"
    assert "state changes before STOPPED" not in covered.wakes_for


@each(
    "names",
    [
        pytest.param({"clusterArn": [{"suffix": ":cluster/prod"}]}, id="cluster"),
        pytest.param({"clusterArn": [{"wildcard": "*:cluster/prod-*"}]}, id="clusters"),
        pytest.param({"clusterArn": ["arn:aws:ecs:us-east-1:1:cluster/a"]}, id="arn"),
        pytest.param({"group": ["service:checkout"]}, id="service"),
        pytest.param({"group": [{"prefix": "family:etl-"}]}, id="families"),
        pytest.param({"group": [{"equals-ignore-case": "service:A"}]}, id="any-case"),
        pytest.param({"group": [{"exactly": "service:a"}]}, id="exactly"),
        pytest.param({"startedBy": [{"prefix": "events-rule/"}]}, id="schedule"),
        pytest.param({"launchType": ["EC2"]}, id="launch-type"),
        pytest.param({"capacityProviderName": ["big-hosts"]}, id="capacity-provider"),
        pytest.param({"capacityProviderName": ["FARGATE"]}, id="capacity-provider-of-fargate"),
        pytest.param({"containers": {"name": ["web"]}}, id="container"),
        pytest.param({"group": [{"anything-but": "service:checkout"}]}, id="not-this-one"),
        pytest.param({"startedBy": [{"exists": False}]}, id="run-by-hand"),
        pytest.param(
            {"overrides": {"containerOverrides": {"name": ["etl"]}}}, id="container-overrides"
        ),
        pytest.param({"$or": [{"group": ["service:a"]}, {"group": ["service:b"]}]}, id="either"),
    ],
)
def test_a_pattern_that_names_its_workloads_is_tried_on_events_with_these_names(
    names: dict[str, Any],
) -> None:
    """Names narrow a rule; they are no fault."""
    covered = coverage(about_tasks(**STOPPED, **names))
    assert covered.caught
    assert {event.kind for event in covered.missed} <= {"failed starts"}  # without a container


def test_a_capacity_provider_of_hosts_has_no_task_on_fargate() -> None:
    """A rule about it is not about Fargate."""
    covered = coverage(about_tasks(**STOPPED, capacityProviderName=["big-hosts"]))
    assert any("on Fargate" in event.title for event in covered.outside)
    assert not any("on Fargate" in event.title for event in covered.caught)


def test_resources_of_a_service_are_names_where_a_pattern_is_about_services() -> None:
    """Only events of tasks name the task alone."""
    arn = "arn:aws:ecs:us-east-1:111122223333:service/prod/"
    pattern = {
        "source": ["aws.ecs"],
        "detail-type": ["ECS Deployment State Change"],
        "resources": [{"prefix": arn}],
    }
    assert coverage(pattern).caught


def test_what_a_pattern_is_not_about_is_not_missed() -> None:
    """A job never has the group of a service."""
    covered = coverage(about_tasks(**STOPPED, group=["service:checkout"]))
    assert not covered.missed
    assert any(event.kind == "jobs that ended well" for event in covered.outside)


def test_account_region_and_resources_are_names_too() -> None:
    """The envelope tells whose event it is as well."""
    arn = "arn:aws:ecs:us-east-1:111122223333:task/prod/x"
    pattern = {"account": ["111122223333"], "region": ["us-east-1"], "resources": [arn]}
    assert coverage({**pattern, **about_tasks(**STOPPED)}).missed == ()


@each(
    "names",
    [
        pytest.param({"clusterArn": ["prod"]}, id="no-arn"),
        pytest.param({"group": ["checkout"]}, id="no-group"),
        pytest.param({"group": ["service:prod-*"]}, id="asterisk"),
        pytest.param({"group": [None]}, id="null"),
    ],
)
def test_names_that_no_workload_has_miss_everything(names: dict[str, Any]) -> None:
    """Such a pattern is in error, not narrow."""
    covered = coverage(about_tasks(**STOPPED, **names))
    assert covered.caught == ()
    assert covered.outside == ()


@each(
    "pattern",
    [
        {"source": ["aws.batch"]},
        {"source": ["aws.s3"], "detail-type": ["Object Created"]},
        {"source": ["aws.batch"], "detail-type": ["ECS Service Action"]},
        {"detail": {"status": ["FAILED"]}},
    ],
)
def test_a_pattern_about_other_events_is_tried_on_nothing(pattern: dict[str, Any]) -> None:
    """No typical event tells anything about it."""
    covered = coverage(pattern)
    assert not covered.is_tried
    assert covered.missed == covered.caught == ()
    assert str(covered) == "not about known events: there is nothing to try it on"


def service_actions(**detail: Any) -> dict[str, Any]:
    """Make a pattern for service actions."""
    return {"source": ["aws.ecs"], "detail-type": ["ECS Service Action"], "detail": detail}


def test_a_pattern_for_notices_is_tried_on_the_types_that_it_names() -> None:
    covered = coverage(service_actions(eventType=["ERROR"]))

    assert (covered.about_tasks, covered.about_notices) == (False, True)
    assert set(covered.misses) == {"service_action.task_start_impaired"}  # AWS calls it WARN
    assert covered.wakes_for == {}
    assert {event.event["detail-type"] for event in covered.quiet} == {"ECS Service Action"}


def test_a_pattern_for_notices_is_told_what_routine_wakes_it() -> None:
    covered = coverage(service_actions(eventType=[{"anything-but": "WARN"}]))
    assert covered.wakes_for == {"routine: ECS Service Action": Count(7, 9)}


@pytest.mark.parametrize(
    "scope",
    [
        {"resources": [{"suffix": "service/prod/api"}]},
        {"detail": {"clusterArn": [{"suffix": "cluster/prod"}]}},
        {"account": ["210987654321"]},
    ],
)
def test_a_pattern_for_the_notices_of_one_service_misses_nothing_of_others(
    scope: dict[str, Any],
) -> None:
    """The typical events are given the names that the pattern asks for."""
    covered = coverage(
        {"source": ["aws.ecs"], "detail-type": ["ECS Deployment State Change"], **scope}
    )
    assert (len(covered.caught), covered.missed) == (1, ())


@each("kind", sorted(notice_patterns()))
def test_the_rules_for_notices_miss_nothing_and_wake_nobody(kind: str) -> None:
    covered = coverage(notice_patterns()[kind])
    assert covered.is_tried
    assert covered.caught
    assert (covered.missed, covered.woken, covered.outside) == ((), (), ())


def test_every_kind_of_notice_that_comes_by_a_rule_is_among_the_typical_events() -> None:
    """Dead letters come by a queue, and no pattern tells a time limit from another failure."""
    caught = {
        event.kind for pattern in notice_patterns().values() for event in coverage(pattern).caught
    }
    not_by_rule = {"routine", "schedule_target_failed", "service_action.other"}
    told_by_reason = {"batch.job_timed_out"}
    assert caught == set(NOTICE_CAUSES) - not_by_rule - told_by_reason


def test_a_pattern_without_source_is_about_tasks_if_its_fields_are() -> None:
    """Only tasks have a lastStatus."""
    assert coverage({"detail": STOPPED}).about_tasks


def test_a_malformed_pattern_raises() -> None:
    """There is no rule to try."""
    with pytest.raises(InvalidPattern):
        coverage('{"source": "aws.ecs"}')


def test_the_table_shows_counts_by_kind() -> None:
    """What is missed, what wakes, what is left aside."""
    covered = coverage(about_tasks(**STOPPED, group=["service:a"], stopCode=["TaskFailedToStart"]))
    table = str(covered).splitlines()
    assert table[0].startswith("catches    ")
    assert any(line.startswith("misses     crashes with an exit code ") for line in table)
    assert table[-1].startswith("not about  ")


def test_the_coverage_is_json() -> None:
    """Tools get the counts, and the titles behind them."""
    found = json.loads(json.dumps(coverage(about_tasks(stopCode=["UserInitiated"])).to_dict()))
    assert found["caught"] == 0
    assert found["misses"]["failed health checks"]["number"] == 4
    assert (
        "Exit code 1: a service on Fargate"
        in found["misses"]["crashes with an exit code"]["events"]
    )


def test_an_event_pattern_is_taken_as_it_is() -> None:
    """Pattern, mapping and text are the same."""
    pattern = about_tasks(**STOPPED)
    assert coverage(EventPattern(pattern)) == coverage(pattern) == coverage(json.dumps(pattern))
