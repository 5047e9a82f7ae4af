"""Events about services, schedules, runs and jobs for tests, with fields to change."""

from __future__ import annotations

from copy import deepcopy
from typing import Any, Final

_ACCOUNT: Final = "123456789012"
_REGION: Final = "eu-central-1"
_TIME: Final = "2026-03-02T02:14:09Z"
_MORE: Final = "2026-03-02T02:14:08.695Z"


def service_action(
    event_name: str = "SERVICE_TASK_START_IMPAIRED",
    *,
    event_type: str = "WARN",
    service: str = "api",
    cluster: str = "prod",
    **detail: Any,
) -> dict[str, Any]:
    """
    Build an "ECS Service Action" event: a report by the service scheduler.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_service_events.html

    Args:
        event_name: The event's name, such as ``SERVICE_TASK_PLACEMENT_FAILURE``.
        event_type: INFO, WARN or ERROR.
        service: The service's name.
        cluster: The cluster's name.
        **detail: Fields of ``detail`` in AWS spelling, such as ``reason="RESOURCE:CPU"``.
    """
    return _event(
        "ECS Service Action",
        [_ecs(f"service/{cluster}/{service}")],
        {
            "eventType": event_type,
            "eventName": event_name,
            "clusterArn": _ecs(f"cluster/{cluster}"),
            "createdAt": _MORE,
            **detail,
        },
    )


def deployment_state_change(
    event_name: str = "SERVICE_DEPLOYMENT_FAILED",
    *,
    event_type: str = "ERROR",
    service: str = "api",
    cluster: str = "prod",
    **detail: Any,
) -> dict[str, Any]:
    """
    Build an "ECS Deployment State Change" event: by default, the circuit breaker stopped it.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_service_deployment_events.html

    Args:
        event_name: SERVICE_DEPLOYMENT_IN_PROGRESS, _COMPLETED or _FAILED.
        event_type: INFO or ERROR.
        service: The service's name.
        cluster: The cluster's name.
        **detail: Fields of ``detail`` in AWS spelling.
    """
    return _event(
        "ECS Deployment State Change",
        [_ecs(f"service/{cluster}/{service}")],
        {
            "eventType": event_type,
            "eventName": event_name,
            "clusterArn": _ecs(f"cluster/{cluster}"),
            "deploymentId": "ecs-svc/1234567890123456789",
            "updatedAt": _MORE,
            "reason": "ECS deployment circuit breaker: tasks failed to start.",
            **detail,
        },
    )


#: ECS's message for an error that is not about the task definition.
_MESSAGES: Final = {
    "AccessDeniedException": (
        f"User: arn:aws:sts::{_ACCOUNT}:assumed-role/scheduler/{'0' * 32} is not authorized to "
        f"perform: ecs:RunTask on resource: arn:aws:ecs:{_REGION}:{_ACCOUNT}:task-definition/"
        "nightly-report:17"
    ),
    "ClusterNotFoundException": "Cluster not found.",
}


def schedule_dead_letter(
    error_code: str = "AccessDeniedException",
    *,
    schedule: str = "default/nightly",
    body: str = "{}",
    **attributes: str,
) -> dict[str, Any]:
    """
    Build the SQS event that a Lambda gets for a dead letter of EventBridge Scheduler.

    https://docs.aws.amazon.com/scheduler/latest/UserGuide/configuring-schedule-dlq.html

    Args:
        error_code: The error of the target's API. The message fits it, unless an attribute
            ``ERROR_MESSAGE`` is given.
        schedule: The schedule's group and name.
        body: The message's body: the request, with its overrides. It is never read.
        **attributes: Further attributes of the message, or new values for existing ones.
    """
    known = {
        "SCHEDULE_ARN": f"arn:aws:scheduler:{_REGION}:{_ACCOUNT}:schedule/{schedule}",
        "TARGET_ARN": "arn:aws:scheduler:::aws-sdk:ecs:runTask",
        "SCHEDULED_TIME": "2026-03-02T02:00:00Z",
        "EXECUTION_ID": "ad06616e51cdf74a",
        "ERROR_CODE": error_code,
        "ERROR_MESSAGE": _MESSAGES.get(error_code, "TaskDefinition is inactive"),
        "RETRY_ATTEMPTS": "0",
        **attributes,
    }

    return {
        "Records": [
            {
                "messageId": "d4350e77-fc05-5750-9893-e2a982a229b3",
                "body": body,
                "messageAttributes": {
                    name: {"stringValue": value, "dataType": "String"}
                    for name, value in known.items()
                },
                "eventSource": "aws:sqs",
                "eventSourceARN": f"arn:aws:sqs:{_REGION}:{_ACCOUNT}:ecs-alerts-schedules",
                "awsRegion": _REGION,
            }
        ]
    }


def batch_job_state_change(
    status: str = "FAILED", *, job_definition: str = "nightly", exit_code: int = 1, **detail: Any
) -> dict[str, Any]:
    """
    Build a "Batch Job State Change" event: by default, the job's last attempt has failed.

    https://docs.aws.amazon.com/batch/latest/userguide/batch_job_events.html

    Args:
        status: SUBMITTED, PENDING, RUNNABLE, STARTING, RUNNING, SUCCEEDED or FAILED.
        job_definition: The job definition's name.
        exit_code: The exit code of the last attempt's container.
        **detail: Fields of ``detail`` in AWS spelling.
    """
    arn = f"arn:aws:batch:{_REGION}:{_ACCOUNT}"
    reason = "Essential container in task exited"
    attempt = {"container": {"exitCode": exit_code}, "statusReason": reason}

    return _event(
        "Batch Job State Change",
        [f"{arn}:job/4c7599ae"],
        {
            "jobArn": f"{arn}:job/4c7599ae",
            "jobId": "4c7599ae",
            "jobName": f"{job_definition}-2026-03-02",
            "jobQueue": f"{arn}:job-queue/default",
            "jobDefinition": f"{arn}:job-definition/{job_definition}:7",
            "status": status,
            "statusReason": reason,
            "attempts": [attempt],
            **detail,
        },
        source="aws.batch",
    )


def execution_status_change(
    status: str = "FAILED", *, state_machine: str = "etl", **detail: Any
) -> dict[str, Any]:
    """
    Build a "Step Functions Execution Status Change" event: by default, the execution has failed.

    https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html

    Args:
        status: RUNNING, SUCCEEDED, FAILED, TIMED_OUT, ABORTED or PENDING_REDRIVE.
        state_machine: The state machine's name.
        **detail: Fields of ``detail`` in AWS spelling, such as ``error="States.TaskFailed"``.
    """
    arn = f"arn:aws:states:{_REGION}:{_ACCOUNT}"
    execution = f"{arn}:execution:{state_machine}:r1"

    return _event(
        "Step Functions Execution Status Change",
        [execution],
        {
            "executionArn": execution,
            "stateMachineArn": f"{arn}:stateMachine:{state_machine}",
            "name": "r1",
            "status": status,
            **detail,
        },
        source="aws.states",
    )


def instance_health_change(
    check: str = "AGENT_CONNECTIVITY",
    *,
    status: str = "IMPAIRED",
    cluster: str = "prod",
    **detail: Any,
) -> dict[str, Any]:
    """
    Build an "ECS Container Instance Health Change" event: by default, the agent is lost.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_container_instance_health_events.html

    Args:
        check: AGENT_CONNECTIVITY, CONTAINER_RUNTIME, ACCELERATED_COMPUTE or DAEMON.
        status: OK, IMPAIRED, INSUFFICIENT_DATA or INITIALIZING; for the check and the instance.
        cluster: The cluster's name.
        **detail: Fields of ``detail`` in AWS spelling.
    """
    arn = _ecs(f"container-instance/{cluster}/0a1b2c3d")

    return _event(
        "ECS Container Instance Health Change",
        [arn],
        {
            "clusterArn": _ecs(f"cluster/{cluster}"),
            "containerInstanceArn": arn,
            "ec2InstanceId": "i-0abcdef1234567890",
            "overallStatus": status,
            "healthChecks": [{"type": check, "status": status, "lastStatusChange": _TIME}],
            **detail,
        },
    )


def _event(
    detail_type: str, resources: list[str], detail: dict[str, Any], source: str = "aws.ecs"
) -> dict[str, Any]:
    return {
        "version": "0",
        "id": "7bf73129-1428-4cd3-a780-95db273d1602",
        "detail-type": detail_type,
        "source": source,
        "account": _ACCOUNT,
        "time": _TIME,
        "region": _REGION,
        "resources": resources,
        "detail": deepcopy(detail),
    }


def _ecs(path: str) -> str:
    return f"arn:aws:ecs:{_REGION}:{_ACCOUNT}:{path}"
