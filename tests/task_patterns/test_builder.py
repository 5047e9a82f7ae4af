"""Patterns for ECS tasks, built with the names of task events."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ecs_failure_alerts.exceptions import InvalidPattern
from ecs_failure_alerts.patterns import anything_but, exists, numeric, prefix
from ecs_failure_alerts.task_patterns import task_pattern
from ecs_failure_alerts.testing import task_state_change
from rows import each


def test_fields_in_snake_case_become_those_of_aws() -> None:
    """In the envelope, the detail and the containers."""
    built = task_pattern(
        region="eu-central-1",
        last_status="STOPPED",
        stop_code=[anything_but("UserInitiated"), exists(False)],
        containers={"exit_code": [anything_but(0)], "image_digest": prefix("sha256:")},
    )
    assert json.loads(built.to_json()) == {
        "source": ["aws.ecs"],
        "detail-type": ["ECS Task State Change"],
        "region": ["eu-central-1"],
        "detail": {
            "lastStatus": ["STOPPED"],
            "stopCode": [{"anything-but": "UserInitiated"}, {"exists": False}],
            "containers": {
                "exitCode": [{"anything-but": 0}],
                "imageDigest": [{"prefix": "sha256:"}],
            },
        },
    }


def test_one_of_several_sets_of_fields_has_to_hold() -> None:
    built = task_pattern(
        last_status="STOPPED",
        any_of=[
            {"stop_code": "TaskFailedToStart"},
            {"region": "us-east-1", "containers": {"exit_code": numeric(">", 0)}},
        ],
    )
    assert built.matches(task_state_change(stopCode="TaskFailedToStart"))
    assert built.matches(task_state_change(region="us-east-1"))
    assert not built.matches(task_state_change())


@each(
    ("fields", "message"),
    [
        pytest.param({"stop_cod": "x"}, "no field stop_cod: did you mean stop_code", id="field"),
        pytest.param(
            {"containers": {"exit_cod": 1}},
            "no field containers.exit_cod: did you mean exit_code",
            id="field-of-a-container",
        ),
        pytest.param(
            {"exit_code": 1},
            "no field exit_code: it is a container's, containers={'exit_code': ...}",
            id="a-containers",
        ),
        pytest.param({"zzz": "x"}, "no field zzz$", id="nothing-near"),
    ],
)
def test_a_field_that_task_events_do_not_have_raises_with_the_nearest_name(
    fields: Any, message: str
) -> None:
    with pytest.raises(TypeError, match=message):
        task_pattern(**fields)


@each(
    "fields",
    [
        pytest.param({"containers": {"exit_code": "0"}}, id="string-for-integer"),
        pytest.param({"containers": {"exit_code": [1, "0"]}}, id="string-among-integers"),
        pytest.param({"containers": {"exit_code": prefix("1")}}, id="text-operator-for-integer"),
        pytest.param({"containers": {"exit_code": anything_but("0")}}, id="anything-but-string"),
        pytest.param({"containers": {"exit_code": True}}, id="boolean-for-integer"),
        pytest.param({"stop_code": 1}, id="integer-for-string"),
        pytest.param({"cpu": numeric(">", 1)}, id="numeric-for-string"),
        pytest.param({"containers": ["app"]}, id="list-for-containers"),
        pytest.param({"overrides": "x"}, id="string-for-object"),
    ],
)
def test_a_value_of_a_type_that_the_field_never_holds_raises(fields: Any) -> None:
    with pytest.raises(TypeError):
        task_pattern(**fields)


def test_a_code_may_be_null_and_any_field_absent() -> None:
    assert task_pattern(containers={"exit_code": [None, exists(False)]}).matches(
        task_state_change(containers=[{"exitCode": None}])
    )


@each(
    ("any_of", "message"),
    [
        pytest.param({"stop_code": "x"}, "a list of two or more mappings", id="one"),
        pytest.param([{"stop_code": "x"}], "a list of two or more mappings", id="list-of-one"),
        pytest.param([{"stop_code": "x"}, "y"], "mappings of fields, got", id="no-mapping"),
        pytest.param(
            [{"stop_code": "x"}, {"region": "y"}], "region is set outside too", id="outside-too"
        ),
        pytest.param(
            [{"stop_code": "x"}, {"containers": {"name": "y"}}],
            r"containers\.name is set outside too",
            id="container",
        ),
        pytest.param(
            [{"stop_code": "x"}, {"any_of": [{"region": "y"}, {"group": "z"}]}],
            "region is set outside too",
            id="inner-alternative",
        ),
        pytest.param([{"stop_code": "x"}, {"any_of": "y"}], "a list of two or more", id="no-list"),
        pytest.param(
            [{"stop_code": "x"}, {"any_of": ["y", "z"]}], "mappings of fields, got", id="inner-text"
        ),
    ],
)
def test_alternatives_that_mean_nothing_are_refused(any_of: Any, message: str) -> None:
    """They are none, or a field outside would win over them."""
    with pytest.raises(TypeError, match=message):
        task_pattern(region="eu-central-1", containers={"name": "x"}, any_of=any_of)


def test_one_field_of_containers_may_stand_outside_of_the_alternatives_for_another() -> None:
    pattern = task_pattern(
        containers={"exit_code": 1},
        any_of=[{"containers": {"name": "etl"}}, {"stop_code": "TaskFailedToStart"}],
    )
    etl, other = ([{"name": name, "exitCode": 1}] for name in ("etl", "other"))
    assert pattern.matches(task_state_change(containers=etl))
    assert not pattern.matches(task_state_change(containers=other))
    assert pattern.matches(task_state_change(containers=other, stopCode="TaskFailedToStart"))


def test_what_eventbridge_refuses_is_refused_with_its_field() -> None:
    """An element that is none raises with the name of the field."""
    with pytest.raises(InvalidPattern, match=r"^stop_code: Unrecognized match type"):
        task_pattern(stop_code={"prefixx": "a"})  # type: ignore[arg-type]
