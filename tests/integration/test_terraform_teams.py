"""The example of two teams, applied to moto's AWS: who is told of what."""

from __future__ import annotations

import contextlib
import json
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from attrs import frozen

from ecs_failure_alerts.cli import main
from ecs_failure_alerts.configuration import read_configuration
from ecs_failure_alerts.testing import SentryInbox, task_state_change
from integration.components import require
from integration.lambda_package import bare_python, build, unpack
from integration.lambda_runtime import LambdaSandbox
from integration.moto_server import moto_server
from integration.sqs_mapping import Queue, Queues, SqsMapping
from integration.stacks import WITHOUT_REDRIVE_ALLOW_POLICY, Stack, imitated
from integration.terraform import Terraform, bare_copy, require_terraform

pytestmark = [pytest.mark.integration, pytest.mark.slow]

TEAMS = ("data", "shop")
PARAMETERS = {team: f"/{team}/sentry-dsn" for team in TEAMS}
CLUSTER = "arn:aws:ecs:eu-west-1:123456789012:cluster/{}"
#: The date of the example's silence, and of the week after.
SILENT_AT, LATER = "2026-12-18T23:00:00Z", "2026-12-25T00:00:00Z"


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Apply the example, whose own topics the document names."""
    require_terraform()
    require("boto3", "moto.server", "awslambdaric")
    folder = tmp_path_factory.mktemp("teams")
    package = build(folder / "dist")
    root = bare_copy(folder)
    (root / "moto_override.tf").write_text(WITHOUT_REDRIVE_ALLOW_POLICY)
    variables = {
        "name": "alerts",
        "region": "eu-west-1",
        "lambda_zip": str(package),
        "dsn_parameters": PARAMETERS,
        "alarm_actions": [],
    }

    with moto_server(folder) as aws:
        terraform = Terraform(root / "examples" / "teams", aws.env)
        (terraform.folder / "terraform.tfvars.json").write_text(json.dumps(variables))
        terraform.init()
        terraform.run("apply", "-auto-approve", "-input=false", timeout=400)
        output = json.loads(terraform.run("output", "-json"))
        values = {name: item["value"] for name, item in output.items()}
        yield Stack("alerts", values, aws, package, terraform)


@pytest.fixture
def document(stack: Stack, tmp_path: Path) -> Path:
    """Return the file of the document that the stack has."""
    path = tmp_path / "alerts.json"
    path.write_text(stack.output["config"])
    return path


def test_the_function_gets_the_document_with_the_topics_of_the_stack(stack: Stack) -> None:
    assert stack.environment()["ECS_ALERTS_CONFIG"] == stack.output["config"]
    notifiers = json.loads(stack.output["config"])["notifiers"]
    topics = {team: notifiers[f"{team}-slack"]["topic_arn"] for team in TEAMS}
    assert topics == stack.output["topic_arns"]


def test_the_document_passes_the_check(document: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(document)]) == 0, capsys.readouterr().err


def test_nothing_is_to_be_said_against_the_document(stack: Stack) -> None:
    assert read_configuration(stack.output["config"], "config").warnings == []


def test_the_rule_has_the_pattern_of_the_document(
    stack: Stack, document: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["pattern", "--config", str(document)]) == 0
    rule = stack.aws.client("events").describe_rule(Name=stack.name)
    assert json.loads(rule["EventPattern"]) == json.loads(capsys.readouterr().out)


def test_the_role_may_read_both_dsns_and_publish_to_both_topics(stack: Stack) -> None:
    client = stack.aws.client("iam")
    document = client.get_role_policy(RoleName="alerts-eu-west-1", PolicyName="alert")
    allowed = {one["Sid"]: one["Resource"] for one in document["PolicyDocument"]["Statement"]}
    ssm = "arn:aws:ssm:eu-west-1:123456789012:parameter"
    assert allowed["ReadParameters"] == [f"{ssm}{name}" for name in PARAMETERS.values()]
    assert allowed["Publish"] == list(stack.output["topic_arns"].values())


def test_a_batch_is_handled_before_its_messages_come_again(stack: Stack) -> None:
    mapping = stack.mapping(stack.name)
    assert (mapping["BatchSize"], mapping["MaximumBatchingWindowInSeconds"]) == (100, 20)
    visible_again = int(stack.attributes(stack.name)["VisibilityTimeout"])
    assert visible_again == 6 * stack.function()["Timeout"] + 20


@frozen
class Backends:
    """
    Where the alerts arrive.

    Attributes:
        sentry: The Sentry of each team.
        slack: A queue that is subscribed to the topic of each team.
        queues: The server of these queues.
    """

    sentry: dict[str, SentryInbox]
    slack: dict[str, Queue]
    queues: Queues

    def told(self) -> dict[str, tuple[int, int]]:
        """Return how many alerts each team has in Sentry, and how many messages in Slack."""
        return {
            team: (len(inbox.events), self.queues.count(self.slack[team]))
            for team, inbox in self.sentry.items()
        }


@pytest.fixture
def backends(stack: Stack, request: pytest.FixtureRequest) -> Iterator[Backends]:
    """Yield the backends of both teams, with the DSNs in moto's SSM."""
    ssm, sns = stack.aws.client("ssm"), stack.aws.client("sns")
    queues = Queues(stack.aws.client("sqs"))
    with contextlib.ExitStack() as open_until_then:
        sentry = {team: open_until_then.enter_context(SentryInbox()) for team in TEAMS}
        slack = {}
        for team, topic in stack.output["topic_arns"].items():
            name = PARAMETERS[team]
            ssm.put_parameter(
                Name=name, Value=sentry[team].dsn, Type="SecureString", Overwrite=True
            )
            slack[team] = queues.create(f"{team}-{abs(hash(request.node.name))}")
            arn = sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=slack[team].arn)
            open_until_then.callback(sns.unsubscribe, SubscriptionArn=arn["SubscriptionArn"])
        yield Backends(sentry, slack, queues)


@pytest.fixture
def mapping(
    stack: Stack,
    backends: Backends,
    sandbox: Callable[..., LambdaSandbox],
    tmp_path: Path,
) -> SqsMapping:
    """Return what stands for the mapping of the queue to the function as deployed."""
    function = sandbox(
        unpack(stack.package, tmp_path / "task"),
        env=stack.environment(),
        timeout_seconds=stack.function()["Timeout"],
        python=bare_python(tmp_path / "runtime"),
    )
    return imitated(stack, stack.name, function)


def failed(family: str, exit_code: int = 1, *, cluster: str = "jobs", **fields: Any) -> Any:
    """Return an event of a task of *family* that ended with an exit code."""
    definition = f"arn:aws:ecs:eu-west-1:123456789012:task-definition/{family}:7"
    return task_state_change(
        taskArn=f"arn:aws:ecs:eu-west-1:123456789012:task/{cluster}/{uuid.uuid4().hex}",
        taskDefinitionArn=definition,
        clusterArn=CLUSTER.format(cluster),
        containers=[{"exitCode": exit_code}],
        **fields,
    )


def put(stack: Stack, event: dict[str, Any]) -> None:
    """Put an event on the bus, as ECS does."""
    entry = {
        "Source": event["source"],
        "DetailType": event["detail-type"],
        "Detail": json.dumps(event["detail"]),
        "Time": event["time"],
    }
    assert stack.aws.client("events").put_events(Entries=[entry])["FailedEntryCount"] == 0


def handled(mapping: SqsMapping, *, within: float = 10) -> None:
    """Wait for the event behind the rule, and let the function have it."""
    deadline = time.monotonic() + within
    while mapping.queues.count(mapping.queue) == 0:
        assert time.monotonic() < deadline, "the rule did not send the event to the queue"
        time.sleep(0.05)
    attempts = mapping.drain()
    assert all(attempt.succeeded for attempt in attempts), [attempt.log for attempt in attempts]
    assert mapping.queues.count(mapping.queue) == 0


@pytest.mark.parametrize(
    ("event", "told"),
    [
        pytest.param(failed("etl-orders"), {"data": (1, 1), "shop": (0, 0)}, id="data"),
        pytest.param(failed("cart", cluster="shop"), {"data": (0, 0), "shop": (1, 1)}, id="shop"),
        pytest.param(
            failed("importer", 143, stoppedAt=SILENT_AT) | {"time": SILENT_AT},
            {"data": (0, 0), "shop": (0, 0)},
            id="silence",
        ),
        pytest.param(
            failed("importer", 143, stoppedAt=LATER) | {"time": LATER},
            {"data": (1, 1), "shop": (0, 0)},
            id="end of the silence",
        ),
        pytest.param(
            failed(
                *("checkout", 0),
                cluster="shop",
                group="service:checkout",
                stopCode="SpotInterruption",
                stoppedReason="Your Spot Task was interrupted.",
            ),
            {"data": (0, 0), "shop": (1, 1)},
            id="raised cause",
        ),
        pytest.param(failed("nobodys"), {"data": (0, 0), "shop": (0, 0)}, id="dropped"),
    ],
)
def test_each_team_is_told_of_its_own_alerts_alone(
    stack: Stack,
    mapping: SqsMapping,
    backends: Backends,
    event: dict[str, Any],
    told: dict[str, tuple[int, int]],
) -> None:
    put(stack, event)
    handled(mapping)
    assert backends.told() == told


def test_a_team_is_told_while_the_backend_of_the_other_is_away(
    mapping: SqsMapping, backends: Backends
) -> None:
    """The other's alert stays in the queue, and arrives later."""
    backends.sentry["data"].answer(503)
    events = [failed("etl-orders"), failed("cart", cluster="shop")]
    mapping.queues.send(mapping.queue, *map(json.dumps, events))
    mapping.poll()
    assert backends.told()["shop"] == (1, 1)
    assert mapping.queues.count(mapping.queue) == 1

    backends.sentry["data"].answer("ok")
    mapping.drain(timeout=30)
    assert [sentry for sentry, _ in backends.told().values()] == [1, 1]
