"""The imitation of Lambda, with a tiny function."""

from __future__ import annotations

import os
import textwrap
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from integration.lambda_runtime import LambdaSandbox

pytestmark = pytest.mark.integration

SandboxFactory = Callable[..., LambdaSandbox]

HANDLER = """
    import os, sys, time

    print("loaded")
    calls = 0

    def lambda_handler(event, context):
        global calls
        calls += 1
        print("called", event, file=sys.stderr)
        if "sleep" in event:
            time.sleep(event["sleep"])
        if "exit" in event:
            os._exit(event["exit"])
        if "fail" in event and calls <= event["fail"]:
            raise ValueError(f"attempt {calls} of {context.aws_request_id}")
        return {
            "calls": calls,
            "event": event,
            "left": context.get_remaining_time_in_millis(),
            "environ": dict(os.environ),
        }
"""


@pytest.fixture
def function(tmp_path: Path) -> Path:
    """Return the folder of a tiny function."""
    (tmp_path / "handler.py").write_text(textwrap.dedent(HANDLER))
    return tmp_path


@pytest.fixture
def small(sandbox: SandboxFactory, function: Path) -> LambdaSandbox:
    """Return a sandbox with the tiny function."""
    return sandbox(function, env={"OWN": "value"}, timeout_seconds=3)


def test_a_success_shows_result_log_and_environment(small: LambdaSandbox) -> None:
    done = small.invoke({"name": "Ünï"})
    assert done.succeeded
    assert done.result["event"] == {"name": "Ünï"}
    assert 1500 < done.result["left"] <= 3000
    assert done.result["environ"]["OWN"] == "value"
    assert done.result["environ"]["AWS_LAMBDA_FUNCTION_NAME"] == "ecs-failure-alerts"
    assert "HOME" not in done.result["environ"]
    assert "loaded" in done.log
    assert "called" in done.log


def test_the_second_invocation_meets_the_same_process(small: LambdaSandbox) -> None:
    """It has a log of its own."""
    first, second = small.invoke({}), small.invoke({})
    assert (first.cold, second.cold) == (True, False)
    assert second.result["calls"] == 2
    assert second.duration < 0.5
    assert "loaded" not in second.log


def test_an_exception_fails_the_invocation_and_the_process_stays(small: LambdaSandbox) -> None:
    failed = small.invoke({"fail": 1})
    assert not failed.succeeded
    assert failed.error_type == "ValueError"
    assert failed.error_message == f"attempt 1 of {failed.request_id}"
    assert "Traceback" in failed.log
    assert small.invoke({"fail": 1}).result["calls"] == 2


def test_a_function_that_takes_too_long_is_killed(sandbox: SandboxFactory, function: Path) -> None:
    """The next invocation is a cold one."""
    small = sandbox(function, timeout_seconds=0.3)
    late = small.invoke({"sleep": 30})
    assert late.timed_out
    assert not late.succeeded
    assert late.error_message is not None
    assert late.error_message.endswith("Task timed out after 0.30 seconds")
    assert "called" in late.log
    again = small.invoke({})
    assert (again.cold, again.result["calls"]) == (True, 1)


def test_a_function_that_ends_its_process_fails(small: LambdaSandbox) -> None:
    """The next invocation is a cold one."""
    ended = small.invoke({"exit": 7})
    assert (ended.error_type, ended.timed_out) == ("Runtime.ExitError", False)
    assert "exit status 7" in str(ended.error_message)
    assert small.invoke({}).cold


def test_between_invocations_the_process_is_frozen(small: LambdaSandbox) -> None:
    small.invoke({})
    assert small.pid is not None
    deadline = time.monotonic() + 5
    while (seen := _process_state(small.pid)) != "T" and time.monotonic() < deadline:
        time.sleep(0.005)
    assert seen == "T"
    assert small.invoke({}).result["calls"] == 2


def test_a_function_that_cannot_be_loaded_fails_with_the_reason(
    sandbox: SandboxFactory, function: Path
) -> None:
    (function / "handler.py").write_text("import surely_missing")
    failed = sandbox(function).invoke({})
    assert failed.error_type == "Runtime.ImportModuleError"
    assert "surely_missing" in str(failed.error_message)


def test_an_asynchronous_event_is_tried_three_times_under_one_id(small: LambdaSandbox) -> None:
    done = small.invoke_async({"fail": 2})
    assert [attempt.succeeded for attempt in done.attempts] == [False, False, True]
    assert len({attempt.request_id for attempt in done.attempts}) == 1
    assert done.succeeded
    assert done.on_failure is None


def test_after_the_last_attempt_the_event_goes_to_the_destination(small: LambdaSandbox) -> None:
    failed = small.invoke_async({"fail": 9})
    assert len(failed.attempts) == 3
    record = failed.on_failure
    assert record is not None
    assert record["requestPayload"] == {"fail": 9}
    assert record["requestContext"]["condition"] == "RetriesExhausted"
    assert record["requestContext"]["approximateInvokeCount"] == 3
    assert record["responsePayload"]["errorType"] == "ValueError"


def test_leaving_the_sandbox_ends_its_frozen_process(function: Path) -> None:
    with LambdaSandbox(function) as small:
        small.invoke({})
        pid = small.pid
    assert pid is not None
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def _process_state(pid: int) -> str:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
