"""What the lint finds, and what it says of it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecs_failure_alerts import EventPattern
from ecs_failure_alerts.exceptions import InvalidPattern
from ecs_failure_alerts.notices.pattern import notice_patterns
from ecs_failure_alerts.patterns import anything_but, equals_ignore_case, wildcard
from ecs_failure_alerts.task_patterns import Finding, coverage, lint, task_pattern
from ecs_failure_alerts.testing import ABSENT, task_state_change
from rows import each

ABOUT_TASKS = {"source": ["aws.ecs"], "detail-type": ["ECS Task State Change"]}


def about_tasks(**detail: Any) -> dict[str, Any]:
    """Return a pattern for task events that have stopped."""
    return {**ABOUT_TASKS, "detail": {"lastStatus": ["STOPPED"], **detail}}


def findings(pattern: Any, code: str) -> list[Finding]:
    """Return what the lint finds under one code."""
    return [finding for finding in lint(pattern) if finding.code == code]


@each(
    ("pattern", "code", "severity"),
    [
        pytest.param(about_tasks(group=["g" * 2048]), "too-long", "error", id="too-long"),
        pytest.param(
            about_tasks(stoppedReason=[{"wildcard": f"*{word}*"} for word in "abcd"]),
            "complex-wildcard",
            "warning",
            id="four-wildcards",
        ),
        pytest.param(
            about_tasks(clusterArn=[{"wildcard": "*:*:*:*:*:cluster/*"}]),
            "complex-wildcard",
            "warning",
            id="many-asterisks",
        ),
        pytest.param(
            about_tasks(group=[{"exactly": "service:a"}]),
            "undocumented-operator",
            "warning",
            id="exactly",
        ),
        pytest.param(
            about_tasks(version=[{"numeric": [">", 6e9]}]), "numeric-range", "warning", id="numeric"
        ),
        pytest.param(
            '{"source":["aws.ecs"],"detail-type":["ECS Task State Change"],'
            '"detail":{"lastStatus":["STOPPED"]},"detail.lastStatus":["STOPPED"]}',
            "repeated-path",
            "warning",
            id="repeated-path",
        ),
        pytest.param(
            about_tasks(desiredStatus=["STARTED"]), "unknown-value", "warning", id="status"
        ),
        pytest.param(
            about_tasks(stopCode=[{"prefix": "Failed"}]), "unknown-value", "warning", id="prefix"
        ),
        pytest.param(
            about_tasks(stopCode=[{"anything-but": ["UserInitated"]}]),
            "unknown-value",
            "warning",
            id="excluded",
        ),
        pytest.param({**ABOUT_TASKS, "source": ["aws.ec"]}, "unknown-value", "error", id="source"),
        pytest.param(about_tasks(lastStatuss=["X"]), "unknown-field", "error", id="field"),
        pytest.param(about_tasks(version=["5"]), "wrong-type", "error", id="string-for-number"),
        pytest.param(about_tasks(cpu=[256]), "wrong-type", "error", id="number-for-string"),
        pytest.param(
            about_tasks(containers={"exitCode": [1.5]}), "wrong-type", "error", id="fraction"
        ),
        pytest.param(
            about_tasks(stopCode=[""]), "empty-text", "warning", id="empty-text-that-never-matches"
        ),
        pytest.param(
            about_tasks(stoppedReason=[{"wildcard": "*"}]), "empty-text", "warning", id="any-text"
        ),
        pytest.param(
            {"detail": {"lastStatus": ["STOPPED"]}}, "any-source", "warning", id="any-source"
        ),
        pytest.param(
            {"source": ["aws.ecs"], "detail": {"lastStatus": ["STOPPED"]}},
            "any-detail-type",
            "warning",
            id="detail-type",
        ),
        pytest.param(ABOUT_TASKS, "no-last-status", "warning", id="no-last-status"),
        pytest.param(
            about_tasks(lastStatus=["STOPPING", "STOPPED"]), "no-last-status", "warning", id="two"
        ),
        pytest.param(
            about_tasks(lastStatus=["RUNNING"]), "never-stopped", "warning", id="never-stopped"
        ),
        pytest.param(
            {**ABOUT_TASKS, "detail": {"desiredStatus": ["STOPPED"]}},
            "desired-status",
            "warning",
            id="desired-status",
        ),
        pytest.param(
            about_tasks(stopCode=["EssentialContainerExited"]), "good-ends", "warning", id="good"
        ),
        pytest.param(
            about_tasks(stopCode=["EssentialContainerExited", "TaskFailedToStart"]),
            "misses-interruptions",
            "info",
            id="interruptions",
        ),
        pytest.param(
            about_tasks(containers={"exitCode": [{"anything-but": 0}]}),
            "misses-service-ends",
            "info",
            id="service-ends",
        ),
        pytest.param(
            about_tasks(containers={"exitCode": [{"anything-but": 0}]}),
            "misses-lost-codes",
            "warning",
            id="lost-codes",
        ),
        pytest.param(
            about_tasks(containers={"exitCode": [{"anything-but": 0}]}),
            "misses-out-of-memory",
            "warning",
            id="out-of-memory",
        ),
        pytest.param(
            about_tasks(stopCode=["SpotInterruption"], launchType=["EC2"]),
            "never-together",
            "error",
            id="spot-on-ec2",
        ),
        pytest.param(
            about_tasks(stopCode=["TaskFailedToStart"], startedAt=[{"exists": True}]),
            "never-together",
            "error",
            id="started-and-not",
        ),
        pytest.param(
            about_tasks(containers={"lastStatus": ["RUNNING"], "exitCode": [1]}),
            "never-together",
            "error",
            id="running-with-a-code",
        ),
        pytest.param(
            about_tasks(stopCode=["TaskFailedToStart"], containers={"exitCode": [1]}),
            "never-together",
            "error",
            id="no-typical-event-has-both",
        ),
        pytest.param(
            about_tasks(group=[{"exists": True}, {"exists": False}]),
            "excludes-nothing",
            "warning",
            id="is-or-is-not",
        ),
        pytest.param(
            about_tasks(stoppedReason=[{"exists": True}, "x"]),
            "excludes-nothing",
            "warning",
            id="beside-exists",
        ),
        pytest.param(
            about_tasks(group=["family:a", {"anything-but": "family:a"}]),
            "excludes-nothing",
            "warning",
            id="one-and-all-but-it",
        ),
        pytest.param(
            about_tasks(group=[{"anything-but": ["service:prod-*"]}]),
            "plain-asterisk",
            "error",
            id="asterisk-excluded",
        ),
        pytest.param(
            about_tasks(stoppedReason=[{"prefix": {"equals-ignore-case": "cannotpull"}}]),
            "reason-prefix",
            "warning",
            id="prefix-in-any-case",
        ),
        pytest.param(about_tasks(), "every-stop", "info", id="every-stop"),
        pytest.param(
            {**ABOUT_TASKS, "detail": {"stopCode": ["SpotInterruption"]}},
            "spot-alone",
            "info",
            id="spot-by-code",
        ),
        pytest.param(
            about_tasks(stoppedReason=[{"prefix": "Your Spot Task"}]),
            "spot-alone",
            "info",
            id="spot-by-reason",
        ),
        pytest.param(
            about_tasks(containers={"reason": [{"prefix": "CannotPull"}]}),
            "text-in-wrong-field",
            "warning",
            id="on-fargate-in-stopped-reason",
        ),
    ],
)
def test_each_kind_is_found_under_its_code(pattern: Any, code: str, severity: str) -> None:
    """A finding has a code that stays, and a severity."""
    (finding, *_) = findings(pattern, code)
    assert finding.severity == severity


@each(
    ("path", "fix"),
    [
        pytest.param("lastStatus", "write detail.lastStatus", id="without-detail"),
        pytest.param("detail.exitCode", "write detail.containers.exitCode", id="a-containers"),
        pytest.param("detail.containers.stopCode", "write detail.stopCode", id="the-tasks"),
        pytest.param("detail.laststatus", "write detail.lastStatus", id="case"),
        pytest.param("detail.stoppedReson", "write detail.stoppedReason", id="slip"),
        pytest.param("detail.serviceName", "write detail.group, as service:NAME", id="service"),
        pytest.param(
            "detail.frobnicated", "write a field of the event, or leave it out", id="none"
        ),
    ],
)
def test_a_field_that_does_not_exist_is_told_with_the_one_that_is_meant(
    path: str, fix: str
) -> None:
    """The path as it is written tells where it was meant to be."""
    (finding,) = findings({**ABOUT_TASKS, path: ["x"]}, "unknown-field")
    assert finding.fix == fix
    assert finding.message.endswith("so the pattern never matches")


def test_a_field_that_does_not_exist_is_always_absent() -> None:
    """What asks for its absence excludes nothing."""
    (finding,) = findings(about_tasks(foo=[{"exists": False}]), "unknown-field")
    assert finding.message.endswith("so this excludes nothing")


@each(
    ("code", "fix"),
    [
        ("SpotInterrupted", 'write "SpotInterruption"'),
        ("UserInitated", 'write "UserInitiated"'),
        ("HealthCheckFailed", "failed health checks come under ServiceSchedulerInitiated"),
        ("CannotPullContainer", 'what cannot start has "TaskFailedToStart"'),
        ("OOMKilled", 'look for "OutOfMemory" in detail.containers.reason'),
        ("Frobnicated", "write one of these"),
    ],
)
def test_a_stop_code_that_aws_does_not_have_is_told_with_what_to_look_for(
    code: str, fix: str
) -> None:
    """A near code is suggested; for an invention it is told where AWS tells of such a thing."""
    (finding,) = findings(about_tasks(stopCode=[code]), "unknown-value")
    assert finding.fix is not None
    assert fix in finding.fix


def test_a_finding_reads_as_one_line() -> None:
    """Severity, place, what it leads to, what to do, and the code."""
    (finding,) = findings(about_tasks(clusterArn=["jobs"]), "no-arn")
    assert str(finding) == (
        'error: detail.clusterArn: holds ARNs, so "jobs" never matches; '
        'write {"suffix": ":cluster/jobs"} [no-arn]'
    )
    assert str(Finding("a", "info", "", "b")) == "info: b [a]"


def test_a_name_in_place_of_an_arn_is_told_with_what_matches_it() -> None:
    """An ARN is none of these faults, and what is excluded is told so."""
    arn = "arn:aws:ecs:eu-central-1:123456789012:cluster/jobs"
    pattern = about_tasks(clusterArn=["jobs", arn, {"anything-but": ["x", arn]}])
    named, excluded = findings(pattern, "no-arn")
    fix = json.loads(str(named.fix).removeprefix("write "))
    assert EventPattern(about_tasks(clusterArn=[fix])).matches(task_state_change(clusterArn=arn))
    assert excluded.message.endswith('"x" excludes nothing')

    (family,) = findings(about_tasks(taskDefinitionArn=["web"]), "no-arn")
    assert family.fix == 'write {"wildcard": "*:task-definition/web:*"}'
    (revision,) = findings(about_tasks(taskDefinitionArn=["web:1"]), "no-arn")
    assert revision.fix == 'write {"suffix": "/web:1"}'
    (odd,) = findings(about_tasks(taskArn=["a b"]), "no-arn")
    assert odd.fix == "write the ARN"


@each(
    ("field", "element", "fix"),
    [
        pytest.param("stopCode", True, "write strings", id="no-text"),
        pytest.param("stopCode", 5, 'write "5" in quotes', id="number-for-text"),
        pytest.param("version", "5", "write 5 without quotes", id="text-for-number"),
        pytest.param("version", "x", "write numbers", id="no-number"),
    ],
)
def test_a_value_of_another_type_is_told_with_what_to_write(
    field: str, element: Any, fix: str
) -> None:
    """A number where a text stands can be put into quotes; true cannot."""
    (finding,) = findings(about_tasks(**{field: [element]}), "wrong-type")
    assert finding.fix == fix


def test_an_exit_code_as_a_string_names_the_types_of_cdk() -> None:
    """Its generated type declares exit codes as strings, which never match."""
    pattern = about_tasks(containers={"exitCode": [{"anything-but": ["0"]}]})
    (finding,) = findings(pattern, "wrong-type")
    assert "excludes nothing" in finding.message
    assert "CDK" in finding.message
    assert finding.fix == 'write {"anything-but": [0]} without quotes'


def test_whole_numbers_may_be_written_as_floats() -> None:
    """EventBridge compares 1.0 with 1 as equal."""
    assert findings(about_tasks(containers={"exitCode": [1.0]}), "wrong-type") == []


def test_a_condition_that_no_failed_start_can_meet_is_told_of() -> None:
    """What the lint says of exitCode is so: a failed start does not match."""
    pattern = task_pattern(last_status="STOPPED", containers={"exit_code": anything_but(0)})
    start = task_state_change(stopCode="TaskFailedToStart", containers=[{"exitCode": ABSENT}])
    assert not pattern.matches(start)
    assert findings(pattern, "misses-failed-starts")


def test_a_branch_for_failed_starts_is_seen() -> None:
    """Nothing is told of failures that another branch takes."""
    branches = [
        {"containers": {"exitCode": [{"anything-but": 0}]}},
        {"stopCode": ["TaskFailedToStart"]},
    ]
    pattern = about_tasks(**{"$or": branches})
    assert findings(pattern, "misses-failed-starts") == []
    assert findings(pattern, "planned-stops")


def test_the_worst_comes_first() -> None:
    """What never works stands before what is only suspicious."""
    order = [finding.severity for finding in lint({"detail": {"version": ["5"]}})]
    assert order[0] == "error"
    assert order == sorted(order, key=["error", "warning", "info"].index)


def test_a_pattern_that_is_built_already_is_taken_as_it_is() -> None:
    """An operator that ignores case accepts what differs in case."""
    pattern = EventPattern({**ABOUT_TASKS, "detail": {"lastStatus": [equals_ignore_case("a")]}})
    assert findings(pattern, "wrong-case") == []


def test_three_wildcards_on_a_field_are_within_the_limit() -> None:
    """Only what EventBridge may refuse is complained about."""
    pattern = task_pattern(
        last_status="STOPPED", cluster_arn=[wildcard(f"*:cluster/{name}-*") for name in "abc"]
    )
    assert {finding.severity for finding in lint(pattern)} == {"info"}


@each(
    ("pattern", "codes"),
    [
        pytest.param({"source": ["a"], "detail": {"x": ["STOPPED"]}}, set(), id="nothing"),
        pytest.param({"source": ["a"], "x": ["prod-*"]}, {"plain-asterisk"}, id="asterisk"),
        pytest.param({"source": ["a"], "x": [None]}, {"null-value"}, id="null"),
        pytest.param({"source": ["a"], "x": [{"prefix": ""}]}, {"empty-text"}, id="empty"),
        pytest.param(
            {"source": ["aws.ecs"], "detail-type": ["ECS Service Action"], "detail": {"x": [1]}},
            set(),
            id="other-event-of-ecs",
        ),
    ],
)
def test_of_other_events_only_what_holds_for_every_pattern_is_told(
    pattern: dict[str, Any], codes: set[str]
) -> None:
    """Nobody can say of them which fields there are."""
    found = lint(pattern)
    assert {finding.code for finding in found} == codes
    assert not any(finding.severity == "error" for finding in found)


@pytest.mark.parametrize("number", ["9" * 5000, "-" + "9" * 5000, "1e999"])
def test_numbers_beyond_reason_are_checked_like_any_other(number: str) -> None:
    """No double stands for them, and Python may refuse to print them."""
    pattern = f'{{"detail": {{"version": [{number}], "group": [{{"anything-but": "a"}}]}}}}'
    assert findings(pattern, "wrong-type") or findings(pattern, "any-source")


def test_length_is_counted_as_it_is_written() -> None:
    """Repeated keys, long numbers and white space in strings count; other white space does not."""
    text = '{"a" : [ 1.000 ], "a": ["x  y \\" z"],  "b": [%s]}' % ("1" * 5000)
    (size,) = findings(text, "too-long")
    assert size.message.startswith("5038 characters")


def test_more_combinations_than_eventbridge_takes_are_an_error() -> None:
    """A thousand branches of `$or` are allowed."""
    branches = [{"detail": {"group": [f"service:{number}"]}} for number in range(1001)]
    pattern = {"source": ["other"], "$or": branches}
    assert findings(pattern, "too-many-combinations")
    assert not findings({**pattern, "$or": branches[1:]}, "too-many-combinations")


def test_exclusions_that_overlap_are_no_mistake() -> None:
    """Several anything-but exclude what stands in each of them."""
    overlapping = [{"anything-but": ["a", "b"]}, {"anything-but": ["b", "c"]}]
    assert findings(about_tasks(group=overlapping), "or-ed-anything-but") == []
    apart = [{"anything-but": ["a"]}, {"anything-but": ["c"]}]
    assert findings(about_tasks(group=apart), "or-ed-anything-but")
    prefixes = [{"anything-but": {"prefix": "a"}}, {"anything-but": {"prefix": "c"}}]
    assert findings(about_tasks(group=prefixes), "or-ed-anything-but")


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.sampled_from(["", "STOPPED", "a*", "aws.ecs"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    *(
                        "source",
                        "detail",
                        "$or",
                        "containers",
                        "exitCode",
                        "anything-but",
                        "prefix",
                    ),
                    *("stopCode", "stoppedReason", "group", "exists", "wildcard", "numeric", "not"),
                ]
            ),
            inner,
            max_size=3,
        )
    ),
    max_leaves=12,
)


@given(
    pattern=st.dictionaries(st.sampled_from(["source", "detail", "$or", "x"]), _JSON, max_size=3)
)
def test_whatever_is_given_is_checked(pattern: dict[str, Any]) -> None:
    """It is malformed if and only if EventBridge would refuse it; nothing raises."""
    try:
        EventPattern.from_json(pattern)
    except InvalidPattern:
        assert findings(pattern, "malformed")
    else:
        assert not findings(pattern, "malformed")


@pytest.mark.parametrize("detail_type", ["ECS Task State Change", "ECS Service Action"])
def test_only_ecs_sends_its_events(detail_type: str) -> None:
    """A rule with another source never fires; CloudTrail's name of ECS is the usual mistake."""
    pattern = {"source": ["ecs.amazonaws.com"], "detail-type": [detail_type]}
    (finding,) = lint(pattern)
    assert (finding.severity, finding.path) == ("error", "source")
    assert finding.fix == 'write "aws.ecs"'


@each("slash", ["", "/"])
@each("starter", ["ecs-svc", "events-rule", "chronos-schedule"])
def test_a_starter_without_what_follows_never_matches(starter: str, slash: str) -> None:
    """ECS writes an id or a name after the slash."""
    pattern = about_tasks(startedBy=[starter + slash])
    (finding,) = lint(pattern)
    assert finding.severity == "error"
    assert finding.fix == f'write {{"prefix": "{starter}/"}}'
    assert coverage(pattern).caught == ()


def test_a_starter_without_what_follows_excludes_nothing() -> None:
    """The excluded word has to be a prefix as well."""
    (finding,) = findings(about_tasks(startedBy=[{"anything-but": "ecs-svc"}]), "bare-starter")
    assert "excludes nothing" in finding.message
    assert finding.fix == 'write {"anything-but": {"prefix": "ecs-svc/"}}'


@pytest.mark.parametrize("starter", ["ecs-svc/123", "events-rule/nightly", "ecs-svc-of-mine"])
def test_a_whole_starter_is_no_fault(starter: str) -> None:
    """Whoever runs a task may name its starter at will."""
    assert findings(about_tasks(startedBy=[starter]), "bare-starter") == []


@pytest.mark.parametrize(
    ("pattern", "code"),
    [
        pytest.param(about_tasks(lastStatus=["stopped"]), "wrong-case", id="case"),
        pytest.param(
            {**ABOUT_TASKS, "detail-type": ["ECS Task Stat Change"], "detail": {"group": ["x"]}},
            "unknown-value",
            id="detail-type",
        ),
        pytest.param(
            {**ABOUT_TASKS, "details": {"lastStatus": ["STOPPED"]}}, "unknown-field", id="details"
        ),
    ],
)
def test_of_a_pattern_that_never_matches_only_the_fault_is_told(pattern: Any, code: str) -> None:
    """How often it fires, or what it misses besides, would contradict that."""
    assert {finding.code for finding in lint(pattern)} - {"bare-group"} == {code}


def test_a_stop_code_that_may_be_new_hides_nothing() -> None:
    """AWS adds stop codes, so the pattern may match."""
    codes = {finding.code for finding in lint({**ABOUT_TASKS, "detail": {"stopCode": ["New"]}})}
    assert {"unknown-value", "no-last-status"} <= codes


def test_an_event_is_told_from_a_pattern() -> None:
    """One finding says so, instead of one for every field."""
    (finding,) = lint(task_state_change())
    assert finding.code == "event"


def test_a_pattern_for_notices_is_not_taken_for_one_about_tasks() -> None:
    """The types of events that ECS sends of services are none misspelled."""
    pattern = notice_patterns()["services"]
    assert not coverage(pattern).about_tasks
    assert lint(pattern) == []
