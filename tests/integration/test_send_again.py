"""The commands of the Terraform example's README, by the AWS command line, against moto."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from documents import blocks
from ecs_failure_alerts import diagnose, parse_event
from ecs_failure_alerts.testing import SentryInbox, schedule_dead_letter
from integration.components import unavailable
from integration.deliveries import HANDLER, failed_task, id_of
from integration.lambda_runtime import FUNCTION_NAME, REGION, LambdaSandbox, invoke_api
from integration.moto_server import Moto
from integration.sqs_mapping import Queue, Queues
from integration.terraform import EXAMPLE

pytestmark = pytest.mark.integration

#: Version 1 of the command line, which pip installs, looks neither at AWS_REGION nor, for SQS, at
#: AWS_ENDPOINT_URL. Lambda is a server of its own.
AWS_1 = """
aws() {
    local url=$AWS_ENDPOINT_URL
    [ "$1" = lambda ] && url=$LAMBDA_URL
    command aws --endpoint-url "$url" "$@"
}
"""

#: What only this stack takes for a failure.
RULES = '[[rules]]\nlevel = "error"\ncause = "user_stopped"\n'

Shell = Callable[..., "subprocess.CompletedProcess[str]"]


def block(word: str) -> str:
    """Return the one block of the README that has *word* in it."""
    (found,) = (b.text for b in blocks("sh", of=(EXAMPLE / "README.md",)) if word in b.text)
    return found


@pytest.fixture
def function_url(inbox: SentryInbox) -> Iterator[str]:
    """Run the function, with settings of its own, behind Lambda's Invoke API."""
    env = {"ECS_ALERTS_SENTRY_DSN": inbox.dsn, "ECS_ALERTS_CONFIG": RULES}
    with LambdaSandbox(HANDLER, env=env) as sandbox, invoke_api(sandbox) as url:
        yield url


@pytest.fixture
def shell(moto: Moto, inbox: SentryInbox, function_url: str, tmp_path: Path) -> Shell:
    """Return a shell whose AWS is moto, with the function, and whose Sentry is the inbox."""
    env = {
        **os.environ,
        **moto.env,
        "AWS_DEFAULT_REGION": REGION,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "SENTRY_DSN": inbox.dsn,
        "LAMBDA_URL": function_url,
        "FUNCTION": FUNCTION_NAME,
    }
    aws = shutil.which("aws", path=env["PATH"])
    if aws is None or subprocess.run([aws, "--version"], check=False).returncode != 0:
        unavailable("aws is not on PATH: pip install awscli, in an environment of its own")

    def run(script: str, **variables: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["bash", "-c", f"{AWS_1}\n{script}"],  # noqa: S607
            cwd=tmp_path,
            env={**env, **variables},
            capture_output=True,
            text=True,
            check=False,
            timeout=180,
        )

    return run


@pytest.fixture
def queue(sqs: Queues) -> Queue:
    """Return a queue of what got stuck."""
    return sqs.create(f"stuck-{uuid.uuid4()}")


def test_the_dsn_gets_into_the_parameter_as_it_is(
    shell: Shell, moto: Moto, inbox: SentryInbox
) -> None:
    """It looks like a URL to fetch."""
    (line,) = (line for line in block("put-parameter").splitlines() if "put-parameter" in line)
    done = shell(line)
    assert done.returncode == 0, done.stderr
    name = "/ecs-failure-alerts/sentry-dsn"
    found = moto.client("ssm").get_parameter(Name=name, WithDecryption=True)["Parameter"]
    assert (found["Type"], found["Value"]) == ("SecureString", inbox.dsn)
    assert inbox.requests == ()


def test_the_loop_sends_all_that_was_given_up_and_empties_the_queue(
    shell: Shell, sqs: Queues, queue: Queue, inbox: SentryInbox
) -> None:
    events = [failed_task() for _ in range(12)]
    sqs.send(queue, *map(json.dumps, events[:6]))
    sqs.send(queue, *(json.dumps({"requestPayload": event}) for event in events[6:]))
    done = shell(block("delete-message-batch"), QUEUE_URL=queue.url)
    assert sorted(inbox.event_ids) == sorted(map(id_of, events)), done.stderr
    assert sqs.count(queue) == 0


def test_the_loop_sends_a_dead_letter_of_a_schedule_by_its_attributes(
    shell: Shell, sqs: Queues, queue: Queue, inbox: SentryInbox
) -> None:
    """Its body alone is no event, or looks like routine."""
    (record,) = schedule_dead_letter()["Records"]
    attributes = {
        name: {"DataType": "String", "StringValue": held["stringValue"]}
        for name, held in record["messageAttributes"].items()
    }
    sqs.client.send_message(QueueUrl=queue.url, MessageBody="{}", MessageAttributes=attributes)
    done = shell(block("delete-message-batch"), QUEUE_URL=queue.url)
    (accepted,) = inbox.events
    assert accepted["tags"]["aws.schedule"] == "default/nightly", done.stderr
    assert sqs.count(queue) == 0


def test_the_loop_sends_what_only_the_settings_of_the_stack_make_an_alert(
    shell: Shell, sqs: Queues, queue: Queue, inbox: SentryInbox
) -> None:
    event = failed_task(stopCode="UserInitiated", stoppedReason="Task stopped by user")
    assert not diagnose(parse_event(event)).alert
    sqs.send(queue, json.dumps(event))
    done = shell(block("delete-message-batch"), QUEUE_URL=queue.url)
    assert len(inbox.events) == 1, done.stderr
    assert sqs.count(queue) == 0


def test_where_sentry_refuses_the_loop_stops_and_deletes_nothing(
    shell: Shell, sqs: Queues, queue: Queue, inbox: SentryInbox
) -> None:
    """It goes on with the others later."""
    sqs.send(queue, *(json.dumps(failed_task()) for _ in range(12)))
    inbox.answer(403)
    done = shell(block("delete-message-batch"), QUEUE_URL=queue.url)
    assert "10 of 10 records failed" in done.stdout
    assert sqs.count(queue) == 12
    inbox.answer("ok")
    shell(block("delete-message-batch"), QUEUE_URL=queue.url)
    assert (len(inbox.deliveries), sqs.count(queue)) == (2, 10)
