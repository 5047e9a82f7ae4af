"""
Notices of AWS Step Functions: an execution that failed or timed out.

https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html

Input and output are never read. The cause may be a whole task with its overrides; only the task's
ARN and the containers' exit codes are read from it.
"""

from __future__ import annotations

import re
from typing import Final

from ..causes import Cause, WorkloadType
from ..diagnosis import Workload
from ..tasks.exit_codes import describe_exit_code
from ._envelope import Envelope
from ._notice import Notice

SOURCE: Final = "aws.states"
DETAIL_TYPE: Final = "Step Functions Execution Status Change"

CAUSES: Final = {"FAILED": Cause.WORKFLOW_FAILED, "TIMED_OUT": Cause.WORKFLOW_TIMED_OUT}
_TASK_ARN: Final = re.compile(r'(?<!\\)"TaskArn":"(arn:[\w:/-]{1,250})"')
_EXIT_CODE: Final = re.compile(r'(?<!\\)"ExitCode":(\d{1,10})\b')
_ERROR: Final = re.compile(r"[\w.]{1,100}")


def read(envelope: Envelope) -> Notice:
    """Read the status of an execution."""
    detail = envelope.detail
    status = detail.required_text("status")
    arn, machine = detail.word("executionArn"), detail.text("stateMachineArn")
    name = (machine or "").rpartition(":stateMachine:")[2].partition(":")[0] or None
    error = detail.word("error") or ""

    cause = CAUSES.get(status, Cause.ROUTINE)
    if cause is Cause.WORKFLOW_FAILED and error == "States.Timeout":
        cause = Cause.WORKFLOW_TIMED_OUT

    text = re.sub(r'":\s+', '":', detail.word("cause") or "")
    task, codes = _TASK_ARN.search(text), map(int, _EXIT_CODE.findall(text))
    code = next(filter(None, codes), None)

    execution = detail.word("name")
    shown = error if _ERROR.fullmatch(error) else None
    which = f" (execution {execution})" if execution else ""
    if cause is Cause.WORKFLOW_FAILED and task and code:
        which += f": its ECS task ended with {describe_exit_code(code)}"
    elif cause is Cause.WORKFLOW_FAILED and shown:
        which += f": {shown}"

    return envelope.notice(
        cause,
        Workload(WorkloadType.WORKFLOW, name) if name else None,
        scope=(f"workflow:{name or ''}",),
        time=envelope.time(),
        subject=arn,
        id_parts=("workflow", arn, status, str(detail.number("redriveCount") or 0)),
        evidence=("detail.status",),
        which=which,
        facts={
            "execution": execution,
            "error": shown,
            "status": status,
            "task_arn": task[1] if task else None,
            "exit_code": code if task else None,
        },
        tags={"states.state_machine": name},
        console_path=f"/states/home#/v2/executions/details/{arn}" if arn else None,
    )
