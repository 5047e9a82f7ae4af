"""
The Terraform example applied to moto's AWS, and an event on its whole way through it.

Rule and queue are moto's, the function is the built zip under the real runtime client, Sentry is
a loopback inbox. What Lambda does between the queue and the function is imitated, since moto
needs Docker for it; that a rule invokes a function is not shown, since moto cannot do it; nor
which queues may put dead letters where, which moto forgets (`modes.tftest.hcl` looks at that).
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import shutil
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from ecs_failure_alerts import FailurePolicy
from ecs_failure_alerts.notices.pattern import notice_patterns
from ecs_failure_alerts.sources import read_payload
from ecs_failure_alerts.testing import SentryInbox, schedule_dead_letter, task_state_change
from integration.components import require
from integration.lambda_package import bare_python, build, unpack
from integration.lambda_runtime import LambdaSandbox
from integration.moto_server import Moto, moto_server
from integration.sqs_mapping import Queues, SqsMapping
from integration.stacks import WITHOUT_REDRIVE_ALLOW_POLICY, Stack, imitated
from integration.terraform import Terraform, bare_copy, require_terraform

pytestmark = [pytest.mark.integration, pytest.mark.slow]

PARAMETER = "/ecs-failure-alerts/sentry-dsn"
STATES = Path(__file__).with_name("terraform_states")
#: What the stack has a rule for.
KINDS = ("tasks", "services", "runs")
ALARM_TOPIC = "arn:aws:sns:eu-west-1:123456789012:on-call"


@pytest.fixture(scope="module")
def stacks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Stack]]:
    """
    Apply the example in both modes, at once: most of it is the provider's waiting.

    Each has an AWS of its own: moto fails where a rule on the same bus invokes a function.
    """
    require_terraform()
    require("boto3", "moto.server", "awslambdaric")
    folder = tmp_path_factory.mktemp("terraform")
    package = build(folder / "dist")

    def apply(mode: str, aws: Moto) -> Stack:
        terraform = Terraform(bare_copy(folder / mode), aws.env)
        terraform.init()
        variables: dict[str, Any] = {
            "name": f"alerts-{mode}",
            "mode": mode,
            "lambda_zip": str(package),
            "sentry_dsn": {"ssm_parameter": PARAMETER},
            "alarm_actions": [ALARM_TOPIC],
            "settings": {"ECS_ALERTS_ENVIRONMENT": "production"},
            "refused_runs": True,
        }
        (terraform.folder / "terraform.tfvars.json").write_text(json.dumps(variables))
        (terraform.folder / "moto_override.tf").write_text(WITHOUT_REDRIVE_ALLOW_POLICY)
        terraform.run("apply", "-auto-approve", "-input=false", timeout=400)
        output = json.loads(terraform.run("output", "-json"))
        values = {name: item["value"] for name, item in output.items()}
        return Stack(variables["name"], values, aws, package, terraform)

    with ExitStack() as stack, ThreadPoolExecutor() as pool:
        applying = {}
        for mode in ("queue", "direct"):
            (folder / mode).mkdir()
            aws = stack.enter_context(moto_server(folder / mode))
            applying[mode] = pool.submit(apply, mode, aws)
        yield {mode: future.result() for mode, future in applying.items()}


@pytest.fixture(params=["queue", "direct"])
def stack(request: pytest.FixtureRequest, stacks: dict[str, Stack]) -> Stack:
    """Return the example in each mode."""
    return stacks[request.param]


def test_the_rule_is_enabled_and_has_the_policys_pattern(stack: Stack) -> None:
    rule = stack.aws.client("events").describe_rule(Name=stack.name)
    assert rule["State"] == "ENABLED"
    policy = json.loads(FailurePolicy().event_pattern().to_json())
    assert json.loads(rule["EventPattern"]) == policy == json.loads(stack.output["event_pattern"])


@pytest.mark.parametrize("kind", ["services", "runs"])
def test_a_kind_of_notice_that_is_switched_on_has_a_rule_with_its_pattern(
    stack: Stack, kind: str
) -> None:
    rule = stack.aws.client("events").describe_rule(Name=f"{stack.name}-{kind}")
    assert rule["State"] == "ENABLED"
    assert json.loads(rule["EventPattern"]) == json.loads(notice_patterns()[kind].to_json())
    assert stack.output["rule_arns"][kind] == rule["Arn"]


@pytest.mark.parametrize("suffix", ["", "-services", "-runs"])
def test_the_target_is_retried_for_a_day_and_then_the_event_is_kept(
    stack: Stack, suffix: str
) -> None:
    """In the queue for what the target does not take."""
    target = stack.target(f"{stack.name}{suffix}")
    arn = stack.queue_arn or stack.output["function_arn"]
    assert target["Arn"] == arn
    assert target["RetryPolicy"] == {
        "MaximumEventAgeInSeconds": 86400,
        "MaximumRetryAttempts": 185,
    }
    assert target["DeadLetterConfig"] == {
        "Arn": stack.attributes(f"{stack.name}-undelivered")["QueueArn"]
    }


def test_the_function_is_the_built_zip_with_the_dsn_by_reference(stack: Stack) -> None:
    """In the runtime that it was tested in."""
    function = stack.function()
    digest = hashlib.sha256(stack.package.read_bytes()).digest()
    assert function["CodeSha256"] == base64.b64encode(digest).decode()
    assert (function["Runtime"], function["Architectures"]) == ("python3.13", ["arm64"])
    assert function["Handler"] == "handler.lambda_handler"
    variables = function["Environment"]["Variables"]
    assert variables == {
        "ECS_ALERTS_PARTIAL_BATCH": "1",
        "ECS_ALERTS_ENVIRONMENT": "production",
        "ECS_ALERTS_SENTRY_DSN_SSM_PARAMETER": PARAMETER,
    }


def test_the_log_is_kept_for_30_days(stack: Stack) -> None:
    groups = stack.aws.client("logs").describe_log_groups(
        logGroupNamePrefix=stack.output["log_group_name"]
    )["logGroups"]
    assert [(g["logGroupName"], g["retentionInDays"]) for g in groups] == [
        (f"/aws/lambda/{stack.name}", 30)
    ]


def test_every_alarm_tells_somebody_and_watches_what_is_there(stack: Stack) -> None:
    alarms = stack.aws.client("cloudwatch").describe_alarms(AlarmNamePrefix=stack.name)
    own = ["late"] if stack.queue_arn else ["failed-lost", "throttled"]
    found = {alarm["AlarmName"]: alarm for alarm in alarms["MetricAlarms"]}
    assert set(found) == {
        f"{stack.name}-{name}"
        for name in (
            *("errors", "failed", "schedules-late", "undelivered", "undelivered-lost"),
            *("undelivered-lost-services", "undelivered-lost-runs", *own),
        )
    }
    suffixes = ("", "-failed", "-undelivered", "-schedules", "-services", "-runs")
    names = {f"{stack.name}{suffix}" for suffix in suffixes}
    metrics = {name.removeprefix(f"{stack.name}-"): a["MetricName"] for name, a in found.items()}
    assert metrics == {
        "errors": "Errors",
        "failed": "ApproximateNumberOfMessagesVisible",
        "undelivered": "ApproximateNumberOfMessagesVisible",
        "undelivered-lost": "InvocationsFailedToBeSentToDlq",
        "undelivered-lost-services": "InvocationsFailedToBeSentToDlq",
        "undelivered-lost-runs": "InvocationsFailedToBeSentToDlq",
        "schedules-late": "ApproximateAgeOfOldestMessage",
    } | (
        {"late": "ApproximateAgeOfOldestMessage"}
        if stack.queue_arn
        else {"failed-lost": "DestinationDeliveryFailures", "throttled": "Throttles"}
    )
    for name in ("failed", "undelivered"):
        (dimension,) = found[f"{stack.name}-{name}"]["Dimensions"]
        assert dimension == {"Name": "QueueName", "Value": f"{stack.name}-{name}"}
    for alarm in found.values():
        assert alarm["AlarmActions"] == [ALARM_TOPIC]
        assert {dimension["Value"] for dimension in alarm["Dimensions"]} <= names


def test_the_role_may_read_this_very_parameter_and_these_very_queues(stack: Stack) -> None:
    client = stack.aws.client("iam")
    role = stack.output["role_arn"].rpartition("/")[2]
    assert client.list_attached_role_policies(RoleName=role)["AttachedPolicies"] == []
    (name,) = client.list_role_policies(RoleName=role)["PolicyNames"]
    document = client.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
    allowed = {s["Sid"]: s["Resource"] for s in document["Statement"]}
    assert allowed.pop("ReadDsn") == [f"arn:aws:ssm:eu-west-1:123456789012:parameter{PARAMETER}"]
    assert allowed.pop("Log")[0].startswith(
        f"arn:aws:logs:eu-west-1:123456789012:log-group:/aws/lambda/{stack.name}:"
    )
    schedules = stack.output["schedules_queue_arn"]
    if stack.queue_arn:
        assert allowed == {"TakeEvents": [stack.queue_arn, schedules]}
    else:
        failed = stack.output["dead_letter_queue_arns"]["failed"]
        assert allowed == {"TakeEvents": [schedules], "KeepFailures": [failed]}


def test_queues_are_encrypted_and_take_only_what_their_own_rules_send(stack: Stack) -> None:
    """They want TLS."""
    own = {"ArnEquals": {"aws:SourceArn": sorted(stack.output["rule_arns"].values())}}
    rules_of_the_account = "arn:aws:events:eu-west-1:123456789012:rule/*"
    names = [f"{stack.name}-{suffix}" for suffix in ("failed", "undelivered", "schedules")]
    names += [stack.name] if stack.queue_arn else []
    for name in names:
        attributes = stack.attributes(name)
        assert attributes["SqsManagedSseEnabled"] == "true"
        tls, *others = json.loads(attributes["Policy"])["Statement"]
        assert (tls["Effect"], tls["Resource"]) == ("Deny", attributes["QueueArn"])
        assert tls["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
        if name.endswith("-failed"):
            assert others == []
            continue
        (statement,) = others
        assert statement["Principal"] == {"Service": "events.amazonaws.com"}
        assert statement["Resource"] == attributes["QueueArn"]
        condition = statement["Condition"]
        if name.endswith("-schedules"):
            assert condition == {"ArnLike": {"aws:SourceArn": rules_of_the_account}}
        else:
            condition["ArnEquals"]["aws:SourceArn"].sort()
            assert condition == own


def test_in_mode_queue_the_mapping_has_what_the_functions_answers_need(
    stacks: dict[str, Stack],
) -> None:
    """And the queue its time."""
    stack = stacks["queue"]
    mapping = stack.mapping(stack.name)
    assert mapping["FunctionArn"] == stack.output["function_arn"]
    assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert mapping["ScalingConfig"] == {"MaximumConcurrency": 2}
    attributes = stack.attributes(stack.name)
    visibility = int(attributes["VisibilityTimeout"])
    redrive = json.loads(attributes["RedrivePolicy"])
    assert visibility >= 6 * stack.function()["Timeout"]
    assert visibility * (int(redrive["maxReceiveCount"]) - 1) >= 6 * 3600
    assert redrive["deadLetterTargetArn"] == stack.output["dead_letter_queue_arns"]["failed"]


def test_in_mode_direct_the_rules_alone_may_invoke_the_function(stacks: dict[str, Stack]) -> None:
    """Its failures are kept."""
    stack = stacks["direct"]
    client = stack.aws.client("lambda")
    statements = json.loads(client.get_policy(FunctionName=stack.name)["Policy"])["Statement"]
    services = [statement["Principal"] for statement in statements]
    assert services == [{"Service": "events.amazonaws.com"}] * 3
    sources = {statement["Condition"]["ArnLike"]["AWS:SourceArn"] for statement in statements}
    assert sources == {*stack.output["rule_arns"].values()}
    config = client.get_function_event_invoke_config(FunctionName=stack.name)
    assert (config["MaximumRetryAttempts"], config["MaximumEventAgeInSeconds"]) == (2, 21600)
    assert config["DestinationConfig"]["OnFailure"] == {
        "Destination": stack.output["dead_letter_queue_arns"]["failed"]
    }


def test_mode_changes_without_a_gap(stack: Stack) -> None:
    """Applying the other mode moves the rule's target, after the new parts came; it never goes."""
    queue_parts = {
        "aws_sqs_queue.this[0]",
        'aws_sqs_queue_policy.this["this"]',
        "aws_lambda_event_source_mapping.this[0]",
    }
    direct_parts = {
        *(f'aws_lambda_permission.this["{kind}"]' for kind in KINDS),
        "aws_lambda_function_event_invoke_config.this[0]",
    }
    mode, new = ("direct", direct_parts) if stack.queue_arn else ("queue", queue_parts)
    stack.terraform.run("plan", "-input=false", "-out=moved", f"-var=mode={mode}")
    waits = waits_of(stack.terraform.run("graph", "-plan=moved"))
    for kind in KINDS:
        target = f'aws_cloudwatch_event_target.this["{kind}"]'
        assert f"{target} (destroy)" not in waits
        assert new <= waits[target]


def test_an_upgrade_from_one_rule_destroys_nothing(stack: Stack, tmp_path: Path) -> None:
    """The states are of the example when it had the rule for tasks alone, applied to moto."""
    landed = STATES / ("queue.json" if stack.queue_arn else "direct.json")
    state = shutil.copy(landed, tmp_path / "terraform.tfstate")
    options = ("-input=false", "-refresh=false", f"-state={state}", "-out=upgrade")
    stack.terraform.run("plan", *options)
    plan = json.loads(stack.terraform.run("show", "-json", "upgrade"))

    changes = {change["address"]: change for change in plan["resource_changes"]}
    actions = {address: change["change"]["actions"] for address, change in changes.items()}
    assert [address for address, done in actions.items() if "delete" in done] == []
    target = changes['aws_cloudwatch_event_target.this["tasks"]']
    assert target["previous_address"] == "aws_cloudwatch_event_target.this"
    kept = {address for address, done in actions.items() if done != ["create"]}
    assert len(kept) == sum(
        len(resource["instances"])
        for resource in json.loads(landed.read_text())["resources"]
        if resource["mode"] == "managed"
    )
    assert actions['aws_cloudwatch_event_rule.notices["services"]'] == ["create"]


def waits_of(graph: str) -> dict[str, set[str]]:
    """Return by each step in Terraform's *graph* the steps before it."""
    before: dict[str, set[str]] = {}
    for edge in re.findall(r'^\s*"\[root\] (.+)" -> "\[root\] (.+)"$', graph, re.MULTILINE):
        step, earlier = (name.replace('\\"', '"') for name in edge)
        before.setdefault(step, set()).add(earlier)
    while True:
        further = {
            step: earlier.union(*(before.get(other, ()) for other in earlier))
            for step, earlier in before.items()
        }
        if further == before:
            return before
        before = further


@pytest.fixture
def function(
    stack: Stack,
    inbox: SentryInbox,
    sandbox: Callable[..., LambdaSandbox],
    tmp_path: Path,
) -> LambdaSandbox:
    """Return the function as deployed, its DSN in moto's SSM being the inbox's."""
    ssm = stack.aws.client("ssm")
    ssm.put_parameter(Name=PARAMETER, Value=inbox.dsn, Type="SecureString", Overwrite=True)
    return sandbox(
        unpack(stack.package, tmp_path / "task"),
        stack.function()["Handler"],
        env=stack.environment(),
        timeout_seconds=stack.function()["Timeout"],
        python=bare_python(tmp_path / "runtime"),
    )


@pytest.fixture
def mapping(stack: Stack, function: LambdaSandbox) -> SqsMapping:
    """Return what stands for the event source mapping of the queue in front."""
    return imitated(stack, stack.name, function)


@pytest.fixture
def schedules(stack: Stack, function: LambdaSandbox) -> SqsMapping:
    """Return what stands for the event source mapping of the queue for schedules."""
    return imitated(stack, f"{stack.name}-schedules", function)


def failed_task() -> dict[str, Any]:
    """Make an event of a new task that could not start."""
    task = f"arn:aws:ecs:eu-west-1:123456789012:task/jobs/{uuid.uuid4().hex}"
    return task_state_change(taskArn=task, stopCode="TaskFailedToStart", startedAt=None)


@pytest.mark.parametrize("stack", ["queue"], indirect=True)
def test_an_event_that_ecs_emits_is_an_alert_in_sentry(
    stack: Stack,
    mapping: SqsMapping,
    inbox: SentryInbox,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Hop by hop."""
    begin = time.monotonic()
    hops = []

    def hop(what: str) -> None:
        hops.append(f"{(time.monotonic() - begin) * 1000:6.0f} ms  {what}")

    event = failed_task()
    sent = stack.aws.client("events").put_events(
        Entries=[
            {
                "Source": event["source"],
                "DetailType": event["detail-type"],
                "Detail": json.dumps(event["detail"]),
                "Resources": event["resources"],
            }
        ]
    )
    assert sent["FailedEntryCount"] == 0
    hop(f"put_events: the bus took {event['detail']['taskArn']}")

    deadline = time.monotonic() + 10
    while mapping.queues.count(mapping.queue) == 0:
        assert time.monotonic() < deadline, "the rule did not send the event to the queue"
        time.sleep(0.05)
    hop(f"rule {stack.name} -> queue {mapping.queue.arn}")

    done = mapping.poll()
    assert done is not None
    assert done.succeeded, done.log
    assert done.result == {"batchItemFailures": []}
    hop(f"queue -> {stack.package.name} under awslambdaric, answer {json.dumps(done.result)}")

    (accepted,) = inbox.events
    (request,) = inbox.requests
    assert event["detail"]["taskArn"] in json.dumps(accepted)
    assert accepted["environment"] == "production"
    hop(f"function -> SSM parameter {PARAMETER} -> DSN of {request.path}")
    hop(f"function -> Sentry: accepted {accepted['event_id']}, {_title(accepted)}")

    assert mapping.queues.count(mapping.queue) == 0
    assert mapping.queues.count(stack.queue(f"{stack.name}-failed")) == 0
    hop("queue: empty, and so is the dead-letter queue")
    with capsys.disabled():
        print("\n" + "\n".join(hops))


def refused_run() -> dict[str, Any]:
    """Return what CloudTrail tells of a run that ECS refused to a schedule's role."""
    return {
        "source": "aws.ecs",
        "detail-type": "AWS API Call via CloudTrail",
        "detail": {
            "eventSource": "ecs.amazonaws.com",
            "eventName": "RunTask",
            "eventTime": "2026-03-02T02:00:00Z",
            "eventID": str(uuid.uuid4()),
            "userIdentity": {"type": "AWSService", "invokedBy": "scheduler.amazonaws.com"},
            "errorCode": "ClientException",
            "errorMessage": "TaskDefinition is inactive",
            "requestParameters": {"cluster": "jobs", "taskDefinition": "nightly:7"},
        },
    }


@pytest.mark.parametrize("stack", ["queue"], indirect=True)
def test_a_refused_run_goes_from_its_rule_to_sentry(
    stack: Stack, mapping: SqsMapping, inbox: SentryInbox
) -> None:
    event = refused_run()
    entry = {"Source": event["source"], "DetailType": event["detail-type"]}
    stack.aws.client("events").put_events(
        Entries=[entry | {"Detail": json.dumps(event["detail"])}],
    )
    deadline = time.monotonic() + 10
    while mapping.queues.count(mapping.queue) == 0:
        assert time.monotonic() < deadline, "the rule did not send the event to the queue"
        time.sleep(0.05)
    assert all(attempt.succeeded for attempt in mapping.drain())
    (accepted,) = inbox.events
    assert _title(accepted) == "RunRefused: nightly"


def dead_letters(stack: Stack) -> dict[str, dict[str, Any]]:
    """Return messages as SQS takes them, by the title of the alert that each has to become."""
    events = "arn:aws:events:eu-west-1:123456789012"
    cluster = "arn:aws:ecs:eu-west-1:123456789012:cluster/jobs"
    (of_scheduler,) = schedule_dead_letter()["Records"]
    texts = {name: held["stringValue"] for name, held in of_scheduler["messageAttributes"].items()}
    refused = {"ERROR_CODE": "NO_PERMISSIONS", "ERROR_MESSAGE": "no"}
    of_rule = refused | {"RULE_ARN": f"{events}:rule/nightly", "TARGET_ARN": cluster}
    tick = {
        "id": str(uuid.uuid4()),
        "time": "2026-03-02T02:00:00Z",
        "detail-type": "Scheduled Event",
    }
    own = refused | {
        "RULE_ARN": stack.output["rule_arn"],
        "TARGET_ARN": stack.target(stack.name)["Arn"],
    }
    return {
        "schedule default/nightly": _message("{}", texts),
        "rule nightly": _message(json.dumps(tick | {"source": "aws.events"}), of_rule),
        "FailedToStart": _message(json.dumps(failed_task()), own),
    }


def _message(body: str, texts: dict[str, str]) -> dict[str, Any]:
    attributes = {
        name: {"DataType": "String", "StringValue": value} for name, value in texts.items()
    }
    return {"MessageBody": body, "MessageAttributes": attributes}


def test_dead_letters_of_schedules_alert_and_those_of_the_stack_as_what_they_hold(
    stack: Stack, schedules: SqsMapping, inbox: SentryInbox
) -> None:
    letters = dead_letters(stack)
    for message in letters.values():
        schedules.queues.client.send_message(QueueUrl=schedules.queue.url, **message)
    assert all(attempt.succeeded for attempt in schedules.drain())
    assert schedules.queues.count(schedules.queue) == 0
    assert schedules.queues.count(stack.queue(f"{stack.name}-failed")) == 0
    alerts = [json.dumps(event) for event in inbox.events]
    assert len(alerts) == len(letters)
    for sign in letters:
        assert len([alert for alert in alerts if sign in alert]) == 1, sign
    assert sum("ScheduleTargetFailed" in alert for alert in alerts) == 2


def _title(event: dict[str, Any]) -> str:
    return str(event["exception"]["values"][0]["type"])


@pytest.mark.parametrize("stack", ["queue"], indirect=True)
def test_poison_becomes_a_dead_letter(
    stack: Stack, mapping: SqsMapping, inbox: SentryInbox, capsys: pytest.CaptureFixture[str]
) -> None:
    """A message that nobody can read ends in the dead-letter queue; the one beside it alerts."""
    poison = json.dumps(failed_task() | {"detail": "broken"})
    mapping.queues.send(mapping.queue, poison, json.dumps(failed_task()))
    attempts = mapping.drain(timeout=120)
    assert all(attempt.succeeded for attempt in attempts)
    redrive = json.loads(stack.attributes(stack.name)["RedrivePolicy"])
    assert len(attempts) == int(redrive["maxReceiveCount"])
    dead = mapping.queues.bodies(stack.queue(f"{stack.name}-failed"))
    assert dead == [poison]
    assert len(inbox.deliveries) == 1
    with capsys.disabled():
        print(f"\npoison: {len(attempts)} receives, then in {stack.name}-failed")


@pytest.mark.parametrize("stack", ["queue"], indirect=True)
def test_while_sentry_is_away_the_event_waits_and_then_alerts_by_itself(
    stack: Stack, mapping: SqsMapping, inbox: SentryInbox
) -> None:
    inbox.answer(503)
    mapping.queues.send(mapping.queue, json.dumps(failed_task()))
    for _ in range(2):
        done = mapping.poll()
        assert done is not None
        assert len(done.result["batchItemFailures"]) == 1
        assert mapping.queues.count(mapping.queue) == 1
    inbox.answer("ok")
    mapping.drain(timeout=30)
    assert len(inbox.events) == 1
    assert mapping.queues.count(mapping.queue) == 0


@pytest.mark.parametrize("stack", ["direct"], indirect=True)
def test_in_mode_direct_an_event_alerts_and_a_failed_one_can_be_sent_again(
    stack: Stack, function: LambdaSandbox, inbox: SentryInbox
) -> None:
    """After it failed three times."""
    assert function.invoke_async(failed_task()).succeeded
    assert len(inbox.events) == 1
    inbox.answer(503)
    event = failed_task()
    failed = function.invoke_async(event, retries=2)
    assert not failed.succeeded
    # What Lambda sends to the queue that the example names as the destination.
    queues, queue = Queues(stack.aws.client("sqs")), stack.queue(f"{stack.name}-failed")
    queues.send(queue, json.dumps(failed.on_failure))
    inbox.answer("ok")
    received = queues.client.receive_message(QueueUrl=queue.url)
    (record,) = read_payload(json.dumps(received, default=str))
    assert record.event == event
