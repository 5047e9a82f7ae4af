"""Patterns for ECS tasks: the builder and the lint."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ecs_failure_alerts import EventPattern
from ecs_failure_alerts.patterns import (
    anything_but,
    equals_ignore_case,
    exists,
    numeric,
    prefix,
    wildcard,
)
from ecs_failure_alerts.task_patterns import lint, task_pattern
from ecs_failure_alerts.testing import ABSENT, task_state_change

ABOUT_TASKS = {"source": ["aws.ecs"], "detail-type": ["ECS Task State Change"]}


def about_tasks(**detail: Any) -> dict[str, Any]:
    """Give a pattern for task events that have stopped."""
    return {**ABOUT_TASKS, "detail": {"lastStatus": ["STOPPED"], **detail}}


def codes(pattern: object) -> list[str]:
    """Give the codes of what the lint finds."""
    return [finding.code for finding in lint(pattern)]  # type: ignore[arg-type]


def test_spells_as_aws_does() -> None:
    """Fields in snake_case become AWS's, in the envelope, the detail and the containers."""
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


def test_any_of() -> None:
    """One of several sets of fields has to hold."""
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


@pytest.mark.parametrize(
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
def test_misspelt_field(fields: Any, message: str) -> None:
    """A field that task events have not raises, with the nearest name."""
    with pytest.raises(TypeError, match=message):
        task_pattern(**fields)


@pytest.mark.parametrize(
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
def test_wrong_type(fields: Any) -> None:
    """A value of a type that the field never holds raises."""
    with pytest.raises(TypeError):
        task_pattern(**fields)


def test_null_and_exists_fit_everywhere() -> None:
    """A code may be null, and any field may be absent."""
    assert task_pattern(containers={"exit_code": [None, exists(False)]}).matches(
        task_state_change(containers=[{"exitCode": None}])
    )


@pytest.mark.parametrize(
    ("pattern", "code"),
    [
        pytest.param('{"detail": {"stopCode": "x"}}', "malformed", id="scalar"),
        pytest.param("{", "malformed", id="not-json"),
        pytest.param(about_tasks(group=["g" * 2048]), "too-long", id="too-long"),
        pytest.param(
            about_tasks(stoppedReason=[{"wildcard": f"*{word}*"} for word in "abcd"]),
            "complex-wildcard",
            id="four-wildcards",
        ),
        pytest.param(
            about_tasks(clusterArn=[{"wildcard": "*:*:*:*:*:cluster/*"}]),
            "complex-wildcard",
            id="many-asterisks",
        ),
        pytest.param(about_tasks(desiredStatus=["STARTED"]), "unknown-value", id="status"),
        pytest.param(about_tasks(stopCode=["SpotInterrupted"]), "unknown-value", id="stop-code"),
        pytest.param(
            about_tasks(stopCode=[{"anything-but": ["UserInitated"]}]),
            "unknown-value",
            id="stop-code-excluded",
        ),
        pytest.param(about_tasks(lastStatuss=["X"]), "unknown-field", id="field"),
        pytest.param(about_tasks(clusterArn=["prod"]), "no-arn", id="name-where-an-arn-stands"),
        pytest.param(about_tasks(version=["5"]), "wrong-type", id="string-where-a-number-stands"),
        pytest.param(about_tasks(cpu=[256]), "wrong-type", id="number-where-a-string-stands"),
        pytest.param(
            about_tasks(stopCode=[{"anything-but": "a"}, {"anything-but": "b"}]),
            "or-ed-anything-but",
            id="or-ed-anything-but",
        ),
        pytest.param(about_tasks(containers=[{"exists": True}]), "not-a-leaf", id="not-a-leaf"),
        pytest.param({**ABOUT_TASKS}, "no-last-status", id="no-last-status"),
        pytest.param(
            about_tasks(lastStatus=["STOPPING", "STOPPED"]), "no-last-status", id="two-statuses"
        ),
        pytest.param(
            about_tasks(containers={"reason": [{"exists": True}]}), "misses-crashes", id="reason"
        ),
        pytest.param(
            about_tasks(containers={"exitCode": [{"anything-but": 0}]}),
            "misses-failed-starts",
            id="exit-code",
        ),
        pytest.param(about_tasks(group=[{"exactly": "a"}]), "undocumented-operator", id="exactly"),
        pytest.param(about_tasks(version=[{"numeric": [">", 6e9]}]), "numeric-range", id="numeric"),
        pytest.param(
            '{"source":["aws.ecs"],"detail-type":["ECS Task State Change"],'
            '"detail":{"lastStatus":["STOPPED"]},"detail.lastStatus":["STOPPED"]}',
            "repeated-path",
            id="repeated-path",
        ),
        pytest.param({"detail": {"lastStatus": ["STOPPED"]}}, "any-source", id="any-source"),
        pytest.param(
            {"source": ["aws.batch"], "detail-type": ["x"]}, "no-task-event", id="other-events"
        ),
    ],
)
def test_finds(pattern: object, code: str) -> None:
    """Each kind of mistake is found under its own code."""
    assert code in codes(pattern)


@pytest.mark.parametrize(
    "pattern",
    [
        pytest.param(about_tasks(), id="every-stop"),
        pytest.param(
            about_tasks(stopCode=[{"anything-but": ["UserInitiated", "SpotInterruption"]}]),
            id="one-anything-but",
        ),
        pytest.param(
            about_tasks(
                **{
                    "$or": [
                        {"containers": {"exitCode": [{"anything-but": 0}]}},
                        {"stopCode": ["TaskFailedToStart"]},
                    ]
                }
            ),
            id="a-branch-for-failed-starts",
        ),
        pytest.param(
            about_tasks(overrides={"containerOverrides": {"name": ["app"]}}), id="open-object"
        ),
    ],
)
def test_finds_nothing(pattern: dict[str, Any]) -> None:
    """A pattern that does what it says has no findings."""
    assert lint(pattern) == []


def test_says_the_fix() -> None:
    """A finding names the place, what it leads to, and what to write instead."""
    (finding,) = lint(about_tasks(stopCode=["SpotInterrupted"]))
    assert (finding.severity, finding.path) == ("warning", "detail.stopCode")
    assert finding.fix == '"SpotInterruption"'
    assert str(finding).startswith("warning: detail.stopCode: ")


def test_errors_come_first() -> None:
    """What never works stands before what is only suspicious."""
    findings = lint({"detail": {"version": ["5"]}})
    assert findings[0].code == "wrong-type"
    assert [f.severity for f in findings] == sorted(f.severity for f in findings)


def test_a_name_in_place_of_an_arn() -> None:
    """A name where an ARN stands is found, with what matches it; an ARN is not."""
    arn = "arn:aws:ecs:eu-central-1:123456789012:cluster/jobs"
    named, excluded = lint(about_tasks(clusterArn=["jobs", arn, {"anything-but": ["x", arn]}]))
    assert str(named) == (
        'error: detail.clusterArn: holds ARNs, so "jobs" never matches; '
        'write {"suffix": ":cluster/jobs"} [no-arn]'
    )
    assert str(excluded).endswith(
        'so "x" excludes nothing; write {"anything-but": {"suffix": ":cluster/x"}} [no-arn]'
    )
    assert EventPattern(about_tasks(clusterArn=[json.loads(str(named.fix))])).matches(
        task_state_change(clusterArn=arn)
    )
    assert codes(about_tasks(taskDefinitionArn=["web:1"])) == ["no-arn"]


def test_takes_a_pattern() -> None:
    """A pattern that is built already is taken as it is."""
    assert (
        codes(EventPattern({**ABOUT_TASKS, "detail": {"lastStatus": [equals_ignore_case("x")]}}))
        == []
    )


def test_the_widespread_pattern() -> None:
    """The pattern that most people write is found out."""
    found = codes(
        {
            **ABOUT_TASKS,
            "detail": {
                "containers": {"exitCode": [{"anything-but": [0]}], "reason": [{"exists": True}]}
            },
        }
    )
    assert found == ["no-last-status", "misses-crashes", "misses-failed-starts"]


def test_wildcards_within_the_limit() -> None:
    """Three words between asterisks on one field are not complained about."""
    pattern = task_pattern(
        last_status="STOPPED", cluster_arn=[wildcard(f"*:cluster/{name}-*") for name in "abc"]
    )
    assert lint(pattern) == []


def test_a_failed_start_shows_the_warning_to_be_right() -> None:
    """What the lint says of exitCode is so: a failed start does not match."""
    pattern = task_pattern(last_status="STOPPED", containers={"exit_code": anything_but(0)})
    start = task_state_change(stopCode="TaskFailedToStart", containers=[{"exitCode": ABSENT}])
    assert not pattern.matches(start)


@pytest.mark.parametrize("number", ["9" * 5000, "-" + "9" * 5000, "1e999"])
def test_numbers_beyond_reason(number: str) -> None:
    """A number that no double stands for is checked like any other."""
    pattern = f'{{"detail": {{"version": [{number}], "group": [{{"anything-but": "a"}}]}}}}'
    assert "wrong-type" in {finding.code for finding in lint(pattern)}


def test_length_is_counted_as_it_is_written() -> None:
    """Repeated keys, long numbers and white space in strings count; other white space does not."""
    text = '{"a" : [ 1.000 ], "a": ["x  y \\" z"],  "b": [%s]}' % ("1" * 5000)
    (size,) = (finding for finding in lint(text) if finding.code == "too-long")
    assert size.message.startswith("5038 characters")


@pytest.mark.parametrize(
    ("any_of", "message"),
    [
        pytest.param({"stop_code": "x"}, "a list of two or more mappings", id="one"),
        pytest.param([{"stop_code": "x"}], "a list of two or more mappings", id="list-of-one"),
        pytest.param([{"stop_code": "x"}, "y"], "mappings of fields, got", id="no-mapping"),
        pytest.param(
            [{"stop_code": "x"}, {"region": "y"}], "region stands outside too", id="outside-too"
        ),
        pytest.param(
            [{"stop_code": "x"}, {"containers": {"name": "y"}}],
            r"containers\.name stands outside too",
            id="container",
        ),
        pytest.param(
            [{"stop_code": "x"}, {"any_of": [{"region": "y"}, {"group": "z"}]}],
            "region stands outside too",
            id="inner-alternative",
        ),
        pytest.param([{"stop_code": "x"}, {"any_of": "y"}], "a list of two or more", id="no-list"),
        pytest.param(
            [{"stop_code": "x"}, {"any_of": ["y", "z"]}], "mappings of fields, got", id="inner-text"
        ),
    ],
)
def test_wrong_alternatives(any_of: Any, message: str) -> None:
    """Alternatives that are none, or that a field outside would win over, are refused."""
    with pytest.raises(TypeError, match=message):
        task_pattern(region="eu-central-1", containers={"name": "x"}, any_of=any_of)


def test_alternatives_beside_other_fields_of_a_container() -> None:
    """A field of containers may stand outside, and another one of theirs in an alternative."""
    pattern = task_pattern(
        containers={"exit_code": 1},
        any_of=[{"containers": {"name": "etl"}}, {"stop_code": "TaskFailedToStart"}],
    )
    etl, other = ([{"name": name, "exitCode": 1}] for name in ("etl", "other"))
    assert pattern.matches(task_state_change(containers=etl))
    assert not pattern.matches(task_state_change(containers=other))
    assert pattern.matches(task_state_change(containers=other, stopCode="TaskFailedToStart"))


def test_lint_too_many_combinations() -> None:
    """More combinations of `$or` branches than EventBridge takes are an error."""
    branches = [{"detail": {"group": [f"g{number}"]}} for number in range(1001)]
    assert "too-many-combinations" in codes({**ABOUT_TASKS, "$or": branches})
    assert "too-many-combinations" not in codes({**ABOUT_TASKS, "$or": branches[1:]})


@pytest.mark.parametrize(
    ("field", "element", "fix"),
    [
        pytest.param("stopCode", True, None, id="no-text"),
        pytest.param("stopCode", 5, '"5"', id="number-for-text"),
    ],
)
def test_lint_offers_a_fix_where_there_is_one(field: str, element: Any, fix: str | None) -> None:
    """A number where a text stands can be put into quotes; true cannot."""
    found = [f for f in lint(about_tasks(**{field: [element]})) if f.code == "wrong-type"]
    assert [finding.fix for finding in found] == [fix]


def test_lint_number_that_is_no_integer() -> None:
    """An exit code is an integer: another number never matches."""
    assert "wrong-type" in codes(about_tasks(containers={"exitCode": [1.5]}))
    assert "wrong-type" not in codes(about_tasks(containers={"exitCode": [1.0]}))


def test_lint_exclusions_that_overlap() -> None:
    """Several anything-but exclude what stands in each of them, which is no mistake."""
    overlapping = [{"anything-but": ["a", "b"]}, {"anything-but": ["b", "c"]}]
    assert "or-ed-anything-but" not in codes(about_tasks(group=overlapping))
    apart = [{"anything-but": ["a"]}, {"anything-but": ["c"]}]
    assert "or-ed-anything-but" in codes(about_tasks(group=apart))
