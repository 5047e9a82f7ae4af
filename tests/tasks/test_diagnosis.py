"""Why a task stopped: event by event, row by row, and whatever the event."""

from __future__ import annotations

import json
import random
import re
from pathlib import Path
from typing import Any, Final, get_args, get_type_hints

import attrs
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

import integration.tasks
import strategies
from ecs_failure_alerts import (
    Cause,
    Diagnosis,
    FailurePolicy,
    TaskStateChange,
    Workload,
    WorkloadType,
    build_alert,
    diagnose,
    parse_event,
)
from ecs_failure_alerts.causes import CAUSES, TASK_CAUSES, TASK_WORKLOADS
from ecs_failure_alerts.policy import LEVELS
from ecs_failure_alerts.tasks.signs import CAUSE_TABLE, REASONS, CauseRow, Culprits, Sign
from ecs_failure_alerts.testing import ABSENT, task_state_change
from rows import each

EVENTS: Final = sorted((Path(__file__).parents[1] / "events").glob("*.json"))
SERVICE: Final = {"group": "service:web"}


def load(path: Path) -> dict[str, Any]:
    """Return the document of an event file."""
    document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return document


def judged(**changes: Any) -> Diagnosis:
    """Diagnose the standard event with these changes."""
    return diagnose(parse_event(task_state_change(**changes)))


def names(diagnosis: Diagnosis) -> list[str]:
    """Return the names of the containers at fault."""
    return [container.name for container in diagnosis.culprits]


def verdict(diagnosis: Diagnosis) -> dict[str, Any]:
    """Return what must not depend on the order of anything."""
    return {
        "cause": diagnosis.cause,
        "culprits": sorted(map(repr, diagnosis.culprits)),
        "alert": diagnosis.alert,
        "level": diagnosis.level,
        "workload": diagnosis.workload,
        "decision": diagnosis.decision,
        "unknown": diagnosis.unknown,
        "summary": diagnosis.summary,
    }


@each("path", [pytest.param(path, id=path.stem) for path in EVENTS])
def test_each_event_file_is_diagnosed_as_it_says(path: Path) -> None:
    document = load(path)
    task = parse_event(document["event"])
    diagnosis = diagnose(task)
    assert {
        "cause": diagnosis.cause,
        "alert": diagnosis.alert,
        "level": diagnosis.level,
        "culprits": names(diagnosis),
        "exit_codes": {container.name: container.exit_code for container in task.containers},
        "workload": {"type": diagnosis.workload.type, "name": diagnosis.workload.name},
    } == document["expect"]


def test_each_event_file_has_a_task_of_its_own_and_says_why_it_is_there() -> None:
    documents = [load(path) for path in EVENTS]
    arns = {document["event"]["detail"]["taskArn"] for document in documents}
    assert len(arns) == len(documents)
    assert all(document["why"] for document in documents)


@each("path", [pytest.param(path, id=path.stem) for path in EVENTS])
def test_an_event_file_names_no_account_that_is_somebodys(path: Path) -> None:
    fields = r'\barn:[^:"]*:[^:"]*:[^:"]*:(\d+):|"account": "(\d+)"'
    accounts = {a or b for a, b in re.findall(fields, path.read_text("utf-8"))}
    assert accounts <= {"123456789012"}


@each("cause", list(TASK_CAUSES))
def test_every_cause_has_an_event_file(cause: Cause) -> None:
    """Every cause is reached by at least one event file."""
    assert any(load(path)["expect"]["cause"] == cause for path in EVENTS)


def _row_holds(row: CauseRow, task: TaskStateChange) -> bool:
    texts: dict[str, list[str | None]] = {
        "lastStatus": [task.last_status],
        "stopCode": [task.stop_code],
        "stoppedReason": [task.stopped_reason],
        REASONS: [container.reason for container in task.containers],
    }
    absent = {"stopCode": task.stop_code, "startedAt": task.started_at, None: None}
    signs = any(
        text and re.search(sign.pattern, text)
        for sign in row.signs
        if not absent[sign.absent]
        for text in texts[sign.field]
    )
    reasons = [*texts["stoppedReason"], *texts[REASONS]]
    return signs and (row.name is None or any(re.search(row.name, text or "") for text in reasons))


@each("number", range(len(CAUSE_TABLE)))
def test_every_row_decides_an_event_file(number: int) -> None:
    """Every row of the table is the first to hold for at least one event file."""
    tasks = [parse_event(load(path)["event"]) for path in EVENTS]
    assert any(
        _row_holds(CAUSE_TABLE[number], task)
        and not any(_row_holds(row, task) for row in CAUSE_TABLE[:number])
        for task in tasks
    )


@each("number", range(len(CAUSE_TABLE)))
def test_every_row_cites_a_page_of_the_aws_documentation(number: int) -> None:
    guide = "https://docs.aws.amazon.com/AmazonECS/latest/"
    page = r"(developerguide/[a-z_-]+|APIReference/API_Task)\.html"
    assert re.fullmatch(re.escape(guide) + page, CAUSE_TABLE[number].page)


def test_every_row_and_sign_holds_a_value_that_its_class_declares() -> None:
    sign_types, row_types = get_type_hints(Sign), get_type_hints(CauseRow)
    for row in CAUSE_TABLE:
        assert row.culprits in get_args(row_types["culprits"])
        assert isinstance(row.name, row_types["name"])
        for sign in row.signs:
            assert sign.field in get_args(sign_types["field"])
            assert sign.absent in [None, *get_args(get_args(sign_types["absent"])[0])]
    assert {row.culprits for row in CAUSE_TABLE} == set(get_args(Culprits))


@each("cause", list(TASK_CAUSES))
def test_every_cause_has_a_title_of_one_word_a_sentence_and_a_hint(cause: Cause) -> None:
    text = CAUSES[cause]
    assert re.fullmatch(r"[A-Za-z]+", text.title)
    assert re.fullmatch(r"\{who\} .*\.", text.summary)
    assert re.fullmatch(r"([A-Z][a-z]*\b|\{rerun\} ).*\.", text.hint)


@each(
    ("changes", "evidence"),
    [
        pytest.param({"lastStatus": "RUNNING"}, ("detail.lastStatus",), id="not-stopped"),
        pytest.param({"stopCode": "UserInitiated"}, ("detail.stopCode",), id="stop-code"),
        pytest.param(
            {"stopCode": "ServiceSchedulerInitiated", "stoppedReason": "Task failed health checks"},
            ("detail.stoppedReason",),
            id="stopped-reason",
        ),
        pytest.param(
            {"containers": [{"name": "a"}, {"name": "b", "reason": "OutOfMemoryError"}]},
            ("detail.containers[1].reason",),
            id="reason",
        ),
        pytest.param(
            {
                "stopCode": "TaskFailedToStart",
                "containers": [{"name": "a", "reason": "CannotPullContainerError: x"}],
            },
            ("detail.stopCode", "detail.containers[0].reason"),
            id="sign-and-name",
        ),
        pytest.param(
            {"containers": [{"name": "a", "exitCode": 0}, {"name": "b", "exitCode": 3}]},
            ("detail.containers[1].exitCode",),
            id="exit-code",
        ),
        pytest.param(
            {"containers": [{"name": "a", "exitCode": 0}, {"name": "b", "exitCode": 0}]},
            ("detail.containers[0].exitCode", "detail.containers[1].exitCode"),
            id="clean-exit",
        ),
        pytest.param({"containers": []}, ("detail.containers",), id="no-containers"),
    ],
)
def test_the_evidence_names_the_fields_that_decided_as_aws_spells_them(
    changes: dict[str, Any], evidence: tuple[str, ...]
) -> None:
    assert judged(**changes).evidence == evidence


@each(
    ("changes", "summary"),
    [
        pytest.param(
            {"containers": [{"exitCode": 137, "reason": "OutOfMemoryError"}]},
            "Scheduled task nightly-report ran out of memory (limit 512 MiB): "
            "container app, exit code 137 (SIGKILL).",
            id="out-of-memory",
        ),
        pytest.param(
            {"group": "service:web"},
            "A task of service web failed: container app, exit code 1.",
            id="service",
        ),
        pytest.param(
            {"containers": [], "taskDefinitionArn": ABSENT, "group": ABSENT, "startedBy": ABSENT},
            "Standalone task without a name ended, and the event does not say how.",
            id="nothing-known",
        ),
        pytest.param(
            {"clusterArn": "arn:aws:ecs:r:1:cluster/AWSBatch-q", "stopCode": "TaskFailedToStart"},
            "Batch job nightly-report could not start: container app ended with exit code 1 before "
            "the task was up.",
            id="batch",
        ),
        pytest.param(
            {"containers": [{"name": n, "exitCode": 2} for n in "dbeca"]},
            "Scheduled task nightly-report failed: container a, exit code 2; "
            "container b, exit code 2; container c, exit code 2; and 2 more.",
            id="many",
        ),
    ],
)
def test_the_summary_is_one_sentence_about_workload_cause_and_culprits(
    changes: dict[str, Any], summary: str
) -> None:
    assert judged(**changes).summary == summary


def test_a_name_with_braces_stands_in_the_summary_as_it_is() -> None:
    diagnosis = judged(group="service:{who}{0}", containers=[{"name": "{which}"}])
    assert diagnosis.summary == "A task of service {who}{0} failed: container {which}, exit code 1."


@each(
    ("containers", "known"),
    [
        pytest.param([{"exitCode": 1}], [], id="known"),
        pytest.param([{"exitCode": 137}], ["who sent the signal"], id="kill"),
        pytest.param([{"exitCode": None}], ["reported no exit code"], id="no-code"),
        pytest.param([], ["lists no containers"], id="no-container"),
        pytest.param(
            [{"name": "a", "exitCode": 143}, {"name": "b", "exitCode": 0}],
            ["who sent the signal", "which one ended first"],
            id="undecided",
        ),
    ],
)
def test_what_the_event_cannot_tell_is_said(
    containers: list[dict[str, Any]], known: list[str]
) -> None:
    unknown = judged(containers=containers).unknown
    assert len(unknown) == len(known)
    assert all(part in sentence for part, sentence in zip(known, unknown, strict=True))


@each(
    ("reason", "got"),
    [
        pytest.param("Task failed container health checks", "output", id="container"),
        pytest.param("Task failed ELB health checks in (elb x)", "response", id="load-balancer"),
    ],
)
def test_a_failed_health_check_leaves_open_what_the_check_got(reason: str, got: str) -> None:
    (sentence,) = judged(stoppedReason=reason).unknown
    assert sentence == f"The event does not say what {got} the health check got."


def test_undecided_is_a_warning() -> None:
    """A kill beside a clean exit alerts at warning, or lower if the policy says so."""
    event = task_state_change(
        containers=[{"name": "a", "exitCode": 0}, {"name": "b", "exitCode": 137}]
    )
    levels = {
        level: diagnose(
            parse_event(event), FailurePolicy(levels={("container_exit", "*"): level})
        ).level
        for level in LEVELS
    }
    assert levels == {"fatal": "warning", "error": "warning", "warning": "warning", "info": "info"}


@each(
    ("policy", "alert"),
    [
        pytest.param(FailurePolicy(), True, id="default"),
        pytest.param(FailurePolicy(levels={("*", "*"): None}), False, id="silent"),
        pytest.param(FailurePolicy(levels={("*", "scheduled"): None}), False, id="type"),
        pytest.param(FailurePolicy(levels={("*", "service"): None}), True, id="other-type"),
        pytest.param(FailurePolicy(clusters=("jobs",)), True, id="cluster"),
        pytest.param(FailurePolicy(clusters=("j*s",)), True, id="cluster-glob"),
        pytest.param(FailurePolicy(clusters=("arn:*:cluster/jobs",)), True, id="cluster-arn"),
        pytest.param(FailurePolicy(clusters=("job",)), False, id="no-part-of-a-name"),
        pytest.param(FailurePolicy(clusters=("JOBS",)), False, id="case-counts"),
        pytest.param(FailurePolicy(clusters=("web", "db")), False, id="other-clusters"),
        pytest.param(FailurePolicy(families=("nightly-*",)), True, id="family"),
        pytest.param(FailurePolicy(families=("daily-*",)), False, id="other-family"),
        pytest.param(FailurePolicy(services=("*",)), False, id="no-service"),
        pytest.param(
            FailurePolicy(services=("web",), families=("nightly-report",)), True, id="either"
        ),
        pytest.param(
            FailurePolicy(clusters=("web",), families=("nightly-report",)), False, id="both"
        ),
        pytest.param(FailurePolicy(ignore_exit_codes=frozenset({1})), False, id="code"),
        pytest.param(FailurePolicy(ignore_exit_codes=frozenset({2})), True, id="other-code"),
        pytest.param(FailurePolicy(ignore_containers=("app",)), True, id="only-ignored-containers"),
        pytest.param(FailurePolicy(side_containers=("app",)), True, id="only-side-containers"),
    ],
)
def test_the_policy_decides_whether_a_failure_alerts(policy: FailurePolicy, alert: bool) -> None:
    """The decision says so."""
    diagnosis = diagnose(parse_event(task_state_change()), policy)
    assert diagnosis.alert is alert
    assert diagnosis.decision.startswith("alert: " if alert else "no alert: ")
    assert (diagnosis.level is not None) is alert


def test_an_ignored_code_silences_only_where_every_culprit_has_one() -> None:
    event = task_state_change(
        containers=[{"name": "a", "exitCode": 1}, {"name": "b", "exitCode": 2}]
    )
    for codes, alert in (({1}, True), ({1, 2}, False)):
        policy = FailurePolicy(ignore_exit_codes=frozenset(codes))
        assert diagnose(parse_event(event), policy).alert is alert


def test_ignored_codes_are_for_exits_only() -> None:
    """An ignored exit code does not silence another cause."""
    task = parse_event(
        task_state_change(containers=[{"exitCode": 137, "reason": "OutOfMemoryError"}])
    )
    assert diagnose(task, FailurePolicy(ignore_exit_codes=frozenset({137}))).alert


def test_missing_code_is_not_ignored() -> None:
    """A missing exit code is none of those to ignore."""
    task = parse_event(task_state_change(containers=[{"exitCode": None}]))
    assert diagnose(task, FailurePolicy(ignore_exit_codes=frozenset({0, 1}))).alert


def test_ignored_container_is_not_there() -> None:
    """An ignored container is no culprit, whatever its reason."""
    task = parse_event(
        task_state_change(
            containers=[{"name": "noise", "exitCode": 1, "reason": "OutOfMemory"}, {"exitCode": 0}]
        )
    )
    diagnosis = diagnose(task, FailurePolicy(ignore_containers=("noise",)))
    assert (diagnosis.cause, diagnosis.culprits) == (Cause.CLEAN_EXIT, ())


@pytest.mark.parametrize(
    ("exit_code", "cause"),
    [
        pytest.param(0, Cause.CLEAN_EXIT, id="clean"),
        pytest.param(1, Cause.CONTAINER_EXIT, id="failed"),
        pytest.param(None, Cause.CONTAINER_EXIT, id="missing"),
    ],
)
def test_all_containers_are_ignored(exit_code: int | None, cause: Cause) -> None:
    """A task that has none but ignored containers is judged by them: it ran for something."""
    task = parse_event(task_state_change(containers=[{"name": "job", "exitCode": exit_code}]))
    diagnosis = diagnose(task, FailurePolicy(ignore_containers=("job",)))
    assert diagnosis == diagnose(task)
    assert diagnosis.cause is cause


@each(
    ("changes", "type_", "name"),
    [
        pytest.param({}, "scheduled", "nightly-report", id="schedule"),
        pytest.param({"startedBy": "events-rule/x"}, "scheduled", "nightly-report", id="rule"),
        pytest.param({"startedBy": "somebody"}, "standalone", "nightly-report", id="standalone"),
        pytest.param({"startedBy": ABSENT}, "standalone", "nightly-report", id="nobody"),
        pytest.param({"startedBy": "xevents-rule/y"}, "standalone", "nightly-report", id="inside"),
        pytest.param(SERVICE, "service", "web", id="service"),
        pytest.param({"startedBy": "ecs-svc/1"}, "service", "nightly-report", id="starter"),
        pytest.param(
            {"clusterArn": "arn:aws:ecs:r:1:cluster/AWSBatch-q", **SERVICE},
            "batch",
            "web",
            id="batch-before-service",
        ),
        pytest.param(
            {"clusterArn": "arn:aws:ecs:r:1:cluster/my-AWSBatch-q"},
            "scheduled",
            "nightly-report",
            id="not-it",
        ),
        pytest.param(
            {"clusterArn": "arn:aws:ecs:r:1:cluster/q_Batch_0a1b2c3d-0000-1111-2222-333344445555"},
            "batch",
            "nightly-report",
            id="batch-uuid",
        ),
        pytest.param(
            {"clusterArn": "arn:aws:ecs:r:1:cluster/q_Batch_y"},
            "scheduled",
            "nightly-report",
            id="no-uuid",
        ),
        pytest.param({"group": "service:"}, "service", "nightly-report", id="no-service-name"),
        pytest.param(
            {"taskDefinitionArn": ABSENT, "group": ABSENT}, "scheduled", None, id="no-name"
        ),
    ],
)
def test_the_workload_is_batch_else_a_service_else_scheduled_else_standalone(
    changes: dict[str, Any], type_: str, name: str | None
) -> None:
    assert judged(**changes).workload == Workload(WorkloadType(type_), name)


@each(
    "variable",
    ["AWS_BATCH_JOB_ID", "AWS_BATCH_JQ_NAME", "AWS_BATCH_CE_NAME", "AWS_BATCH_JOB_ATTEMPT"],
)
def test_any_variable_of_batch_in_the_overrides_tells_a_batch_job(variable: str) -> None:
    environment = [{"name": "PATH", "value": ""}, {"name": variable, "value": "1"}]
    diagnosis = judged(overrides={"containerOverrides": [{"environment": environment}]})
    assert diagnosis.workload.type is WorkloadType.BATCH


@each(
    ("name", "by_code"),
    [
        pytest.param("app", True, id="app"),
        pytest.param("my-envoy", True, id="envoy-inside"),
        pytest.param("Envoy", False, id="any-case"),
        pytest.param("envoy", False, id="envoy"),
        pytest.param("aws-otel-collector", False, id="otel"),
        pytest.param("x-otel-collector-y", False, id="otel-inside"),
        pytest.param("a-cloudwatch-agent", False, id="cloudwatch"),
        pytest.param("cwagent", False, id="cwagent"),
        pytest.param("datadog-agent", False, id="datadog"),
        pytest.param("ecs-service-connect-Ab1", False, id="service-connect"),
        pytest.param("firelens_log", False, id="firelens"),
        pytest.param("aws-for-fluent-bit", False, id="fluent-bit"),
        pytest.param("fluentbit", False, id="fluentbit"),
        pytest.param("log_router", False, id="log_router"),
        pytest.param("log-router", False, id="log-router"),
        pytest.param("xray-daemon", False, id="xray"),
    ],
)
def test_a_side_container_beside_another_is_not_at_fault_by_its_exit_code(
    name: str, by_code: bool
) -> None:
    diagnosis = judged(containers=[{"name": name, "exitCode": 1}, {"name": "z", "exitCode": 0}])
    assert names(diagnosis) == ([name] if by_code else [])


@given(strategies.task_events(), strategies.policies())
def test_every_task_gets_a_whole_diagnosis_under_every_policy(
    event: dict[str, Any], policy: FailurePolicy
) -> None:
    task = parse_event(event)
    diagnosis = diagnose(task, policy)
    assert diagnosis.alert is (diagnosis.level is not None)
    assert set(diagnosis.culprits) <= set(task.containers)
    assert diagnosis.evidence
    assert diagnosis.summary
    assert (diagnosis.cause is Cause.NOT_STOPPED) is not task.stopped
    assert not (diagnosis.alert and not task.stopped)
    assert build_alert(task, diagnosis).level in LEVELS


@given(strategies.task_events(), st.dictionaries(strategies.any_text, strategies.json_values()))
def test_fields_that_nobody_knows_change_nothing(
    event: dict[str, Any], more: dict[str, Any]
) -> None:
    """Wherever they stand."""
    before = diagnose(parse_event(event))
    more = {f"x-{key}": value for key, value in more.items()}
    containers = [{**more, **c} for c in event["detail"].get("containers") or []]
    detail = {**more, **event["detail"]}
    if event["detail"].get("containers"):
        detail["containers"] = containers
    assert diagnose(parse_event({**more, **event, "detail": detail})) == before


@given(strategies.task_events(), st.randoms(use_true_random=False))
def test_the_order_of_keys_changes_nothing(event: dict[str, Any], order: random.Random) -> None:
    def shuffled(value: Any) -> Any:
        if isinstance(value, dict):
            items = [(key, shuffled(member)) for key, member in value.items()]
            order.shuffle(items)
            return dict(items)
        return [shuffled(member) for member in value] if isinstance(value, list) else value

    task, same = parse_event(event), parse_event(shuffled(event))
    assert diagnose(same) == diagnose(task)
    assert build_alert(same, diagnose(same)) == build_alert(task, diagnose(task))


@given(strategies.task_events(), strategies.policies(), st.randoms(use_true_random=False))
def test_the_order_of_containers_changes_no_verdict_and_no_fingerprint(
    event: dict[str, Any], policy: FailurePolicy, order: random.Random
) -> None:
    detail = dict(event["detail"])
    if detail.get("containers"):
        detail["containers"] = order.sample(detail["containers"], len(detail["containers"]))
    task, same = parse_event(event), parse_event({**event, "detail": detail})
    first, second = diagnose(task, policy), diagnose(same, policy)
    assert verdict(second) == verdict(first)
    assert build_alert(same, second).fingerprint == build_alert(task, first).fingerprint


@example(event=task_state_change(containers=[{"exitCode": 137}]))
@given(event=strategies.task_events(last_status=st.just("STOPPED")))
def test_guardduty_is_not_there(event: dict[str, Any]) -> None:
    """A GuardDuty container beside others changes nothing, whatever it holds."""
    containers = event["detail"].get("containers") or []
    assume(any(not c["name"].startswith("aws-guardduty-agent-") for c in containers))
    agent = {"name": "aws-guardduty-agent-Zz9", "exitCode": 1, "reason": "OutOfMemoryError"}
    with_agent = {**event, "detail": {**event["detail"], "containers": [*containers, agent]}}
    assert diagnose(parse_event(with_agent)) == diagnose(parse_event(event))


def test_the_titles_stay_as_they_are() -> None:
    """Alert rules and issues in Sentry are found by them."""
    assert {cause.value: CAUSES[cause].title for cause in TASK_CAUSES} == {
        "not_stopped": "NotStopped",
        "out_of_memory": "OutOfMemory",
        "user_stopped": "UserStopped",
        "failed_to_start.resource_init": "ResourceInitialization",
        "failed_to_start.image_pull": "CannotPullImage",
        "failed_to_start.other": "FailedToStart",
        "spot_interruption": "SpotInterruption",
        "host_terminated": "HostTerminated",
        "health_check": "HealthCheckFailed",
        "scheduler_stopped": "SchedulerStopped",
        "container_exit": "ContainerExit",
        "clean_exit": "CleanExit",
    }


def test_the_integration_tests_have_a_task_for_every_cause_that_alerts() -> None:
    """`tests/integration/tasks.py` lists them by hand."""
    alerting = {
        cause.value for cause in TASK_CAUSES if any(CAUSES[cause].levels[t] for t in TASK_WORKLOADS)
    }
    found = {name: judged(**changes) for name, changes in integration.tasks.CAUSES.items()}
    assert found.keys() == alerting
    assert all(diagnosis.alert and diagnosis.cause == name for name, diagnosis in found.items())


def test_sentences_of_what_is_not_known() -> None:
    """What the event leaves open is said in these words."""
    killed = [{"name": "a", "exitCode": 137}, {"name": "b", "exitCode": 0}]
    assert judged(containers=[]).unknown == ("The event lists no containers.",)
    assert judged(containers=[{"exitCode": None}]).unknown == ("ECS reported no exit code.",)
    assert judged(containers=killed, launchType="EC2").unknown == (
        (
            "The event does not say who sent the signal: a memory limit, memory pressure on the "
            "host, a stop timeout and a kill by hand look the same."
        ),
        "The event does not say which one ended first.",
    )
    assert judged(containers=[{"exitCode": 0}]).unknown == ()


@each(
    ("changes", "killers"),
    [
        pytest.param({}, "a memory limit and a kill by hand", id="alone-on-fargate"),
        pytest.param(
            {"launchType": "EC2"},
            "a memory limit, memory pressure on the host and a kill by hand",
            id="alone-on-an-instance",
        ),
        pytest.param(
            {"stopCode": ABSENT},
            "a memory limit, a stop timeout and a kill by hand",
            id="perhaps-stopped-by-ecs",
        ),
    ],
)
def test_of_a_kill_only_who_may_have_done_it_is_named(
    changes: dict[str, Any], killers: str
) -> None:
    """ECS stops nothing before its only container ends, and Fargate's hosts are AWS's."""
    (said,) = judged(containers=[{"exitCode": 137}], **changes).unknown
    assert said == f"The event does not say who sent the signal: {killers} look the same."


@each(
    ("container", "memory"),
    [
        pytest.param({"exitCode": 137}, True, id="kill"),
        pytest.param({"exitCode": 137, "reason": "DockerTimeoutError: x"}, False, id="reason"),
        pytest.param({"exitCode": 143}, False, id="terminated"),
        pytest.param({"exitCode": 1}, False, id="crash"),
    ],
)
def test_the_hint_of_137_without_a_reason_names_the_memory_limits_first(
    container: dict[str, Any], memory: bool
) -> None:
    """Those of container and task."""
    diagnosis = judged(containers=[container])
    assert diagnosis.cause is Cause.CONTAINER_EXIT
    assert ("memory limits of the container and of the task" in diagnosis.hint) is memory
    assert "last log lines before the stop" in diagnosis.hint


@each("stop_code", ["SpotInterruption", "TerminationNotice"])
@each(
    ("changes", "beginning"),
    [
        pytest.param(SERVICE, "Nothing: ECS starts another task.", id="service"),
        pytest.param({}, "Run the task again if it cannot wait", id="scheduled"),
        pytest.param({"startedBy": ABSENT}, "Run the task again, unless it is retried", id="other"),
        pytest.param(
            {"clusterArn": "arn:aws:ecs:r:1:cluster/AWSBatch-q"},
            "Run the job again unless its retry strategy does.",
            id="batch",
        ),
    ],
)
def test_hint_of_a_host_that_is_gone(
    stop_code: str, changes: dict[str, Any], beginning: str
) -> None:
    """Who is to run the task again depends on what it was part of."""
    assert judged(stopCode=stop_code, **changes).hint.startswith(beginning)


@each(
    ("changes", "policy", "decision"),
    [
        pytest.param(
            {},
            FailurePolicy(),
            "alert: container_exit of a scheduled workload is error",
            id="alert",
        ),
        pytest.param(
            {"containers": [{"name": "a", "exitCode": 143}, {"name": "b", "exitCode": 0}]},
            FailurePolicy(),
            "alert: container_exit of a scheduled workload, undecided, is warning",
            id="undecided",
        ),
        pytest.param(
            {"stopCode": "UserInitiated"},
            FailurePolicy(),
            "no alert: user_stopped of a scheduled workload is silent",
            id="silent",
        ),
        pytest.param(
            {},
            FailurePolicy(clusters=["x"]),
            "no alert: container_exit of a scheduled workload is silent by clusters "
            "(all but cluster x)",
            id="cluster",
        ),
        pytest.param(
            {},
            FailurePolicy(families=["x"]),
            "no alert: container_exit of a scheduled workload is silent by families "
            "(all but family x)",
            id="family",
        ),
        pytest.param(
            {},
            FailurePolicy(ignore_exit_codes=[1]),
            "no alert: container_exit of a scheduled workload is silent by ignore_exit_codes "
            "(cause container_exit, exit_code 1)",
            id="exit-code",
        ),
    ],
)
def test_the_decision_says_in_one_line_why_there_is_an_alert_or_none(
    changes: dict[str, Any], policy: FailurePolicy, decision: str
) -> None:
    assert diagnose(parse_event(task_state_change(**changes)), policy).decision == decision


def test_three_containers_are_named() -> None:
    """Three containers at fault are all named, and there is no rest."""
    summary = judged(containers=[{"name": n, "exitCode": 2} for n in "abc"]).summary
    assert summary.endswith("container b, exit code 2; container c, exit code 2.")


@pytest.mark.parametrize("place", ["stoppedReason", "reason"])
def test_reads_so_much_of_a_text(place: str) -> None:
    """Of a text twice what AWS allows is read, and no more: a hostile one costs no time."""
    for blanks, cause in ((2037, Cause.OUT_OF_MEMORY), (2038, Cause.CONTAINER_EXIT)):
        text = " " * blanks + "OutOfMemory"
        changes = {"stoppedReason": text} if place == "stoppedReason" else {}
        container = {"exitCode": 1} | ({"reason": text} if place == "reason" else {})
        assert judged(**changes, containers=[container]).cause is cause


def test_a_diagnosis_made_by_hand_leaves_nothing_open_unless_it_says_so() -> None:
    fields = {f.name: getattr(judged(), f.name) for f in attrs.fields(Diagnosis)}
    del fields["unknown"]
    assert Diagnosis(**fields).unknown == ()


def test_of_two_killed_containers_the_one_that_was_waited_for_kept_the_task_from_starting() -> None:
    reason = (
        "CannotStartContainerError: dependency graph: failed to resolve container ordering "
        "dependency [db] for target [web] as dependency did not exit successfully."
    )
    killed = [{"name": "app", "exitCode": 137}, {"name": "db", "exitCode": 137}]
    found = judged(
        startedAt=ABSENT,
        containers=[*killed, {"name": "web", "exitCode": 143, "reason": reason}],
    )
    assert [container.name for container in found.culprits] == ["db"]


@each("stop_code", ["UserInitiated", "ServiceSchedulerInitiated", "SpotInterruption"])
def test_nobody_is_at_fault_in_a_stop_that_somebody_asked_for(stop_code: str) -> None:
    """Not even a container that was unhealthy by then."""
    found = judged(stopCode=stop_code, containers=[{"exitCode": 0, "healthStatus": "UNHEALTHY"}])
    assert (found.culprits, found.evidence) == ((), ("detail.stopCode",))


IMAGE, RESOURCE, OTHER = (
    Cause.FAILED_TO_START_IMAGE_PULL,
    Cause.FAILED_TO_START_RESOURCE_INIT,
    Cause.FAILED_TO_START_OTHER,
)


@each(
    ("text", "cause"),
    [
        ("Task failed to start", OTHER),
        ("CannotPullContainerError: pull image manifest", IMAGE),
        ("the image pull has been retried 5 time(s)", OTHER),
        ("pull access denied for x", OTHER),
        ("manifest unknown: x", OTHER),
        ("toomanyrequests: You have reached your pull rate limit", OTHER),
        ("write /x: no space left on device", OTHER),
        ("API error (500): Get https://x", OTHER),
        ("ResourceInitializationError: x", RESOURCE),
        ("ResourceNotFoundException: x", OTHER),
        ("Fetching secret data from SSM failed", RESOURCE),
        ("unable to pull secrets or registry auth: x", RESOURCE),
        ("failed to validate logger args: x", RESOURCE),
        ("failed to initialize logging driver: x", RESOURCE),
        ("failed to invoke EFS utils commands", RESOURCE),
        ("failed to configure ENI: x", OTHER),
        ("Timeout waiting for network interface provisioning to complete.", OTHER),
        ("Network interface provision complete error timeout expired", OTHER),
        ("Rate limit exceeded while preparing network interface to be attached", OTHER),
        ("Timeout waiting for EphemeralStorage provisioning to complete.", OTHER),
        ("Unexpected EC2 error while attempting to Create Network Interface", OTHER),
        ("Unable to attach network interface to unused DNS", OTHER),
        ("x is not compatible with the selected compute strategy", OTHER),
        ("RESOURCE:MEMORY", OTHER),
        ("TaskFailedToStart: x", OTHER),
        ("InternalError: x", OTHER),
        ("AGENT", OTHER),
        ("CannotStartContainerError: x", OTHER),
        ("CannotCreateVolumeError: x", RESOURCE),
        ("TaskDependencyError: x", OTHER),
        ("HostConfigError: x", OTHER),
        ("ContainerRuntimeError: x", OTHER),
        ("DockerTimeoutError: Could not transition to created", OTHER),
        ("ContainerRuntimeTimeoutError: x", OTHER),
        ("Could not transition to started; timed out", OTHER),
        ("cannotpullcontainererror in capitals or not", IMAGE),
        ("x\nCannotPullContainerError: on the second line", IMAGE),
    ],
)
def test_each_wording_of_a_failed_start_is_one(text: str, cause: Cause) -> None:
    """As the task's reason or a container's, before the start."""
    before: dict[str, Any] = {"stopCode": ABSENT, "startedAt": ABSENT}
    fine, said = {"exitCode": 0}, {"exitCode": 0, "reason": text}
    assert judged(**before, stoppedReason=text, containers=[fine]).cause is cause
    if text != "Task failed to start":
        assert judged(**before, containers=[said]).cause is cause
        assert judged(stopCode=ABSENT, containers=[said]).cause is Cause.CLEAN_EXIT


@each(
    "text",
    [
        "CannotStopContainerError: DockerTimeoutError: Could not transition to created",
        "DockerTimeoutError: Could not transition to stopped; timed out",
        "ContainerRuntimeTimeoutError: Could not transition to stopped",
        "the AGENT is fine",
        "AGENT is fine",
        "an AGENT",
        "CannotInspectContainerError: Could not transition to inspecting; timed out",
        "RESOURCE: none",
    ],
)
def test_the_noise_of_a_planned_stop_is_no_failed_start(text: str) -> None:
    """Nor is what only looks like a wording."""
    found = judged(
        stopCode=ABSENT, startedAt=ABSENT, stoppedReason=text, containers=[{"exitCode": 0}]
    )
    assert found.cause is Cause.CLEAN_EXIT


@each(
    ("text", "cause"),
    [
        ("Task stopped by user", Cause.USER_STOPPED),
        ("Your Spot Task was interrupted.", Cause.SPOT_INTERRUPTION),
        ("Host EC2 (instance i-1) terminated.", Cause.HOST_TERMINATED),
        ("Host EC2 (instance i-1) stopped.", Cause.HOST_TERMINATED),
        ("ECS is performing maintenance on the underlying infrastructure", Cause.HOST_TERMINATED),
        ("Container instance deregistration forced by user", Cause.HOST_TERMINATED),
        ("Task failed ELB health checks in (target-group x)", Cause.HEALTH_CHECK),
        ("Scaling activity initiated by (deployment x)", Cause.SCHEDULER_STOPPED),
        ("OutOfMemory", Cause.OUT_OF_MEMORY),
        ("Essential container in task exited", Cause.CLEAN_EXIT),
    ],
)
def test_without_a_stop_code_the_tasks_reason_tells(text: str, cause: Cause) -> None:
    found = judged(stopCode=ABSENT, stoppedReason=text, containers=[{"exitCode": 0}])
    assert found.cause is cause


@pytest.mark.parametrize(
    ("stop_code", "cause"),
    [
        (ABSENT, Cause.SCHEDULER_STOPPED),
        ("ServiceSchedulerInitiated", Cause.SCHEDULER_STOPPED),
        ("SomethingNew", Cause.OUT_OF_MEMORY),
    ],
)
def test_what_begins_as_the_schedulers_own_sentence_is_read_no_further(
    stop_code: Any, cause: Cause
) -> None:
    """Under its code or none."""
    text = "Scaling activity initiated by (deployment x) after an OutOfMemoryError"
    found = judged(stopCode=stop_code, stoppedReason=text, containers=[{"exitCode": 0}])
    assert found.cause is cause


@each(
    ("code", "cause"),
    [
        ("UserInitiated", Cause.USER_STOPPED),
        ("TaskFailedToStart", OTHER),
        ("SpotInterruption", Cause.SPOT_INTERRUPTION),
        ("TerminationNotice", Cause.HOST_TERMINATED),
        ("InfrastructureHealth", Cause.HOST_TERMINATED),
        ("ServiceSchedulerInitiated", Cause.SCHEDULER_STOPPED),
        ("EssentialContainerExited", Cause.CLEAN_EXIT),
    ],
)
def test_a_stop_code_tells_by_itself_and_only_as_a_whole(code: str, cause: Cause) -> None:
    said: dict[str, Any] = {"stoppedReason": "x", "containers": [{"exitCode": 0}]}
    assert judged(**said, stopCode=code).cause is cause
    for other in (f"{code}2", f"x{code}", code.lower(), f"{code}\n"):
        assert judged(**said, stopCode=other).cause is Cause.CLEAN_EXIT


@each(
    ("reason", "cause"),
    [
        ("CannotStartContainerError: Fetching secret data failed", RESOURCE),
        ("CannotCreateContainerError: Fetching secret data failed", RESOURCE),
        ("Fetching secret data failed", RESOURCE),
        ("CannotPullContainerError: Fetching secret data failed", IMAGE),
    ],
)
def test_the_wording_that_says_more_wins(reason: str, cause: Cause) -> None:
    """Of several wordings the one that says more wins, and its container is at fault."""
    containers = [{"name": "a", "exitCode": 0}, {"name": "b", "exitCode": 0, "reason": reason}]
    found = judged(stopCode="TaskFailedToStart", startedAt=ABSENT, containers=containers)
    assert (found.cause, names(found)) == (cause, ["b"])
