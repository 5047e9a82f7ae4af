"""Whole notices: for each kind, payloads that together have every field that AWS documents."""

from __future__ import annotations

from typing import Any, Final

from ecs_failure_alerts.testing import (
    batch_job_state_change,
    deployment_state_change,
    schedule_dead_letter,
    service_action,
)

_ECS: Final = "arn:aws:ecs:eu-central-1:123456789012"
_TIME: Final = "2026-03-02T02:14:09Z"
_UPDATED: Final = "2026-03-02T02:14:08.695Z"
_OLD: Final = "2026-03-02T02:00:00Z"

_SERVICE: Final[dict[str, Any]] = {
    "serviceArn": f"{_ECS}:service/prod/api",
    "updatedAt": _UPDATED,
    "capacityProviderArns": [f"{_ECS}:capacity-provider/spot"],
    "containerInstanceArns": [f"{_ECS}:container-instance/prod/0a"],
    "containerPort": 8080,
    "deploymentId": "ecs-svc/1234567890123456789",
    "desiredCount": 2,
    "ec2InstanceIds": ["i-0123456789abcdef0"],
    "serviceRegistryArns": ["arn:aws:servicediscovery:eu-central-1:123456789012:service/srv-1"],
    "targetGroupArns": ["arn:aws:elasticloadbalancing:eu-central-1:123456789012:targetgroup/a/1"],
    "targets": ["10.0.0.1"],
    "taskArns": [f"{_ECS}:task/prod/0a"],
    "taskSetArns": [f"{_ECS}:task-set/prod/api/1"],
}

_OVERRIDES: Final[dict[str, Any]] = {
    "containerOverrides": [
        {"name": "etl", "command": ["run"], "environment": [{"name": "A", "value": "b"}]}
    ],
    "taskRoleArn": "arn:aws:iam::123456789012:role/etl",
}
_TAGS: Final = [{"key": "team", "value": "data"}]


def _event(detail_type: str, source: str = "aws.ecs", **detail: Any) -> dict[str, Any]:
    return service_action() | {"detail-type": detail_type, "source": source, "detail": detail}


#: Beside those that are tried with fields left out.
_SERVICE_ACTIONS: Final = (
    "ECS_OPERATION_THROTTLED",
    "SERVICE_DAEMON_PLACEMENT_CONSTRAINT_VIOLATED",
    "SERVICE_DEPLOYMENT_FAILED",
    "SERVICE_HEALTH_UNKNOWN",
    "SERVICE_TASK_CONFIGURATION_FAILURE",
    "SERVICE_TASK_START_IMPAIRED",
)


def _service(event_name: str, **detail: Any) -> dict[str, Any]:
    fields = {**_SERVICE, "createdAt": _OLD, "reason": "RESOURCE:CPU", **detail}
    return service_action(event_name, **{"event_type": "ERROR", **fields})


def _deployment(event_name: str) -> dict[str, Any]:
    return deployment_state_change(
        event_name,
        serviceArn=f"{_ECS}:service/prod/api",
        serviceDeploymentArn=f"{_ECS}:service-deployment/prod/api/1",
        createdAt=_OLD,
    )


def _hook(event_name: str, hook_type: str) -> dict[str, Any]:
    return _event(
        "ECS Hook State Change",
        eventType="ERROR",
        eventName=event_name,
        hookId="ecs-hook-1",
        hookType=hook_type,
        hookTargetArn="arn:aws:lambda:eu-central-1:123456789012:function:check",
        hookDetails='{"a": "b"}',
        lifecycleStage="POST_TEST_TRAFFIC_SHIFT",
        expiresAt=_UPDATED,
        clusterArn=f"{_ECS}:cluster/prod",
        serviceArn=f"{_ECS}:service/prod/api",
        serviceDeploymentArn=f"{_ECS}:service-deployment/prod/api/1",
        roleArn="arn:aws:iam::123456789012:role/hook",
        createdAt=_OLD,
        updatedAt=_UPDATED,
        reason="The hook's function failed",
    )


def _instance(detail_type: str, **detail: Any) -> dict[str, Any]:
    return _event(
        detail_type,
        accountType="EC2",
        agentConnected=False,
        agentUpdateStatus="UPDATED",
        attachments=[{"type": "eni", "details": [{"name": "a", "value": "b"}]}],
        attributes=[{"name": "a", "value": "b"}],
        capacityProviderName="spot",
        clusterArn=f"{_ECS}:cluster/prod",
        containerInstanceArn=f"{_ECS}:container-instance/prod/c0ffee",
        ec2InstanceId="i-0123456789abcdef0",
        pendingTasksCount=0,
        registeredAt=_OLD,
        registeredResources=[{"name": "CPU", "type": "INTEGER", "integerValue": 2048}],
        remainingResources=[{"name": "CPU", "type": "INTEGER", "integerValue": 1988}],
        runningTasksCount=1,
        tags=_TAGS,
        updatedAt=_UPDATED,
        version=7,
        versionInfo={"agentHash": "a", "agentVersion": "1.97.0", "dockerVersion": "25.0.8"},
        **detail,
    )


def _check(kind: str, changed: str, reason: str) -> dict[str, Any]:
    return {
        "type": kind,
        "status": "IMPAIRED",
        "lastStatusChange": changed,
        "lastUpdated": changed,
        "statusReason": reason,
    }


def _daemon(detail_type: str, event_name: str, event_type: str) -> dict[str, Any]:
    return _event(
        detail_type,
        eventType=event_type,
        eventName=event_name,
        capacityProviderName="spot",
        clusterArn=f"{_ECS}:cluster/prod",
        containerInstanceArn=f"{_ECS}:container-instance/prod/c0ffee",
        createdAt=_OLD,
        daemonArn=f"{_ECS}:daemon/prod/logs",
        daemonDeploymentArn=f"{_ECS}:daemon-deployment/prod/logs/1",
        failureType="TASK_FAILED_TO_RUN",
        reason="The daemon's task stopped",
        targetDaemonRevisionArn=f"{_ECS}:daemon-revision/prod/logs/1",
        taskArn=f"{_ECS}:task/prod/0a",
        updatedAt=_UPDATED,
    )


def _call(**detail: Any) -> dict[str, Any]:
    return _event(
        "AWS API Call via CloudTrail",
        **{
            "awsRegion": "eu-central-1",
            "eventCategory": "Management",
            "eventID": "91416201-df72-5cc6-b88b-d077f2178c37",
            "eventName": "RunTask",
            "eventSource": "ecs.amazonaws.com",
            "eventTime": _UPDATED,
            "eventType": "AwsApiCall",
            "eventVersion": "1.11",
            "managementEvent": True,
            "readOnly": False,
            "recipientAccountId": "123456789012",
            "requestID": "49d30f18-f611-50f5-b84d-30c0da22be7e",
            "requestParameters": {
                "capacityProviderStrategy": [{"capacityProvider": "spot", "weight": 1}],
                "clientToken": "token",
                "cluster": f"{_ECS}:cluster/prod",
                "count": 3,
                "group": "family:etl",
                "launchType": "FARGATE",
                "networkConfiguration": {"awsvpcConfiguration": {"subnets": ["subnet-1"]}},
                "overrides": _OVERRIDES,
                "referenceId": "reference",
                "startedBy": "events-rule/nightly",
                "tags": _TAGS,
                "taskDefinition": f"{_ECS}:task-definition/etl:42",
            },
            "sharedEventID": "shared",
            "sourceIPAddress": "10.0.0.1",
            "tlsDetails": {"clientProvidedHostHeader": "ecs.eu-central-1.amazonaws.com"},
            "userAgent": "aws-cli/2.0",
            "userIdentity": {
                "accessKeyId": "ASIAEXAMPLE",
                "accountId": "123456789012",
                "arn": "arn:aws:sts::123456789012:assumed-role/etl-runner/jane",
                "invokedBy": "events.amazonaws.com",
                "principalId": "AROAEXAMPLE:jane",
                "sessionContext": {
                    "attributes": {"creationDate": _OLD, "mfaAuthenticated": "false"},
                    "sessionIssuer": {
                        "accountId": "123456789012",
                        "arn": "arn:aws:iam::123456789012:role/etl-runner",
                        "principalId": "AROAEXAMPLE",
                        "type": "Role",
                        "userName": "etl-runner",
                    },
                    "sourceIdentity": "jane",
                },
                "type": "AssumedRole",
            },
            **detail,
        },
    )


def _refused(message: str, **detail: Any) -> dict[str, Any]:
    return _call(errorCode="AccessDenied", errorMessage=message, responseElements=None, **detail)


def _short_run() -> dict[str, Any]:
    return _call(
        responseElements={
            "failures": [
                {
                    "arn": f"{_ECS}:container-instance/prod/0a",
                    "detail": "nothing is left",
                    "reason": "RESOURCE:CPU",
                }
            ],
            "tasks": [
                {
                    "taskArn": f"{_ECS}:task/prod/0a",
                    "overrides": _OVERRIDES,
                    "startedBy": "events-rule/nightly",
                    "tags": _TAGS,
                }
            ],
        }
    )


def _without_request(event: dict[str, Any]) -> dict[str, Any]:
    """Leave out what the caller's own request says of the task, as AWS does for some errors."""
    event["detail"]["requestParameters"] = None
    return event


def _by_a_service(event: dict[str, Any]) -> dict[str, Any]:
    """Leave out the role by which AWS made the call."""
    del event["detail"]["userIdentity"]["sessionContext"]
    return event


def _batch(reason: str, **detail: Any) -> dict[str, Any]:
    container = {
        "command": ["run"],
        "containerInstanceArn": f"{_ECS}:container-instance/prod/0a",
        "environment": [{"name": "A", "value": "b"}],
        "exitCode": 1,
        "image": "etl",
        "jobRoleArn": "arn:aws:iam::123456789012:role/etl",
        "logStreamName": "nightly/default/0a",
        "networkInterfaces": [{"privateIpv4Address": "10.0.0.1"}],
        "reason": "CannotStartContainerError: no such file",
        "resourceRequirements": [{"type": "VCPU", "value": "1"}],
        "secrets": [{"name": "A", "valueFrom": "arn:aws:ssm:::parameter/a"}],
        "taskArn": f"{_ECS}:task/prod/0a",
    }
    attempt = {
        "container": container,
        "startedAt": 1_772_416_800_000,
        "stoppedAt": 1_772_417_648_000,
        "statusReason": "Essential container in task exited",
    }
    return batch_job_state_change(
        **{
            "arrayProperties": {"index": 3, "statusSummary": {"FAILED": 1}},
            "attempts": [attempt],
            "container": container,
            "createdAt": 1_772_416_700_000,
            "dependsOn": [{"jobId": "before"}],
            "isCancelled": False,
            "parameters": {"input": "a"},
            "platformCapabilities": ["FARGATE"],
            "propagateTags": False,
            "retryStrategy": {"attempts": 1, "evaluateOnExit": [{"onReason": "a"}]},
            "schedulingPriority": 1,
            "shareIdentifier": "share",
            "startedAt": 1_772_416_800_000,
            "statusReason": reason,
            "stoppedAt": 1_772_417_648_000,
            "tags": {"team": "data"},
            "timeout": {"attemptDurationSeconds": 60},
            **detail,
        }
    )


def _eks_job() -> dict[str, Any]:
    container = {
        "args": ["run"],
        "env": [{"name": "A", "value": "b"}],
        "exitCode": 3,
        "name": "etl",
        "reason": "Error",
    }
    return _batch(
        "Job failed",
        attempts=[],
        container=None,
        eksAttempts=[
            {
                "containers": [container],
                "eksClusterArn": "arn:aws:eks:eu-central-1:123456789012:cluster/prod",
                "nodeName": "ip-10-0-0-1",
                "podName": "aws-batch.0a",
                "startedAt": 1_772_416_800_000,
                "statusReason": "Job failed",
                "stoppedAt": 1_772_417_648_000,
            }
        ],
        eksProperties={"podProperties": {"containers": [container], "serviceAccountName": "etl"}},
    )


def _queue() -> dict[str, Any]:
    return _event(
        "Batch Job Queue Blocked",
        "aws.batch",
        **_batch("MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE")["detail"],
    )


def _execution(status: str) -> dict[str, Any]:
    arn = "arn:aws:states:eu-central-1:123456789012"
    return _event(
        "Step Functions Execution Status Change",
        "aws.states",
        alias="live",
        cause=f'{{"Overrides": {{"A": "b"}}, "TaskArn": "{_ECS}:task/prod/0a"}}',
        error="States.TaskFailed",
        executionArn=f"{arn}:execution:nightly:run-1",
        input='{"a": "b"}',
        inputDetails={"included": True},
        name="run-1",
        output='{"a": "b"}',
        outputDetails={"included": True},
        redriveCount=0,
        redriveDate=1_772_417_648_000,
        redriveStatus="REDRIVABLE",
        redriveStatusReason="reason",
        startDate=1_772_416_800_000,
        stateMachineArn=f"{arn}:stateMachine:nightly",
        stateMachineVersionArn=f"{arn}:stateMachine:nightly:1",
        status=status,
        stopDate=1_772_417_648_000,
    )


def _retirement() -> dict[str, Any]:
    return _event(
        "AWS Health Event",
        "aws.health",
        affectedAccount="123456789012",
        affectedEntities=[
            {
                "entityArn": "arn:aws:health:eu-central-1:123456789012:entity/1",
                "entityMetadata": {"a": "b"},
                "entityValue": f"{_ECS}:task/prod/0a",
                "lastUpdatedTime": "Wed, 16 Aug 2023 23:18:52 GMT",
                "status": "PENDING",
                "tags": {"team": "data"},
            }
        ],
        communicationId="7988399e2e6fb0b905ddc88e0e2de1fd",
        endTime="Fri, 18 Aug 2023 23:18:51 GMT",
        eventArn="arn:aws:health:eu-central-1::event/ECS/AWS_ECS_TASK_PATCHING_RETIREMENT/1",
        eventDescription=[{"language": "en_US", "latestDescription": "An update."}],
        eventMetadata={"a": "b"},
        eventRegion="eu-central-1",
        eventScopeCode="ACCOUNT_SPECIFIC",
        eventTypeCategory="scheduledChange",
        eventTypeCode="AWS_ECS_TASK_PATCHING_RETIREMENT",
        lastUpdatedTime="Wed, 16 Aug 2023 23:18:52 GMT",
        page="1",
        service="ECS",
        startTime="Wed, 16 Aug 2023 23:18:51 GMT",
        statusCode="upcoming",
        totalPages="1",
    )


def _dead_letter(**attributes: str) -> dict[str, Any]:
    payload = schedule_dead_letter(
        IS_PAYLOAD_TRUNCATED="false", EXHAUSTED_RETRY_CONDITION="MaximumRetryAttempts", **attributes
    )
    (record,) = payload["Records"]
    record["attributes"] = {"ApproximateReceiveCount": "1", "SenderId": "AROAEXAMPLE:jane"}
    record["md5OfBody"] = "098f6bcd4621d373cade4e832627b4f6"
    record["receiptHandle"] = "AQEBexample"
    record["body"] = {
        "Cluster": f"{_ECS}:cluster/prod",
        "Overrides": _OVERRIDES,
        "TaskDefinition": f"{_ECS}:task-definition/etl:6",
    }
    return payload


def _unnamed_dead_letter() -> dict[str, Any]:
    """Build one whose run has no name but that of its message."""
    payload = _dead_letter()
    del payload["Records"][0]["messageAttributes"]["EXECUTION_ID"]
    return payload


def _rules_dead_letter() -> dict[str, Any]:
    payload = _dead_letter(
        RULE_ARN="arn:aws:events:eu-central-1:123456789012:rule/nightly",
        TARGET_ARN=f"{_ECS}:cluster/prod",
    )
    (record,) = payload["Records"]
    for name in ("SCHEDULE_ARN", "SCHEDULED_TIME", "EXECUTION_ID"):
        del record["messageAttributes"][name]
    record["body"] = {
        "account": "123456789012",
        "detail": {"overrides": _OVERRIDES},
        "detail-type": "Scheduled Event",
        "id": "4f0a2c1e-0000-0000-0000-000000000000",
        "region": "eu-central-1",
        "resources": ["arn:aws:events:eu-central-1:123456789012:rule/nightly"],
        "source": "aws.events",
        "time": _TIME,
        "version": "0",
    }
    return payload


_STOOD_IN_FOR: Final = ((), ("updatedAt",), ("createdAt", "updatedAt"))
_HEALTH: Final = "ECS Container Instance Health Change"
_STATE: Final = "ECS Container Instance State Change"
_ACTION: Final = "ECS Daemon Service Action"
_ROLLOUT: Final = "ECS Daemon Deployment State Change"


def _less(event: dict[str, Any], *names: str) -> dict[str, Any]:
    """Leave fields out, so that others stand in for them."""
    for name in names:
        event["detail"].pop(name, None)
    return event


#: The payloads of each kind, by what SECURITY.md calls it.
WHOLE: Final[dict[str, list[dict[str, Any]]]] = {
    "`ECS Service Action`": [
        *(
            _less(_service(name), *names)
            for names in (*_STOOD_IN_FOR, ("serviceArn",), ("clusterArn",))
            for name in ("SERVICE_TASK_PLACEMENT_FAILURE", "SERVICE_NEWER_THAN_THIS")
        ),
        *map(_service, _SERVICE_ACTIONS),
    ],
    "`ECS Deployment State Change`": [
        *(
            _less(_deployment(name), *names)
            for names in (*_STOOD_IN_FOR, ("serviceArn",), ("clusterArn",))
            for name in ("SERVICE_DEPLOYMENT_FAILED", "SERVICE_DEPLOYMENT_NEWER_THAN_THIS")
        ),
    ],
    "`ECS Hook State Change`": [
        *(
            _less(_hook(name, hook_type), *names)
            for names in (*_STOOD_IN_FOR, ("hookId",), ("serviceArn",))
            for name, hook_type in (
                ("HOOK_FAILED", "LAMBDA"),
                ("HOOK_TIMED_OUT", "PAUSE"),
                ("HOOK_NEWER_THAN_THIS", "LAMBDA"),
            )
        ),
    ],
    f"`{_HEALTH}`": [
        _less(
            _instance(
                _HEALTH,
                overallStatus="IMPAIRED",
                healthChecks=[
                    _check("AGENT_CONNECTIVITY", _OLD, "no answer"),
                    _check("CONTAINER_RUNTIME", _UPDATED, "no answer"),
                ],
            ),
            *names,
        )
        for names in (*_STOOD_IN_FOR, ("containerInstanceArn",))
    ],
    f"`{_STATE}`": [
        _less(_instance(_STATE, status="REGISTRATION_FAILED", statusReason="no network"), *names)
        for names in (*_STOOD_IN_FOR, ("containerInstanceArn",))
    ],
    f"`{_ACTION}`": [
        _less(_daemon(_ACTION, name, "ERROR"), *names)
        for names in (*_STOOD_IN_FOR, ("daemonArn",), ("reason",))
        for name in ("DAEMON_TASK_START_IMPAIRED", "DAEMON_NEWER_THAN_THIS")
    ],
    f"`{_ROLLOUT}`": [
        _less(_daemon(_ROLLOUT, name, "ERROR"), *names)
        for names in (*_STOOD_IN_FOR, ("daemonArn",), ("daemonDeploymentArn",))
        for name in ("DAEMON_DEPLOYMENT_ROLLBACK_FAILED", "DAEMON_NEWER_THAN_THIS")
    ],
    "`AWS API Call via CloudTrail`": [
        _short_run(),
        _less(_short_run(), "eventTime"),
        _without_request(_short_run()),
        _by_a_service(_without_request(_short_run())),
        _refused("User: arn:aws:sts::123456789012:assumed-role/etl-runner/jane is not authorized"),
        _refused("TaskDefinition is inactive"),
        _without_request(_refused("not authorized to perform: ecs:RunTask on resource: *")),
    ],
    "`Batch Job State Change`": [
        _batch("Essential container in task exited"),
        _batch("Job attempt duration exceeded timeout"),
        _less(_batch("Essential container in task exited"), "jobArn"),
        _less(_batch("Essential container in task exited"), "jobArn", "jobId"),
        _eks_job(),
    ],
    "`Batch Job Queue Blocked`": [_queue(), _less(_queue(), "jobArn")],
    "`Step Functions Execution Status Change`": [
        _execution("FAILED"),
        _execution("TIMED_OUT"),
        _less(_execution("FAILED"), "executionArn"),
    ],
    "`AWS Health Event`": [_retirement(), _less(_retirement(), "eventArn")],
    "a schedule's dead letter": [
        _dead_letter(),
        _unnamed_dead_letter(),
        _rules_dead_letter(),
    ],
}
