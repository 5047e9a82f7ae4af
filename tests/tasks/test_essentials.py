"""What a task definition settles: which containers are essential decides whose end it was."""

from __future__ import annotations

from itertools import product
from typing import Any, Final

import pytest
from attrs import define, evolve
from hypothesis import given
from hypothesis import strategies as st

import strategies
from ecs_failure_alerts import (
    Cause,
    Diagnosis,
    FailurePolicy,
    TaskStateChange,
    build_alert,
    diagnose,
)
from ecs_failure_alerts._globs import matches_any
from ecs_failure_alerts.tasks.definitions import (
    ContainerDefinition,
    Dependency,
    RestartPolicy,
    TaskDefinition,
)
from ecs_failure_alerts.tasks.reader import parse_event
from ecs_failure_alerts.testing import ABSENT, task_state_change
from rows import each

SERVICE: Final = {"group": "service:web", "startedBy": "ecs-svc/1"}
NO_CODE: Final = {"stopCode": ABSENT}
GRAPH: Final = "CannotStartContainerError: dependency graph: container x did not exit successfully"


@define
class Ended:
    """A container as it ended, and as its task definition has it."""

    name: str
    code: int | None
    essential: bool = True
    reason: str | None = None
    health: str | None = None
    depends_on: tuple[Dependency, ...] = ()
    restart: RestartPolicy | None = None


def essential(name: str, code: int | None, **more: Any) -> Ended:
    """Return an essential container."""
    return Ended(name, code, **more)


def helper(name: str, code: int | None, **more: Any) -> Ended:
    """Return a container that is not essential."""
    return Ended(name, code, essential=False, **more)


def definition_of(task: TaskStateChange, *containers: Ended) -> TaskDefinition:
    """Return the definition of a task."""
    return TaskDefinition(
        str(task.task_definition_arn),
        tuple(
            ContainerDefinition(
                c.name, essential=c.essential, depends_on=c.depends_on, restart_policy=c.restart
            )
            for c in containers
        ),
    )


def task_of(*containers: Ended, **changes: Any) -> TaskStateChange:
    """Return a task whose containers ended so."""
    ends = [
        {
            "name": c.name,
            "exitCode": ABSENT if c.code is None else c.code,
            "reason": c.reason or ABSENT,
            "healthStatus": c.health or ABSENT,
        }
        for c in containers
    ]
    return parse_event(task_state_change(containers=ends, **changes))


def settled(*containers: Ended, **changes: Any) -> Diagnosis:
    """Return the diagnosis of a task with its definition."""
    policy = changes.pop("policy", FailurePolicy())
    task = task_of(*containers, **changes)
    return diagnose(task, policy, definition_of(task, *containers))


def without(*containers: Ended, **changes: Any) -> Diagnosis:
    """Return the diagnosis of the event alone."""
    return diagnose(task_of(*containers, **changes))


def names(diagnosis: Diagnosis) -> list[str]:
    """Return the names of the containers at fault."""
    return [container.name for container in diagnosis.culprits]


ROW_1: Final = [
    pytest.param([essential("app", 0), helper("log", 137)], id="killed"),
    pytest.param([essential("app", 0), helper("log", 143)], id="terminated"),
    pytest.param([essential("app", 0), helper("log", None)], id="no code"),
    pytest.param([essential("app", 0), essential("b", 0), helper("log", 137)], id="two essential"),
    pytest.param([essential("app", 0), helper("log", 0), helper("c", 143)], id="several helpers"),
    pytest.param([helper("app", 137), essential("envoy", 0)], id="by no name"),
]


@each("containers", ROW_1)
def test_row_1_work_that_ended_by_itself_is_silent(containers: list[Ended]) -> None:
    assert without(*containers).alert
    found = settled(*containers)
    assert (found.cause, found.alert, found.culprits) == (Cause.CLEAN_EXIT, False, ())
    assert "definition.containers[0].essential" in found.evidence
    assert found.decision == (
        "no alert: clean_exit of a scheduled workload is silent; by the task definition, the work "
        "had ended and ECS stopped the rest"
    )


@each("containers", ROW_1)
def test_row_1_of_a_service_is_still_told(containers: list[Ended]) -> None:
    """A service should keep running."""
    found = settled(*containers, **SERVICE)
    assert (found.cause, found.level) == (Cause.CLEAN_EXIT, "warning")


@each("containers", ROW_1)
def test_row_1_without_a_stop_code_settles_nothing(containers: list[Ended]) -> None:
    """It may be an old Spot stop."""
    assert settled(*containers, **NO_CODE) == without(*containers, **NO_CODE)


@each("containers", ROW_1)
def test_row_1_needs_the_definition_of_every_container(containers: list[Ended]) -> None:
    task = task_of(*containers)
    whole = definition_of(task, *containers)
    for missing in whole.containers:
        part = evolve(whole, containers=tuple(c for c in whole.containers if c != missing))
        assert diagnose(task, FailurePolicy(), part) == diagnose(task)


def test_row_1_needs_every_essential_container_in_the_event() -> None:
    task = task_of(essential("app", 0), helper("log", 137))
    more = definition_of(task, essential("app", 0), helper("log", 137), essential("gone", 0))
    assert diagnose(task, FailurePolicy(), more) == diagnose(task)


def test_row_1_holds_where_only_a_guardduty_agent_is_unknown() -> None:
    """The policy takes it as if it were not in the event."""
    agent = "aws-guardduty-agent-x7k2p9q"
    task = task_of(essential("app", 0), helper("log", 137), helper(agent, 137))
    known = definition_of(task, essential("app", 0), helper("log", 137))
    assert not diagnose(task, FailurePolicy(), known).alert


def test_row_2_a_helper_that_failed_beside_work_that_ended_is_a_warning() -> None:
    containers = [essential("app", 0), helper("report", 1)]
    assert without(*containers).level == "error"
    found = settled(*containers)
    assert (found.cause, found.level, names(found)) == (Cause.CONTAINER_EXIT, "warning", ["report"])
    assert found.summary == (
        "Scheduled task nightly-report ended by itself with 0, but not all its other containers "
        "did: container report, exit code 1."
    )
    assert "definition.containers[0].essential" in found.evidence
    assert found.unknown == ()


def test_row_2_of_a_service_is_a_clean_exit() -> None:
    found = settled(essential("web", 0), helper("report", 1), **SERVICE)
    assert (found.cause, found.level) == (Cause.CLEAN_EXIT, "warning")
    assert found.summary == (
        "A task of service web ended: its essential containers with 0, another one with another "
        "code."
    )
    assert found.unknown == (
        (
            "Container report ended with exit code 1; that did not stop the task, because it is "
            "not essential."
        ),
    )
    assert "does not say" not in found.hint


def test_row_2_is_not_silenced_by_a_policy_for_clean_exits() -> None:
    policy = FailurePolicy(levels={("clean_exit", "*"): None})
    found = settled(essential("web", 0), helper("report", 1), policy=policy, **SERVICE)
    assert found.level == "warning"


def test_row_2_names_what_the_work_waited_for_whatever_its_code() -> None:
    order = (Dependency("init", "COMPLETE"),)
    found = settled(essential("app", 0, depends_on=order), helper("init", 1))
    (note,) = found.notes
    assert note == (
        "Container app starts after container init has ended, whatever its exit code "
        "(dependsOn COMPLETE)."
    )


def test_row_2_names_no_order_that_the_codes_contradict() -> None:
    order = (Dependency("report", "START"), Dependency("log", "COMPLETE"))
    found = settled(essential("app", 0, depends_on=order), helper("report", 1), helper("log", 0))
    assert (names(found), found.notes) == (["report"], ())


@each("other", [0, 1, 137, None])
@each("code", [137, 143])
def test_row_3_the_only_essential_container_was_killed_and_not_by_ecs(
    code: int, other: int | None
) -> None:
    containers = [essential("app", code), helper("log", other)]
    found = settled(*containers)
    assert (found.cause, found.level, names(found)) == (Cause.CONTAINER_EXIT, "error", ["app"])
    assert found.evidence == (
        "detail.containers[0].exitCode",
        "definition.containers[0].essential",
    )
    assert found.notes == ("Container app is the only essential one, so its end stopped the task.",)
    assert not any("ended first" in said or "stop timeout" in said for said in found.unknown)


@each("other", [0, 1, 137, None])
def test_row_4_the_only_essential_container_failed(other: int | None) -> None:
    """The codes of the others are collateral, or older."""
    found = settled(essential("app", 3), helper("log", other))
    assert (found.cause, found.level, names(found)) == (Cause.CONTAINER_EXIT, "error", ["app"])
    assert "its end stopped the task" in found.notes[0]
    assert not any("does not say" in sentence for sentence in found.unknown)


def test_row_4_holds_for_a_side_container_too() -> None:
    """Names matter only where the definition does not tell."""
    found = settled(helper("app", 0), essential("envoy", 1))
    assert (found.level, names(found)) == ("error", ["envoy"])


def test_row_4_holds_against_the_main_containers_of_the_policy() -> None:
    policy = FailurePolicy(main_containers=["app"])
    found = settled(helper("app", 1), essential("worker", 2), policy=policy)
    assert names(found) == ["worker"]


def test_row_4_is_not_silenced_by_an_exit_code_that_the_policy_ignores() -> None:
    policy = FailurePolicy(ignore_exit_codes=[3])
    found = settled(essential("app", 3), helper("log", 1), policy=policy)
    assert (found.level, names(found)) == ("error", ["app"])


@each("other", [0, 1, 137, None])
def test_row_5_the_end_of_the_only_essential_container_was_not_seen(other: int | None) -> None:
    found = settled(essential("app", None), helper("log", other))
    assert (found.cause, found.level, names(found)) == (Cause.CONTAINER_EXIT, "error", ["app"])


@each(
    ("containers", "level", "culprits"),
    [
        pytest.param([("a", 1), ("b", 2)], "error", ["a", "b"], id="row 6"),
        pytest.param([("a", 1), ("b", 137)], "error", ["a"], id="row 6, killed"),
        pytest.param([("a", 1), ("b", 0)], "error", ["a"], id="row 7"),
        pytest.param([("a", 137), ("b", 0)], "warning", ["a"], id="row 8"),
        pytest.param([("a", 137), ("b", 143)], "error", ["a", "b"], id="row 9"),
        pytest.param([("a", None), ("b", 0)], "warning", ["a"], id="row 10"),
    ],
)
def test_rows_6_to_10_several_essential_containers_stay_as_they_were(
    containers: list[tuple[str, int | None]], level: str, culprits: list[str]
) -> None:
    """A helper with a code of its own does not change what they say."""
    ended = [essential(name, code) for name, code in containers]
    for found in (
        settled(*ended),
        settled(*ended, helper("c", 0)),
        settled(*ended, helper("c", 9)),
    ):
        assert (found.cause, found.level) == (Cause.CONTAINER_EXIT, level)
        assert names(found) == culprits


@pytest.mark.parametrize("main", [0, 137, 143])
def test_row_11_an_essential_side_container_may_have_ended_the_task(main: int) -> None:
    found = settled(essential("app", main), essential("log_router", 1))
    assert (found.cause, found.level) == (Cause.CONTAINER_EXIT, "warning")
    assert names(found) == ["log_router"]
    assert "definition.containers[1].essential" in found.evidence


def test_row_11_does_not_hold_where_a_main_container_failed() -> None:
    found = settled(essential("app", 1), essential("log_router", 1))
    assert (found.level, names(found)) == ("error", ["app"])


@pytest.mark.parametrize("code", [1, 139, 255])
def test_row_12_a_side_container_that_is_not_essential_is_never_the_cause(code: int) -> None:
    found = settled(essential("app", 137), helper("envoy", code))
    assert (found.level, names(found)) == ("error", ["app"])
    assert "container envoy ended" in " ".join(found.unknown).lower()


@each(
    ("dependency", "condition"),
    [
        pytest.param(helper("init", 1), "SUCCESS", id="failed"),
        pytest.param(helper("init", 137), "SUCCESS", id="killed"),
        pytest.param(helper("db", None, health="UNHEALTHY"), "HEALTHY", id="unhealthy"),
        pytest.param(helper("db", None), "COMPLETE", id="not ended"),
        pytest.param(helper("db", None, reason="CannotStart: x"), "START", id="start"),
    ],
)
@each(
    "changes",
    [
        pytest.param({"startedAt": ABSENT}, id="never started"),
        pytest.param({"startedAt": ABSENT, "stopCode": "TaskFailedToStart"}, id="failed to start"),
        pytest.param({}, id="started"),
    ],
)
def test_row_13_what_was_waited_for_in_vain_is_to_blame(
    dependency: Ended, condition: str, changes: dict[str, Any]
) -> None:
    """The exit code 143 of the one that waited is made up by the agent."""
    order = (Dependency(dependency.name, condition),)
    waiting = essential("app", 143, reason=GRAPH, depends_on=order)
    found = settled(waiting, dependency, **changes)
    assert (found.cause, found.level) == (Cause.FAILED_TO_START_OTHER, "error")
    assert names(found) == [dependency.name]
    assert "definition.containers[0].dependsOn" in found.evidence


def test_row_13_the_first_of_a_chain_is_to_blame() -> None:
    found = settled(
        essential("app", 143, reason=GRAPH, depends_on=(Dependency("migrate", "SUCCESS"),)),
        helper("migrate", 143, reason=GRAPH, depends_on=(Dependency("secrets", "SUCCESS"),)),
        helper("secrets", 2),
        startedAt=ABSENT,
    )
    assert names(found) == ["secrets"]


def test_row_13_blames_what_failed_rather_than_what_may_not_have_been_ready() -> None:
    order = (Dependency("db", "HEALTHY"), Dependency("init", "SUCCESS"))
    waiting = essential("app", 143, reason=GRAPH, depends_on=order)
    found = settled(waiting, helper("db", 0), helper("init", 1), startedAt=ABSENT)
    assert names(found) == ["init"]


def test_row_13_blames_nobody_who_was_not_waited_for() -> None:
    order = (Dependency("init", "SUCCESS"),)
    waiting = essential("app", 143, reason=GRAPH, depends_on=order)
    found = settled(waiting, helper("init", 1), helper("log", 1), startedAt=ABSENT)
    assert names(found) == ["init"]


def test_row_13_what_never_started_is_not_complete() -> None:
    seeded = (Dependency("seed", "COMPLETE"),)
    found = settled(
        essential("app", 143, reason=GRAPH, depends_on=seeded),
        helper("seed", 143, reason=GRAPH, depends_on=(Dependency("db", "SUCCESS"),)),
        helper("db", 137),
        essential("web", 137),
        startedAt=ABSENT,
    )
    assert names(found) == ["db"]


def test_row_13_a_circle_of_dependencies_is_no_trap() -> None:
    """AWS refuses one."""
    first = essential("a", 143, reason=GRAPH, depends_on=(Dependency("b", "SUCCESS"),))
    second = essential("b", 143, reason=GRAPH, depends_on=(Dependency("a", "SUCCESS"),))
    assert settled(first, second).alert


def test_row_13_where_every_condition_is_met_the_event_decides() -> None:
    order = (
        Dependency("init", "SUCCESS"),
        Dependency("db", "HEALTHY"),
        Dependency("seed", "COMPLETE"),
        Dependency("log", "START"),
    )
    containers = [
        essential("app", 143, reason=GRAPH, depends_on=order),
        helper("init", 0),
        helper("db", 0, health="HEALTHY"),
        helper("seed", 1),
        helper("log", None),
    ]
    found, event = settled(*containers, startedAt=ABSENT), without(*containers, startedAt=ABSENT)
    assert (found.cause, found.culprits) == (event.cause, event.culprits)


@each(
    ("code", "said"),
    [
        pytest.param(
            3,
            "Container app was not started again, because its restart policy ignores exit code 3.",
            id="row 14",
        ),
        pytest.param(
            0,
            "Container app was not started again, because its restart policy ignores exit code 0.",
            id="row 14, an end that was meant",
        ),
        pytest.param(
            1,
            "Container app was not started again, because it had run for less than the 60 seconds "
            "that its restart policy requires: a crash loop, unless this was its first run.",
            id="row 15",
        ),
        pytest.param(None, None, id="no code"),
    ],
)
def test_rows_14_and_15_a_restart_policy_says_why_nothing_was_started_again(
    code: int | None, said: str | None
) -> None:
    policy = RestartPolicy(True, frozenset({0, 3}), 60)
    assert settled(essential("app", code, restart=policy)).notes == ((said,) if said else ())


def test_row_15_has_the_period_of_aws_where_none_is_given() -> None:
    (note,) = settled(essential("app", 1, restart=RestartPolicy(True))).notes
    assert "less than the 300 seconds" in note


def test_row_15_is_not_said_where_another_end_may_have_stopped_the_task() -> None:
    restarted = essential("app", 1, restart=RestartPolicy(True))
    assert settled(restarted, essential("web", 1)).notes == ()
    assert settled(essential("app", 1, restart=RestartPolicy(False))).notes == ()


@pytest.mark.parametrize(
    "stop_code", ["UserInitiated", "ServiceSchedulerInitiated", "SomethingNew"]
)
def test_row_16_another_stop_code_is_not_changed(stop_code: str) -> None:
    containers = [essential("app", 0), helper("log", 137)]
    stop = {"stopCode": stop_code}
    assert settled(*containers, **stop) == without(*containers, **stop)


def test_row_17_an_essential_container_out_of_memory_stays_the_cause() -> None:
    killed = essential("app", 137, reason="OutOfMemoryError: killed")
    assert settled(killed, helper("log", 0)) == without(killed, helper("log", 0))


def test_row_18_a_helper_out_of_memory_did_not_stop_the_task() -> None:
    killed = helper("report", 137, reason="OutOfMemoryError: Container killed due to memory usage")
    found = settled(essential("app", 0), killed)
    assert (found.cause, found.level) == (Cause.OUT_OF_MEMORY, "error")
    (note,) = found.notes
    assert note == (
        "Not essential: container report. Running out of memory did not stop the task by itself; "
        "the essential containers ended like this: container app with exit code 0."
    )


def test_the_definition_of_another_task_settles_nothing() -> None:
    containers = [essential("app", 0), helper("log", 137)]
    task = task_of(*containers)
    other = evolve(
        definition_of(task, *containers), arn="arn:aws:ecs:eu-west-1:1:task-definition/a:1"
    )
    assert diagnose(task, FailurePolicy(), other) == diagnose(task)


def test_what_the_definition_adds_is_in_the_alert() -> None:
    containers = [essential("app", 137), helper("log", 0)]
    task = task_of(*containers)
    alert = build_alert(task, diagnose(task, FailurePolicy(), definition_of(task, *containers)))
    assert (
        "\nContainer app is the only essential one, so its end stopped the task.\n" in alert.message
    )
    assert "its end stopped the task" in alert.contexts["ecs_diagnosis"]["notes"]


@st.composite
def tasks_and_definitions(draw: st.DrawFn) -> tuple[TaskStateChange, TaskDefinition]:
    """Return a task, and a definition that has some of its containers and some of its own."""
    task = parse_event(draw(strategies.task_events()), strict=False)
    known = st.sampled_from([c.name for c in task.containers] or ["app"])
    orders = st.builds(
        Dependency, known, st.sampled_from(["START", "COMPLETE", "SUCCESS", "HEALTHY", ""])
    )
    containers = st.builds(
        ContainerDefinition,
        name=known | st.just("another"),
        essential=st.booleans(),
        depends_on=st.lists(orders, max_size=2).map(tuple),
        restart_policy=st.none()
        | st.builds(
            RestartPolicy,
            st.booleans(),
            st.frozensets(st.sampled_from([0, 1, 137])),
            st.none() | st.integers(),
        ),
    )
    definition = TaskDefinition(
        str(task.task_definition_arn),
        tuple(draw(st.lists(containers, max_size=5, unique_by=lambda c: c.name))),
    )
    return task, definition


#: Ends of containers near the border of row 1.
ENDS: Final = st.builds(
    Ended,
    name=st.sampled_from(["app", "web", "report", "envoy", "aws-guardduty-agent-1"]),
    code=st.sampled_from([0, 0, 0, 1, 137, 143, None]),
    essential=st.booleans(),
    reason=st.sampled_from([None, None, "CannotStopContainerError: x", GRAPH]),
    depends_on=st.sampled_from([(), (Dependency("app", "SUCCESS"),)]),
)
POLICIES: Final = st.builds(
    FailurePolicy,
    levels=st.dictionaries(
        st.tuples(
            st.sampled_from(["clean_exit", "failed_to_start", "container_exit"]), st.just("*")
        ),
        st.sampled_from([None, "error", "warning"]),
    ),
    ignore_exit_codes=st.sampled_from([(), (1,), (137, 143)]),
    main_containers=st.sampled_from([(), ("app",), ("report",)]),
)


def silences_wrongly(
    ends: list[Ended], known: list[Ended], policy: FailurePolicy, **changes: Any
) -> bool:
    """Return whether a definition that has *known* silences an alert that no row 1 settles."""
    task = task_of(*ends, **changes)
    if not diagnose(task, policy).alert:
        return False
    if diagnose(task, policy, definition_of(task, *known)).alert:
        return False

    counted = [c for c in ends if not matches_any(c.name, policy.ignore_containers)] or ends
    stopped = [c.code in {0, 137, 143, None} and not (c.code != 0 and c.reason) for c in counted]
    return not (
        task.stop_code == "EssentialContainerExited"
        and all(c in known for c in counted)
        and all(c.code == 0 for c in counted if c.essential)
        and all(stopped)
    )


def test_nothing_but_row_1_silences_an_alert_of_two_containers() -> None:
    """Every two ends, known or not, with the stop code or without one."""
    ends = list(product([0, 1, 143, None], [True, False], [None, GRAPH]))
    wrong = [
        (first, second, known, code)
        for first, second in product(ends, ends)
        for known, code in product([1, 2], ["EssentialContainerExited", ABSENT])
        for pair in [[Ended("app", *first), Ended("web", *second)]]
        if silences_wrongly(pair, pair[:known], FailurePolicy(), stopCode=code)
    ]
    assert wrong == []


@given(
    ends=st.lists(ENDS, min_size=1, max_size=4, unique_by=lambda c: c.name),
    unknown=st.integers(0, 3),
    policy=POLICIES,
    code=st.sampled_from(["EssentialContainerExited"] * 3 + [ABSENT, "TaskFailedToStart"]),
    more=st.sampled_from([{}, SERVICE, {"startedAt": ABSENT}]),
)
def test_nothing_but_row_1_silences_an_alert(
    ends: list[Ended], unknown: int, policy: FailurePolicy, code: Any, more: dict[str, Any]
) -> None:
    """Whatever was looked up, an alert that is due by the event stays due otherwise."""
    known = ends[:-1] if unknown == 0 else ends
    assert not silences_wrongly(ends, known, policy, stopCode=code, **more)


@given(pair=tasks_and_definitions())
def test_a_definition_changes_no_name(pair: tuple[TaskStateChange, TaskDefinition]) -> None:
    """Culprits are containers of the event, and each piece of evidence is a path."""
    task, definition = pair
    found = diagnose(task, FailurePolicy(), definition)
    assert all(c in task.containers for c in found.culprits)
    assert found.workload == diagnose(task).workload
    assert all(path.startswith(("detail.", "definition.containers[")) for path in found.evidence)
