"""What alerts: plain data, checked when it is made."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, Literal

import attrs
import pytest
from hypothesis import given

import strategies
from ecs_failure_alerts import Cause, FailurePolicy, WorkloadType, diagnose, parse_event
from ecs_failure_alerts.causes import (
    CAUSES,
    LEVELS,
    NOTICE_CAUSES,
    TASK_CAUSES,
    TASK_WORKLOADS,
    CauseEntry,
    causes_named,
    check_causes,
)
from rows import each

ALWAYS = {
    Cause.OUT_OF_MEMORY,
    Cause.FAILED_TO_START_IMAGE_PULL,
    Cause.FAILED_TO_START_RESOURCE_INIT,
    Cause.FAILED_TO_START_OTHER,
    Cause.HEALTH_CHECK,
    Cause.CONTAINER_EXIT,
}
SILENCE: dict[tuple[str, str], str | None] = {(c, t): None for c in Cause for t in WorkloadType}
LISTS_OF_NAMES = [
    *("ignore_containers", "side_containers", "main_containers"),
    *("clusters", "services", "families"),
]
CUT_SHORT = {Cause.SPOT_INTERRUPTION, Cause.HOST_TERMINATED}


@each("type_", TASK_WORKLOADS)
@each("cause", list(TASK_CAUSES))
def test_failures_are_errors_and_what_was_cut_short_is_a_warning_by_default(
    cause: Cause, type_: WorkloadType
) -> None:
    """Jobs cut short, and services that end."""
    service = type_ is WorkloadType.SERVICE
    expected = None
    if cause in ALWAYS:
        expected = "error"
    elif (cause in CUT_SHORT and not service) or (cause is Cause.CLEAN_EXIT and service):
        expected = "warning"
    assert FailurePolicy().level(cause, type_) == expected


@each(
    ("levels", "changed"),
    [
        pytest.param(
            {("spot_interruption", "service"): "warning"},
            {("spot_interruption", "service"): "warning"},
            id="spot-for-services-too",
        ),
        pytest.param(
            {("*", "batch"): None},
            {(cause, "batch"): None for cause in Cause},
            id="batch-never",
        ),
        pytest.param(
            {("failed_to_start", "*"): "fatal"},
            {
                (cause, type_): "fatal"
                for cause in Cause
                if cause.startswith("failed_to_start")
                for type_ in WorkloadType
            },
            id="group",
        ),
        pytest.param(
            {("*", "*"): None, ("health_check", "service"): "info"},
            SILENCE | {("health_check", "service"): "info"},
            id="last-one-wins",
        ),
        pytest.param(
            {("health_check", "service"): "info", ("*", "*"): None},
            SILENCE,
            id="order-counts",
        ),
        pytest.param(
            {("*", "*"): "info"},
            {
                (cause, type_): "info"
                for cause in Cause
                if cause not in {"not_stopped", "routine"}
                for type_ in WorkloadType
            },
            id="everything-but-not-stopped",
        ),
        pytest.param({("not_stopped", "*"): None}, {}, id="not-stopped-is-silent"),
        pytest.param(
            {(Cause.CLEAN_EXIT, WorkloadType.BATCH): "info"},
            {("clean_exit", "batch"): "info"},
            id="enums",
        ),
    ],
)
def test_one_entry_changes_what_it_names_and_nothing_else(
    levels: Any, changed: dict[tuple[str, str], str | None]
) -> None:
    policy, default = FailurePolicy(levels=levels), FailurePolicy()
    for cause in Cause:
        for type_ in WorkloadType:
            expected = changed.get((cause, type_), default.level(cause, type_))
            assert policy.level(cause, type_) == expected


@each(
    ("levels", "message"),
    [
        pytest.param({("oom", "*"): "error"}, "out_of_memory", id="cause"),
        pytest.param({("out_of_memory", "cron"): "error"}, "scheduled", id="workload"),
        pytest.param({("out_of_memory", "*"): "critical"}, "fatal, error, warning", id="level"),
        pytest.param({("not_stopped", "*"): "error"}, "not_stopped never alerts", id="not-stopped"),
        pytest.param({("routine", "*"): "error"}, "routine never alerts", id="routine"),
        pytest.param({("", "*"): None}, "expected one of", id="empty"),
    ],
)
def test_an_unknown_cause_workload_or_level_is_refused_with_the_choices(
    levels: Any, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        FailurePolicy(levels=levels)


@each("field", LISTS_OF_NAMES)
@each("name", ["", "web?", "w[ab]", "a]", "a\\b", 5], ids=repr)
def test_an_empty_name_or_another_wildcard_is_refused(field: str, name: Any) -> None:
    with pytest.raises(ValueError, match=rf"^{field}: .*\* stands for any characters"):
        FailurePolicy(**{field: ["web", name]})  # type: ignore[arg-type]


@each("field", LISTS_OF_NAMES)
def test_a_single_string_is_refused_where_names_belong(field: str) -> None:
    """It would be taken for its letters."""
    with pytest.raises(TypeError, match=rf"^{field}: expected .* write \('web',\)"):
        FailurePolicy(**{field: "web"})  # type: ignore[arg-type]


@each("codes", ["137", ["137"], [None], [1.5], 5], ids=repr)
def test_exit_codes_that_are_no_integers_are_refused(codes: Any) -> None:
    """They would never be found."""
    with pytest.raises(TypeError):
        FailurePolicy(ignore_exit_codes=codes)


def test_any_iterable_of_names_is_kept_as_a_tuple() -> None:
    policy = FailurePolicy(clusters=iter(["a", "b"]), ignore_exit_codes=[1, 1])
    assert (policy.clusters, policy.ignore_exit_codes) == (("a", "b"), frozenset({1}))


def test_changing_the_mapping_later_does_not_change_the_policy() -> None:
    levels: dict[tuple[str, str], Literal["info"]] = {("clean_exit", "*"): "info"}
    policy = FailurePolicy(levels=levels)
    levels.clear()
    assert policy.level(Cause.CLEAN_EXIT, WorkloadType.BATCH) == "info"
    assert policy == FailurePolicy(levels={("clean_exit", "*"): "info"})


def test_a_policy_cannot_be_changed_but_copied_with_changes() -> None:
    policy = FailurePolicy(levels={("*", "batch"): None})
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        policy.clusters = ()  # type: ignore[misc]
    changed = attrs.evolve(policy, clusters=("prod",))
    assert changed.level(Cause.CONTAINER_EXIT, WorkloadType.BATCH) is None
    assert changed.clusters == ("prod",)


@each(
    ("name", "causes"),
    [
        pytest.param("*", list(Cause), id="all"),
        pytest.param("out_of_memory", [Cause.OUT_OF_MEMORY], id="exact"),
        pytest.param(
            "failed_to_start", [c for c in Cause if c.startswith("failed_to_start.")], id="group"
        ),
        pytest.param("failed_to_start.other", [Cause.FAILED_TO_START_OTHER], id="member"),
    ],
)
def test_a_name_stands_for_a_cause_a_group_or_all(name: str, causes: list[Cause]) -> None:
    assert list(causes_named(name)) == causes


@each("name", ["", "failed", "OUT_OF_MEMORY", "failed_to_start.", " *"])
def test_an_unknown_name_of_a_cause_is_refused_with_the_choices(name: str) -> None:
    with pytest.raises(ValueError, match="unknown cause"):
        causes_named(name)


@given(strategies.policies(), strategies.task_events())
def test_whatever_the_policy_a_level_is_one_of_four(
    policy: FailurePolicy, event: dict[str, Any]
) -> None:
    diagnosis = diagnose(parse_event(event), policy)
    assert diagnosis.level in {*LEVELS, None}


@each("field", LISTS_OF_NAMES)
def test_what_is_no_list_of_names_is_refused(field: str) -> None:
    with pytest.raises(TypeError, match=rf"^{field}: expected several names, got 5$"):
        FailurePolicy(**{field: 5})  # type: ignore[arg-type]


@pytest.mark.parametrize("levels", [[("*", "*")], "x", None], ids=repr)
def test_levels_that_are_no_mapping_are_refused(levels: Any) -> None:
    with pytest.raises(TypeError, match=r"^levels: expected a mapping, got "):
        FailurePolicy(levels=levels)


@each("key", ["ab", ("*",), ("*", "*", "*"), ["*", "*"], 5], ids=repr)
def test_a_key_of_levels_that_is_no_pair_is_refused(key: Any) -> None:
    with pytest.raises(TypeError, match=r"^levels: expected \(cause, workload type\), got "):
        FailurePolicy(levels=MappingProxyType({key: "info"}) if key != ["*", "*"] else _Listed())


class _Listed(Mapping[Any, Any]):
    """A mapping whose only key is a list."""

    def __getitem__(self, key: object) -> str:
        return "info"

    def __iter__(self) -> Iterator[list[str]]:
        return iter([["*", "*"]])

    def __len__(self) -> int:
        return 1


GROUPS = ("batch", "daemon", "failed_to_start", "instance", "service_action", "workflow")
CHOICES = f"expected one of {', '.join([*Cause, *GROUPS])}"


@each(
    ("options", "message"),
    [
        pytest.param(
            {"levels": {("health_chek", "*"): None}},
            "unknown cause 'health_chek': did you mean health_check?",
            id="near",
        ),
        pytest.param(
            {"levels": {("failed_to_strat", "*"): None}},
            "unknown cause 'failed_to_strat': did you mean failed_to_start?",
            id="near-a-group",
        ),
        pytest.param({"levels": {("x", "*"): None}}, f"unknown cause 'x': {CHOICES}", id="far"),
        pytest.param({"levels": {(5, "*"): None}}, f"unknown cause 5: {CHOICES}", id="no-text"),
        pytest.param(
            {"levels": {("not_stopped", "*"): "info"}},
            "not_stopped never alerts: nothing about such a task is final",
            id="not-stopped",
        ),
        pytest.param(
            {"levels": {("*", "cron"): None}},
            "unknown workload type 'cron': expected one of *, batch, service, scheduled, "
            "standalone, daemon, workflow, instance",
            id="workload-type",
        ),
        pytest.param(
            {"levels": {("*", "*"): "high"}},
            "unknown level 'high': "
            "expected one of fatal, error, warning, info, or None for silence",
            id="level",
        ),
        pytest.param({"levels": [1]}, "expected a mapping, got [1]", id="levels-no-mapping"),
        pytest.param(
            {"levels": {"ab": None}},
            "expected (cause, workload type), got 'ab'",
            id="levels-no-pair",
        ),
        pytest.param(
            {"ignore_workloads": ["daemon"]},
            "unknown workload type of tasks 'daemon': expected one of batch, service, scheduled, "
            "standalone",
            id="workload-without-tasks",
        ),
        pytest.param({"clusters": 5}, "expected several names, got 5", id="no-names"),
        pytest.param(
            {"clusters": "a"},
            "expected several names, got the string 'a': write ('a',)",
            id="one-name",
        ),
        pytest.param(
            {"clusters": ["a", "b?"]},
            "expected a name, in which * stands for any characters; got 'b?'",
            id="wrong-name",
        ),
        pytest.param(
            {"ignore_exit_codes": "137"},
            "expected several integers, such as (143,); got '137'",
            id="no-codes",
        ),
        pytest.param({"ignore_exit_codes": 5}, "expected several integers, such as (143,); got 5"),
        pytest.param({"ignore_exit_codes": [1.5]}, "expected integers, got 1.5", id="wrong-code"),
        pytest.param({"ignore_exit_codes": [True]}, "expected integers, got True", id="true"),
    ],
)
def test_an_error_says_what_came_what_is_expected_and_what_was_meant(
    options: dict[str, Any], message: str
) -> None:
    """It names the attribute, because a policy is often built from many."""
    with pytest.raises((TypeError, ValueError)) as caught:
        FailurePolicy(**options)
    assert str(caught.value) == f"{next(iter(options))}: {message}"


def test_tasks_of_an_ignored_workload_are_silent_and_notices_of_it_are_not() -> None:
    """With the events of AWS Batch, a job that is tried again needs no alert of its task."""
    policy = FailurePolicy(levels={("*", "batch"): "fatal"}, ignore_workloads=["batch"])
    levels = {cause: policy.level(cause, WorkloadType.BATCH) for cause in Cause}
    assert {levels[cause] for cause in TASK_CAUSES} == {None}
    assert {levels[cause] for cause in NOTICE_CAUSES} == {None, "fatal"}  # None: of what is routine
    assert levels[Cause.BATCH_JOB_FAILED] == "fatal"
    assert policy.level(Cause.CONTAINER_EXIT, WorkloadType.STANDALONE) == "error"


def test_several_asterisks_in_a_row_are_one() -> None:
    """EventBridge takes no more."""
    assert FailurePolicy(clusters=["**a***b*"]).clusters == ("*a*b*",)


def test_a_policy_shows_and_compares_by_what_was_given() -> None:
    assert "_table" not in repr(FailurePolicy())
    with pytest.raises(TypeError):
        FailurePolicy(table={})  # type: ignore[call-arg]
    assert FailurePolicy() != FailurePolicy(families=["x"])
    assert FailurePolicy(levels={("clean_exit", "*"): None}) != FailurePolicy()


@each("name", ["PROD,STAGE", "a/b", "prod/", "a b", "näme", "arn:aws:ecs:,", "a:b"])
def test_a_cluster_that_aws_would_not_create_is_refused(name: str) -> None:
    """Its rule would drop every alert."""
    with pytest.raises(ValueError, match="expected a cluster's name"):
        FailurePolicy(clusters=[name])


@each("name", ["prod", "Prod_1-*", "*", "arn:aws-cn:ecs:*:1:cluster/a_b-*"])
def test_clusters_are_taken_by_name_or_arn_with_wildcards(name: str) -> None:
    assert FailurePolicy(clusters=[name]).clusters == (name,)


@each("field", ["services", "families"])
@each(
    "name",
    ["web!", "a,b", "jobs/web", "a b", "näme", "etl:17", "arn:aws:ecs:eu-west-1:1:service/x"],
)
def test_what_can_be_no_service_or_family(field: str, name: str) -> None:
    """A service or family that AWS would not create is refused: it would silence every alert."""
    with pytest.raises(ValueError, match="expected the name of a service or family"):
        FailurePolicy(**{field: [name]})  # type: ignore[arg-type]


def test_any_other_character_may_stand_in_a_name() -> None:
    letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./:"
    assert FailurePolicy(side_containers=[letters]).side_containers == (letters,)


@each(
    ("change", "missing"),
    [
        pytest.param({"title": ""}, "expected a title, got none", id="title"),
        pytest.param({"summary": ""}, "expected a summary, got none", id="summary"),
        pytest.param({"hint": ""}, "expected a hint, got none", id="hint"),
        pytest.param({"page": ""}, "expected a page, got none", id="page"),
        pytest.param(
            {"levels": {WorkloadType.BATCH: "error"}},
            f"expected a level, or None, for each of {', '.join(WorkloadType)}",
            id="levels",
        ),
    ],
)
def test_a_cause_that_lacks_something_is_no_cause(change: dict[str, Any], missing: str) -> None:
    """A cause without words, levels or a page is refused, by name."""
    entry = CAUSES[Cause.HEALTH_CHECK]
    words = {word: getattr(entry, word) for word in ("title", "summary", "hint", "levels", "page")}
    incomplete = {**CAUSES, Cause.HEALTH_CHECK: CauseEntry(**{**words, **change})}
    with pytest.raises(LookupError, match=f"^cause health_check: {missing}$"):
        check_causes(incomplete)


def test_a_cause_without_an_entry_is_no_cause() -> None:
    """A member of `Cause` without an entry in CAUSES is refused, by name."""
    entries = dict(CAUSES)
    del entries[Cause.CLEAN_EXIT]
    with pytest.raises(LookupError, match=r"^cause clean_exit: expected an entry in CAUSES"):
        check_causes(entries)
