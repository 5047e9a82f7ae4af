"""The event pattern of a policy: it never drops what would alert, and wakes for little else."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path
from random import Random
from typing import Any, TypeAlias

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecs_failure_alerts import EventPattern, FailurePolicy, diagnose, parse_event, read_payload
from ecs_failure_alerts.task_patterns import lint
from ecs_failure_alerts.testing import ABSENT, task_state_change
from rows import each
from strategies import ending, globs, ignored_exit_codes, policies, task_events

DEFAULT = FailurePolicy().event_pattern()
#: What most people write.
WIDESPREAD = EventPattern.from_json(
    {
        "source": ["aws.ecs"],
        "detail-type": ["ECS Task State Change"],
        "detail": {
            "containers": {"exitCode": [{"anything-but": [0]}], "reason": [{"exists": True}]}
        },
    }
)
BRANCHES = json.loads(DEFAULT.to_json())["detail"]["$or"]


@pytest.fixture(scope="module")
def endings() -> list[dict[str, Any]]:
    """Events in which all that the pattern looks at varies."""
    return [ending(Random(seed)) for seed in range(8_000)]  # noqa: S311


#: Finds the endings on which the default policy alerts, and that a pattern drops.
Search: TypeAlias = Callable[[EventPattern], Iterator[dict[str, Any]]]


@pytest.fixture(scope="module")
def lost(endings: list[dict[str, Any]]) -> Search:
    """Return the search; it diagnoses only what a pattern drops, and that once."""

    @cache
    def alerts(index: int) -> bool:
        return diagnose(parse_event(endings[index])).alert

    def search(pattern: EventPattern) -> Iterator[dict[str, Any]]:
        for index, event in enumerate(endings):
            if not pattern.matches(event) and alerts(index):
                yield event

    return search


def dropped(event: dict[str, Any], pattern: EventPattern, policy: FailurePolicy) -> bool:
    """Return whether *pattern* drops an event that *policy* would alert on."""
    return not pattern.matches(event) and diagnose(parse_event(event), policy).alert


@given(task_events(), policies())
def test_whatever_alerts_matches(event: dict[str, Any], policy: FailurePolicy) -> None:
    """`diagnose(task, policy).alert` implies `policy.event_pattern().matches(task.raw)`."""
    assert not dropped(event, policy.event_pattern(), policy)


@each(
    "policy",
    [
        pytest.param(FailurePolicy(), id="default"),
        pytest.param(FailurePolicy(levels={("*", "*"): None}), id="silent"),
        pytest.param(FailurePolicy(levels={("clean_exit", "*"): "info"}), id="clean-exits"),
        pytest.param(FailurePolicy(levels={("clean_exit", "*"): None}), id="no-clean-exits"),
        pytest.param(FailurePolicy(levels={("user_stopped", "batch"): "info"}), id="user-stops"),
        pytest.param(FailurePolicy(levels={("scheduler_stopped", "*"): "info"}), id="scheduler"),
        pytest.param(FailurePolicy(levels={("spot_interruption", "*"): None}), id="no-spot"),
        pytest.param(FailurePolicy(levels={("spot_interruption", "*"): "info"}), id="spot"),
        pytest.param(FailurePolicy(clusters=["jobs", "AWSBatch-*"]), id="clusters"),
        pytest.param(FailurePolicy(clusters=["jobs", "default"]), id="plain-clusters"),
        pytest.param(FailurePolicy(ignore_containers=[], side_containers=["*"]), id="containers"),
    ],
)
def test_whatever_alerts_matches_where_the_pattern_decides(
    policy: FailurePolicy, endings: list[dict[str, Any]]
) -> None:
    """The same, for very many events in which all that the pattern looks at varies."""
    pattern = policy.event_pattern()
    assert not [event for event in endings[:800] if dropped(event, pattern, policy)]


@each("index", range(len(BRANCHES)))
def test_the_property_catches_a_branch_that_is_missing(index: int, lost: Search) -> None:
    """Without any one of its branches, the default pattern is found to drop an alert."""
    pattern = json.loads(DEFAULT.to_json())
    del pattern["detail"]["$or"][index]
    assert any(lost(EventPattern.from_json(pattern)))


@each(
    ("old", "new"),
    [
        pytest.param(
            '"Scaling activity initiated by ("', '"Scaling activity"', id="prefix-too-short"
        ),
        pytest.param(
            '{"anything-but": "Your Spot Task was interrupted."}',
            '{"anything-but": {"prefix": "Your Spot Task"}}',
            id="sentence-not-exact",
        ),
        pytest.param(
            '"Scaling activity initiated by ("]}}, {"exists": false}]',
            '"Scaling activity initiated by ("]}}]',
            id="absent-sentence",
        ),
    ],
)
def test_the_property_catches_a_condition_that_is_too_narrow(
    old: str, new: str, lost: Search
) -> None:
    """A condition that leaves out more than is certain is found."""
    text = DEFAULT.to_json()
    assert old in text
    defective = EventPattern.from_json(text.replace(old, new))
    assert any(lost(defective))


@given(task_events(last_status=st.sampled_from(["DEPROVISIONING", "RUNNING", "STOPPING", "X"])))
def test_nothing_matches_until_the_task_has_stopped(event: dict[str, Any]) -> None:
    assert not DEFAULT.matches(event)


def test_the_default_pattern_drops_no_alert(lost: Search, endings: list[dict[str, Any]]) -> None:
    """Of thousands of events that match or do not, it drops none that alerts."""
    assert list(lost(DEFAULT)) == []
    assert 2000 < sum(map(DEFAULT.matches, endings)) < len(endings)


_BATCH_OF_CE = "ce_Batch_0f8a3b5c-7d9e-4a1b-8c2d-3e4f5a6b7c8d"


@pytest.mark.parametrize("cluster", ["AWSBatch-nightly-1", _BATCH_OF_CE, "*"])
def test_a_policy_for_a_cluster_of_batch_drops_no_spot_interruption_there(cluster: str) -> None:
    policy = FailurePolicy(clusters=[cluster])
    for name in ("AWSBatch-nightly-1", _BATCH_OF_CE):
        event = task_state_change(
            clusterArn=f"arn:aws:ecs:eu-central-1:123456789012:cluster/{name}",
            group="service:x",
            stopCode="SpotInterruption",
            stoppedReason="Your Spot Task was interrupted.",
            containers=[{"exitCode": 143}],
        )
        alerts = cluster in {name, "*"}
        assert diagnose(parse_event(event), policy).alert is alerts
        assert policy.event_pattern().matches(event) or not alerts


def test_the_default_pattern_has_no_findings() -> None:
    """It keeps within EventBridge's limits, and the lint finds nothing in it."""
    assert lint(DEFAULT) == []
    assert len(DEFAULT.to_json()) < 2048


@each(
    ("changes", "matches"),
    [
        pytest.param({"stopCode": "UserInitiated"}, False, id="a-users-stop"),
        pytest.param(
            {"stopCode": "UserInitiated", "containers": [{"reason": "OutOfMemoryError"}]},
            True,
            id="out-of-memory-under-any-code",
        ),
        pytest.param({"containers": [{"exitCode": 0}]}, False, id="a-run-that-succeeded"),
        pytest.param(
            {"containers": [{"exitCode": 0}, {"name": "b", "exitCode": ABSENT}]},
            True,
            id="a-code-that-is-missing",
        ),
        pytest.param({"containers": [{"exitCode": None}]}, True, id="a-code-that-is-null"),
        pytest.param({"containers": []}, True, id="no-containers"),
        pytest.param(
            {"containers": [{"exitCode": 0}], "group": "service:web"}, True, id="a-service-ended"
        ),
        pytest.param(
            {
                "stopCode": "ServiceSchedulerInitiated",
                "stoppedReason": "Scaling activity initiated by (deployment ecs-svc/1)",
                "containers": [{"exitCode": 143}],
            },
            False,
            id="a-deployment",
        ),
        pytest.param(
            {
                "stopCode": "ServiceSchedulerInitiated",
                "stoppedReason": "Task failed ELB health checks in (elb web)",
            },
            True,
            id="health-checks-under-the-schedulers-code",
        ),
        pytest.param({"stopCode": ABSENT}, True, id="no-stop-code"),
        pytest.param({"stopCode": "InfrastructureHealth"}, True, id="an-unknown-stop-code"),
        pytest.param(
            {
                "stopCode": "SpotInterruption",
                "stoppedReason": "Your Spot Task was interrupted.",
                "group": "service:web",
            },
            False,
            id="spot-of-a-service",
        ),
        pytest.param(
            {"stopCode": "SpotInterruption", "stoppedReason": "Your Spot Task was interrupted."},
            True,
            id="spot-of-a-job",
        ),
    ],
)
def test_the_default_pattern_leaves_out_only_what_is_certain(
    changes: dict[str, Any], *, matches: bool
) -> None:
    """By code and sentence."""
    assert DEFAULT.matches(task_state_change(**changes)) is matches


@each(
    ("cluster", "condition"),
    [
        pytest.param("jobs", {"suffix": ":cluster/jobs"}, id="name"),
        pytest.param("prod-*", {"wildcard": "*:cluster/prod-*"}, id="names"),
        pytest.param(
            "arn:aws:ecs:eu-central-1:123456789012:cluster/jobs",
            "arn:aws:ecs:eu-central-1:123456789012:cluster/jobs",
            id="arn",
        ),
        pytest.param(
            "arn:aws:ecs:*:123456789012:cluster/jobs",
            {"wildcard": "arn:aws:ecs:*:123456789012:cluster/jobs"},
            id="arns",
        ),
    ],
)
def test_clusters_become_exact_arns_suffixes_or_wildcards(cluster: str, condition: object) -> None:
    pattern = json.loads(FailurePolicy(clusters=[cluster]).event_pattern().to_json())
    assert pattern["detail"]["clusterArn"] == [condition]


@pytest.mark.parametrize(
    "clusters",
    [
        pytest.param(["jobs"], id="name"),
        pytest.param(["prod-*"], id="names"),
        pytest.param(["AWSBatch-ce-1", "jobs"], id="batch"),
    ],
)
def test_patterns_with_clusters_have_no_findings(clusters: list[str]) -> None:
    """The condition on the cluster stands once, and holds for every branch."""
    pattern = FailurePolicy(clusters=clusters).event_pattern()
    assert [finding.code for finding in lint(pattern)] == []
    other = task_state_change(clusterArn="arn:aws:ecs:eu-central-1:123456789012:cluster/other")
    spot = {"stopCode": "SpotInterruption", "stoppedReason": "Your Spot Task was interrupted."}
    batch = "arn:aws:ecs:eu-central-1:123456789012:cluster/AWSBatch-other"
    assert not pattern.matches(other)
    assert not pattern.matches(
        task_state_change(clusterArn=batch, group="service:x", **spot)  # type: ignore[arg-type]
    )


def test_what_a_policy_silences_by_a_code_is_left_out() -> None:
    """Spot interruptions that never alert do not wake anybody."""
    spot: dict[str, Any] = {
        "stopCode": "SpotInterruption",
        "stoppedReason": "Your Spot Task was interrupted.",
    }
    pattern = FailurePolicy(levels={("spot_interruption", "*"): None}).event_pattern()
    assert not pattern.matches(task_state_change(**spot))


def test_what_a_policy_asks_for_is_let_in() -> None:
    """A policy that alerts on everything has a pattern without exceptions."""
    everything = FailurePolicy(levels={("*", "*"): "info"}).event_pattern()
    assert "$or" not in everything.to_json()
    assert everything.matches(task_state_change(stopCode="UserInitiated"))


def test_a_container_that_a_deployment_had_to_kill_is_no_failure() -> None:
    """The widespread pattern matches."""
    event = task_state_change(
        group="service:web",
        stopCode="ServiceSchedulerInitiated",
        stoppedReason="Scaling activity initiated by (deployment ecs-svc/1)",
        containers=[{"exitCode": 137, "reason": "DockerTimeoutError: transition to stopped"}],
    )
    assert WIDESPREAD.matches(event)
    assert not diagnose(parse_event(event)).alert


@pytest.mark.parametrize(
    ("name", "idle_share"),
    [
        pytest.param("ecs-events.jsonl", 0.4, id="usual"),
        pytest.param("field-events.jsonl", 0.7, id="odd"),
    ],
)
def test_of_the_labelled_events_none_is_missed_and_none_matches_before_stopped(
    name: str, idle_share: float, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = os.environ.get("TESTS_CORPUS")
    if not folder:
        pytest.skip("TESTS_CORPUS names no folder of labelled events")
    figures = {key: measure(pattern, Path(folder) / name) for key, pattern in PATTERNS.items()}

    with capsys.disabled():
        for key, shares in figures.items():
            said = [f"{hits} of {all_}" for hits, all_ in shares]
            print(f"\n{key} pattern: missed {said[0]}, early {said[1]}, for nothing {said[2]}")

    (missed, _), (early, _), (idle, silent) = figures["default"]
    assert (missed, early) == (0, 0)
    assert idle <= idle_share * silent
    assert figures["widespread"][0][0] > 0.7 * figures["widespread"][0][1]


PATTERNS = {"default": DEFAULT, "widespread": WIDESPREAD}
_Share = tuple[int, int]


def measure(pattern: EventPattern, file: Path) -> tuple[_Share, _Share, _Share]:
    """Count missed alerts, matches before STOPPED, and stops matched for nothing, each of all."""
    counts: dict[str, list[bool]] = {"missed": [], "early": [], "idle": []}
    for line in file.read_text("utf-8").splitlines():
        row = json.loads(line)
        expect = row["expect"]
        if not expect["is_task_state_change"]:
            continue
        (record,) = read_payload(row["event"])
        assert record.event is not None
        matches = pattern.matches(record.event)
        if not expect["stopped"]:
            counts["early"].append(matches)
        elif expect["should_alert"]:
            counts["missed"].append(not matches)
        else:
            counts["idle"].append(matches)
    shares = {name: (sum(hits), len(hits)) for name, hits in counts.items()}
    return shares["missed"], shares["early"], shares["idle"]


@given(task_events(), globs(), globs(), globs(), ignored_exit_codes())
def test_settings_of_containers_and_exit_codes_need_no_other_rule(
    event: dict[str, Any],
    ignored: Sequence[str],
    side: Sequence[str],
    main: Sequence[str],
    codes: frozenset[int],
) -> None:
    """They never widen what alerts."""
    policy = FailurePolicy(
        ignore_containers=ignored,
        side_containers=side,
        main_containers=main,
        ignore_exit_codes=codes,
    )
    assert not dropped(event, DEFAULT, policy)
