"""What an alert says: the summary and the hint that the evidence chooses."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Any, Final

import pytest
from hypothesis import given

import strategies
from ecs_failure_alerts import Diagnosis, FailurePolicy, TaskStateChange, diagnose, parse_event
from ecs_failure_alerts.tasks.definitions import ContainerDefinition, TaskDefinition
from ecs_failure_alerts.tasks.diagnosis import _find
from ecs_failure_alerts.tasks.findings import READ_CHARACTERS
from ecs_failure_alerts.tasks.wording import Wording
from ecs_failure_alerts.tasks.wordings import WORDINGS
from ecs_failure_alerts.testing import ABSENT, task_state_change
from linear_time import assert_linear
from rows import each

EVENTS: Final = sorted((Path(__file__).parents[1] / "events").glob("*.json"))
SERVICE: Final = {"group": "service:web"}
STANDALONE: Final = {"startedBy": ABSENT}
BATCH: Final = {"clusterArn": "arn:aws:ecs:eu-central-1:123456789012:cluster/AWSBatch-nightly"}
EC2: Final = {"launchType": "EC2"}
MANAGED: Final = {"launchType": "MANAGED_INSTANCES"}
SCALING: Final = "Scaling activity initiated by (deployment ecs-svc/1)"
WAITED: Final = "CannotStartContainerError: dependency graph: container ordering dependency [b] for"


def failed_start(text: str | None = None, **changes: Any) -> dict[str, Any]:
    """Return the changes that make an event a failed start for which *text* is the reason."""
    reason = f"CannotStartContainerError: {text}" if text else ABSENT
    container = {"exitCode": ABSENT, "reason": reason}
    start = {"stopCode": "TaskFailedToStart", "stoppedReason": "Task failed to start"}
    return {**start, "startedAt": ABSENT, "containers": [container], **changes}


def failed_pull(text: str, **changes: Any) -> dict[str, Any]:
    """Return the changes that make an event a failed pull for which *text* is the reason."""
    return failed_start(stoppedReason=f"CannotPullContainerError: {text}", **changes)


def failed_set_up(text: str, **changes: Any) -> dict[str, Any]:
    """Return the changes that make an event a failed set-up for which *text* is the reason."""
    return failed_start(stoppedReason=f"ResourceInitializationError: {text}", **changes)


def exits(*containers: tuple[str, int | None], **changes: Any) -> dict[str, Any]:
    """Return the changes that make an event one whose containers ended so."""
    return {"containers": [{"name": n, "exitCode": code} for n, code in containers], **changes}


def unhealthy(where: str, reason: str) -> dict[str, Any]:
    """Return the changes that make an event a failed health check of a load balancer."""
    text = f"Task failed ELB health checks in ({where}) due to (reason {reason})"
    return {"stoppedReason": f"service web: {text}", **SERVICE}


#: For each wording an event for which it is said.
EXAMPLES: Final[list[tuple[str, dict[str, Any]]]] = [
    (
        "Docker does not answer on the host",
        failed_pull("error during connect: Post http://docker/v1.24/images/create", **EC2),
    ),
    (
        "ECS cannot assume the role",
        failed_start(stoppedReason="ECS was unable to assume the role 'arn:aws:iam::1:role/x'"),
    ),
    (
        "the image's name is not valid",
        failed_start(
            stoppedReason="InternalError: failed to create container model: failed to normalize "
            'image reference ":fae9f246". Launch a new task to retry.'
        ),
    ),
    ("no space is left on the disk, on Fargate", failed_pull("write: no space left on device")),
    ("no space is left on the disk", failed_pull("write: no space left on device", **EC2)),
    (
        "the tag leads to a build attestation",
        failed_pull("no processor for media-type application/vnd.in-toto+json"),
    ),
    ("the image's format is unknown to the host", failed_pull("unsupported media type zstd")),
    (
        "the image is not made for the platform",
        failed_pull("image Manifest does not contain descriptor matching platform 'linux/amd64'"),
    ),
    ("the registry's rate limit is reached", failed_pull("429 Too Many Requests")),
    (
        "the repository is missing, or needs a login",
        failed_pull("pull access denied, repository does not exist"),
    ),
    (
        "a registry outside ECR refused the login",
        failed_pull("ghcr.io/acme/app:1: unexpected status: 401 Unauthorized"),
    ),
    (
        "the registry's certificate is not trusted",
        failed_pull("tls: failed to verify certificate: x509: certificate has expired"),
    ),
    (
        "the registry has a fault of its own",
        failed_pull("unexpected status from HEAD request: 502 Bad Gateway"),
    ),
    ("the pull was not permitted", failed_pull("is not authorized to perform: ecr:BatchGetImage")),
    (
        "the network does not reach the registry",
        failed_pull("dial tcp: lookup registry.example: no such host"),
    ),
    ("the tag or the repository does not exist", failed_pull("app:v2: not found")),
    (
        "the layers could not be unpacked, on Fargate",
        failed_pull("failed to extract layer sha256:0"),
    ),
    ("the host could not store the layers", failed_pull("failed to register layer: x", **EC2)),
    ("the pull was cut off", failed_pull("context canceled")),
    (
        "the file system (EFS, S3 Files) refuses the mount",
        failed_set_up("failed to invoke EFS utils commands: access denied by server"),
    ),
    (
        "the path is not in the file system",
        failed_set_up(
            "failed to invoke EFS utils commands: b'mount.nfs4: No such file or directory'"
        ),
    ),
    (
        "the file system's name cannot be resolved",
        failed_set_up('failed to invoke EFS utils commands: Failed to resolve "fs-1.efs"'),
    ),
    (
        "the file system (EFS, S3 Files) cannot be mounted",
        failed_set_up("failed to invoke EFS utils commands: connection timed out"),
    ),
    (
        "ECS cannot use the infrastructure role",
        failed_set_up("unable to assume the configured ECS Infrastructure Role 'x'"),
    ),
    (
        "the EBS volume cannot be set up",
        failed_set_up("ECS timed out while configuring the EBS volume attachment"),
    ),
    (
        "a volume cannot be mounted",
        failed_set_up('error mounting "/a" to rootfs at "/b": not a directory'),
    ),
    ("the host cannot make the volume", failed_set_up("VolumeDriver.Mount: x", **EC2)),
    (
        "the log driver has no log group",
        failed_set_up("failed to initialize logging driver: the log group does not exist"),
    ),
    ("the log driver cannot be set up", failed_set_up("failed to validate logger args: killed")),
    ("an environment file cannot be read", failed_set_up("unable to download env file with key x")),
    ("gMSA credentials cannot be fetched", failed_set_up("domainless gMSA user: x", **EC2)),
    (
        "a secret or the registry's login cannot be reached",
        failed_set_up("unable to pull secrets or registry auth: There is a connection issue"),
    ),
    (
        "the role may not read a secret or the registry's login",
        failed_set_up("unable to retrieve secret from asm: AccessDeniedException"),
    ),
    (
        "the secret has no such JSON key",
        failed_set_up("retrieved secret from Secrets Manager did not contain json key dbpass"),
    ),
    (
        "the secret will be deleted",
        failed_set_up(
            "unable to retrieve secret from asm: InvalidRequestException: You can't perform this "
            "operation on the secret because it was marked for deletion."
        ),
    ),
    (
        "valueFrom does not name a secret properly",
        failed_set_up("unexpected ARN format with parameters when trying to retrieve ASM secret"),
    ),
    (
        "the secret is not JSON",
        failed_set_up("unable to retrieve secret from asm: invalid character 'h' looking for"),
    ),
    (
        "the secret has no current value",
        failed_set_up(
            "unable to retrieve secret from asm: ResourceNotFoundException: Secrets Manager can't "
            "find the specified secret value for staging label: AWSCURRENT"
        ),
    ),
    (
        "a secret or parameter does not exist",
        failed_set_up("unable to retrieve secret from asm: ResourceNotFoundException"),
    ),
    ("a secret cannot be fetched", failed_set_up("unable to retrieve secrets: x")),
    (
        "the network interface cannot be configured",
        failed_set_up("failed to configure ENI: netplugin failed"),
    ),
    (
        "another container waited for the one at fault",
        failed_start(
            containers=[
                {"name": "a", "exitCode": 143, "reason": f"{WAITED} [a]"},
                {"name": "b", "exitCode": 3},
            ]
        ),
    ),
    (
        "the container that another one waited for was not ready in time",
        failed_start(f"{WAITED} [a] has timed out."),
    ),
    (
        "a container waited in vain for another one",
        failed_start(
            containers=[
                {"name": "a", "exitCode": 143, "reason": f"{WAITED} [a] as it did not start."},
                {"name": "b", "exitCode": 0},
            ]
        ),
    ),
    (
        "a device is not on the host",
        failed_start('adding custom device "/dev/x": no such file or directory', **EC2),
    ),
    ("a folder of the host is missing", failed_start("bind source path does not exist", **EC2)),
    ("the container's user is not in the image", failed_start("unable to find user app")),
    ("the program is not made for the platform", failed_start("exec /app: exec format error")),
    (
        "the working directory cannot be used",
        failed_start('container process: chdir to cwd ("/app") failed: permission denied'),
    ),
    ("the command may not be run", failed_start('exec: "/run.sh": permission denied')),
    ("the command is not in the image", failed_start('exec: "x": executable file not found')),
    ("a port of the host is taken", failed_start("port is already allocated", **EC2)),
    ("the GPU cannot be used", failed_start("nvidia-container-cli: driver error", **EC2)),
    (
        "the subnet has no free address",
        failed_start(stoppedReason="Unexpected EC2 error: InsufficientFreeAddressesInSubnet"),
    ),
    (
        "the instance has no room for another network interface",
        failed_start(stoppedReason="Unable to attach: unused device index", **EC2),
    ),
    (
        "the network interface was not ready in time",
        failed_start(stoppedReason="Timeout waiting for network interface provisioning"),
    ),
    (
        "EC2 refused the network interface",
        failed_start(stoppedReason="Unexpected EC2 error while attempting to tag: AuthFailure"),
    ),
    (
        "the agent could not set up the network",
        failed_start(stoppedReason="ContainerNetworkingError: cni", **EC2),
    ),
    (
        "the account's limit is reached",
        failed_start(stoppedReason="You've reached the limit on the number of vCPUs you can run"),
    ),
    ("no instance has enough CPU left", failed_start(stoppedReason="RESOURCE:CPU", **EC2)),
    ("no instance has enough memory left", failed_start(stoppedReason="RESOURCE:MEMORY", **EC2)),
    (
        "no instance has the port free that the task needs",
        failed_start(stoppedReason="RESOURCE:PORTS", **EC2),
    ),
    (
        "no instance has a GPU left",
        failed_start(stoppedReason="TaskFailedToStart: RESOURCE:GPU", **EC2),
    ),
    ("another resource is short", failed_start(stoppedReason="RESOURCE:FARGATE")),
    ("AWS has no capacity", failed_start(stoppedReason="Capacity is unavailable at this time.")),
    (
        "no instance meets the constraints",
        failed_start(stoppedReason="MemberOf placement constraint unsatisfied", **EC2),
    ),
    (
        "task definition and launch type do not fit",
        failed_start(stoppedReason="not compatible with the selected compute strategy"),
    ),
    (
        "the agent of the host was not connected",
        failed_start(stoppedReason="AGENT", **EC2),
    ),
    (
        "the agent could not make the task's resources",
        failed_start(stoppedReason="CgroupError: x", **EC2),
    ),
    (
        "Fargate's disk was not ready in time",
        failed_start(stoppedReason="Timeout waiting for EphemeralStorage provisioning"),
    ),
    ("AWS failed", failed_start(stoppedReason="InternalError: x")),
    (
        "the container runtime was too slow, on Fargate",
        failed_start("ContainerRuntimeTimeoutError: Could not transition to created"),
    ),
    (
        "the container runtime was too slow",
        failed_start("DockerTimeoutError: Could not transition to created", **EC2),
    ),
    (
        "no reason, and a container ended with 0 before another one had started",
        failed_start(containers=[{"name": "a", "exitCode": 0}, {"name": "b", "exitCode": None}]),
    ),
    (
        "no reason, and a container that ended with a code",
        failed_start(containers=[{"name": "a", "exitCode": 3}]),
    ),
    ("no reason at all", failed_start()),
    ("any other reason", failed_start("flux capacitor is off")),
    (
        "the container could not start within its memory limit",
        failed_start("container init was OOM-killed (memory limit too low?)"),
    ),
    (
        "exit code 0: a child process was killed",
        {"containers": [{"exitCode": 0, "reason": "OutOfMemoryError"}]},
    ),
    (
        "a container whose own limit is below that of its task",
        {"containers": [{"exitCode": 137, "reason": "OutOfMemoryError", "memory": "256"}]},
    ),
    ("on Fargate", {"containers": [{"exitCode": 137, "reason": "OutOfMemoryError"}]}),
    (
        "on a container instance",
        {"containers": [{"exitCode": 137, "reason": "OutOfMemoryError"}], **EC2},
    ),
    ("the end of a side container stopped the others", exits(("app", 143), ("log_router", 139))),
    ("the event lists no containers", {"containers": []}),
    (
        "an image that could not be pulled, of a task that had started",
        {
            "containers": [
                {"exitCode": 0},
                {"name": "helper", "exitCode": None, "reason": "CannotPullContainerError: x"},
            ]
        },
    ),
    ("no exit code, on a container instance", exits(("app", None), **EC2)),
    ("no exit code", exits(("app", None))),
    (
        "137 without a reason, beside a container that ended with 0",
        exits(("app", 0), ("helper", 137)),
    ),
    (
        "a container that was stopped, beside one that ended with 0",
        exits(("app", 0), ("helper", 143)),
    ),
    ("137 without a reason", exits(("app", 137))),
    ("143 without a reason", exits(("app", 143))),
    ("a crash", exits(("app", 139))),
    ("125, 126 or 127: a command that could not be run", exits(("app", 127))),
    ("1 or 2, beside a container that ended with 0", exits(("app", 1), ("helper", 0))),
    ("255, on a container instance", exits(("app", 255), **EC2)),
    ("a reason", {"containers": [{"exitCode": 2, "reason": "whatever"}]}),
    (
        "the health check of Service Connect's proxy",
        {
            "stoppedReason": "Task failed container health checks",
            "containers": [{"name": "ecs-service-connect-x", "healthStatus": "UNHEALTHY"}],
            **SERVICE,
        },
    ),
    (
        "a container health check, after hours",
        {
            "stoppedReason": "Task failed container health checks",
            "startedAt": "2026-02-20T02:00:27Z",
            **SERVICE,
        },
    ),
    (
        "a container health check",
        {"stoppedReason": "Task failed container health checks", **SERVICE},
    ),
    (
        "a load balancer's health check that got 404",
        unhealthy("target-group x", "Health checks failed with these codes: [404]"),
    ),
    (
        "a load balancer's health check that got another code",
        unhealthy("target-group x", "Health checks failed with these codes: [502]"),
    ),
    (
        "a load balancer's health check that timed out",
        unhealthy("target-group x", "Request timed out"),
    ),
    (
        "a Classic Load Balancer's health check",
        {"stoppedReason": "Task failed ELB health checks in (elb web)", **SERVICE},
    ),
    (
        "a load balancer's health check",
        {"stoppedReason": "Task failed ELB health checks in (target-group x)", **SERVICE},
    ),
    ("a task that belongs to no service", {"stopCode": "ServiceSchedulerInitiated"}),
    (
        "a deployment or scale-in",
        {"stopCode": "ServiceSchedulerInitiated", "stoppedReason": SCALING, **SERVICE},
    ),
    (
        "a container instance that is draining",
        {
            "stopCode": "ServiceSchedulerInitiated",
            "stoppedReason": "the container instance is in DRAINING state",
            **SERVICE,
        },
    ),
    (
        "a sentence of the scheduler's own",
        {"stopCode": "ServiceSchedulerInitiated", "stoppedReason": "Moved elsewhere", **SERVICE},
    ),
    (
        "a Batch job that ran into its time limit",
        {
            "stopCode": "UserInitiated",
            "stoppedReason": "Job attempt duration exceeded timeout",
            **BATCH,
        },
    ),
    ("a service's task, on Spot", {"stopCode": "SpotInterruption", **SERVICE}),
    ("AWS's maintenance", {"stoppedReason": "ECS is performing maintenance"}),
    (
        "an instance that was drained",
        {"stoppedReason": "Task stopped during instance draining", **MANAGED},
    ),
    (
        "an instance that was terminated or stopped",
        {"stoppedReason": "Host EC2 (instance i-1) terminated.", **EC2},
    ),
    ("an instance that AWS found impaired", {"stopCode": "InfrastructureHealth", **MANAGED}),
    (
        "a task of a service, and a side container with a code of its own",
        exits(("web", 0), ("datadog-agent", 1), **SERVICE),
    ),
    ("a service's task, on a host that is gone", {"stopCode": "TerminationNotice", **SERVICE}),
    ("a service's task that ended with 0", exits(("web", 0), **SERVICE)),
]


def judged(changes: dict[str, Any]) -> Diagnosis:
    """Diagnose the standard event with these changes."""
    return diagnose(parse_event(task_state_change(**changes)))


def said(changes: dict[str, Any]) -> str | None:
    """Return the evidence of the first wording that fits the standard event so changed."""
    finding = _find(parse_event(task_state_change(**changes)), FailurePolicy())
    fitting = (w for w in WORDINGS if finding.cause in w.causes and w.fits(finding))
    return next((w.evidence for w in fitting), None)


@each(("evidence", "changes"), [pytest.param(e, c, id=e) for e, c in EXAMPLES])
def test_each_wording_is_for_an_event_that_shows_its_evidence(
    evidence: str, changes: dict[str, Any]
) -> None:
    assert said(changes) == evidence


def test_every_wording_is_said() -> None:
    """No wording stands behind others that take all its events."""
    assert sorted(evidence for evidence, _ in EXAMPLES) == sorted(w.evidence for w in WORDINGS)


@each(
    ("evidence", "changes"),
    [
        pytest.param(
            "the image's name is not valid",
            failed_pull("invalid reference format: repository name must be lowercase", **EC2),
            id="docker",
        ),
        pytest.param(
            "on Fargate",
            {"containers": [{"exitCode": 137, "reason": "OutOfMemoryError", "memory": "512"}]},
            id="limit-of-the-whole-task",
        ),
        pytest.param(
            "the pull was not permitted",
            failed_pull(
                "pull access denied for r.example/web, repository does not exist or may require "
                "'docker login': denied: User: arn:aws:sts::1:assumed-role/x is not authorized to "
                "perform: ecr:BatchGetImage",
                **EC2,
            ),
            id="by-iam",
        ),
        pytest.param(
            "a registry outside ECR refused the login",
            failed_pull('Head "https://ghcr.io/v2/acme/web/manifests/2": denied: denied', **EC2),
            id="github",
        ),
        pytest.param(
            "the pull was not permitted",
            failed_pull("denied: Your authorization token has expired. Reauthenticate", **EC2),
            id="old-login-of-ecr",
        ),
        pytest.param(
            "the pull was not permitted",
            failed_pull("NoCredentialProviders: no valid providers in chain", **EC2),
            id="no-role",
        ),
        pytest.param(
            "the pull was not permitted",
            failed_pull("The security token included in the request is expired", **EC2),
            id="old-credentials",
        ),
        pytest.param(
            "the pull was cut off",
            failed_pull('Get "https://r.example/v2/": EOF', **EC2),
            id="closed-connection",
        ),
        pytest.param(
            "the pull was cut off",
            failed_pull("filesystem layer verification failed for digest sha256:abc", **EC2),
            id="half-a-layer",
        ),
        pytest.param(
            "a secret or parameter does not exist",
            failed_set_up("unable to retrieve secrets from ssm: invalid ssm parameters: /a/b"),
            id="parameter-on-fargate",
        ),
        pytest.param(
            "a secret or parameter does not exist",
            failed_start(
                stoppedReason="Fetching secret data from SSM Parameter Store in eu-central-1: "
                "invalid parameters: /a/b",
                **EC2,
            ),
            id="parameter-on-an-instance",
        ),
        pytest.param(
            "a secret or parameter does not exist",
            failed_set_up("unable to retrieve secrets from ssm: ParameterNotFound: /a/b"),
            id="parameter-by-its-error-code",
        ),
        pytest.param(
            "the secret is not JSON",
            failed_set_up("unable to retrieve secret from asm: unexpected end of JSON input"),
            id="empty-secret",
        ),
        pytest.param(
            "valueFrom does not name a secret properly",
            failed_set_up(
                "unable to retrieve secret from asm: InvalidParameter: 1 validation error(s) "
                "found. - minimum field size of 32, GetSecretValueInput.VersionId."
            ),
            id="json-key-as-a-version",
        ),
        pytest.param(
            "the image is not made for the platform",
            failed_pull(
                "a Windows version 10.0.20348-based image is incompatible with a 10.0.17763 host",
                **EC2,
            ),
            id="another-windows",
        ),
        pytest.param(
            "the registry has a fault of its own",
            failed_pull("unexpected status from HEAD request to x: 500 Internal Server Error"),
            id="500-of-the-registry",
        ),
        pytest.param(
            "the working directory cannot be used",
            failed_start('chdir to cwd ("/app") set in config.json failed: no such file', **EC2),
            id="no-such-directory",
        ),
    ],
)
def test_the_same_evidence_has_other_words_too(evidence: str, changes: dict[str, Any]) -> None:
    assert said(changes) == evidence


#: What a hint must not name, where the event rules it out.
RULED_OUT: Final = [
    pytest.param(
        lambda task, _: task.launch_type == "FARGATE",
        "container instance|host's disk|instance's role|Docker on|on the host|on EC2|ecs-agent",
        id="no-instance-on-fargate",
    ),
    pytest.param(
        lambda task, _: task.launch_type == "EC2",
        "Fargate|ephemeral storage",
        id="no-fargate-on-instances",
    ),
    pytest.param(
        lambda _, found: found.workload.type == "service",
        "Run the (task|job) again|the job is done",
        id="services-start-tasks-again",
    ),
    pytest.param(
        lambda _, found: found.workload.type != "service",
        "ECS starts another|should keep running|this is routine",
        id="nobody-replaces-a-job",
    ),
    pytest.param(
        lambda _, found: {c.exit_code for c in found.culprits} == {143},
        "memory",
        id="memory-limits-send-no-sigterm",
    ),
    pytest.param(
        lambda task, found: not task.stopped_reason and not any(c.reason for c in task.containers),
        "the reason",
        id="no-reason-to-read",
    ),
]


@cache
def diagnosed() -> list[tuple[TaskStateChange, Diagnosis]]:
    """Return the task and the diagnosis of every example and event file."""
    events = [json.loads(path.read_text("utf-8"))["event"] for path in EVENTS]
    events += [
        task_state_change(**{**changes, **workload})
        for _, changes in EXAMPLES
        for workload in ({}, SERVICE, STANDALONE, BATCH)
    ]
    tasks = [parse_event(event) for event in events]
    return [(task, diagnose(task)) for task in tasks]


@each(("holds", "words"), RULED_OUT)
def test_no_hint_names_what_the_event_rules_out(holds: Any, words: str) -> None:
    """Of all examples and event files, no hint names a thing that the event rules out."""
    for task, found in diagnosed():
        if holds(task, found):
            assert not re.search(words, found.hint), (found.hint, task.raw)


@each(
    "changes",
    [
        pytest.param(exits(("app", None), **SERVICE), id="no-code"),
        pytest.param(exits(("app", None), **SERVICE, **EC2), id="no-code-on-an-instance"),
        pytest.param(exits(("app", 0), ("helper", 137), **SERVICE), id="kill-beside-0"),
        pytest.param(exits(("app", 0), ("helper", 143), **SERVICE), id="sigterm-beside-0"),
        pytest.param(exits(("app", 0), ("helper", 1), **SERVICE), id="1-beside-0"),
        pytest.param(exits(("app", 0), ("log_router", 139), **SERVICE), id="router-beside-0"),
        pytest.param(
            failed_start(containers=[{"exitCode": 0}, {"name": "b", "exitCode": ABSENT}]) | SERVICE,
            id="failed-start-beside-0",
        ),
    ],
)
def test_of_a_service_nobody_asks_whether_the_work_is_done(changes: dict[str, Any]) -> None:
    """ECS runs it again: what counts is whether it stays up."""
    found = judged(changes)
    said = f"{found.summary} {' '.join(found.unknown)} {found.hint}"
    assert found.hint.startswith("ECS starts another task: check that it stays up. ")
    assert not re.search("the work|may have failed|run it again", said)
    assert re.search("the work", judged({**changes, "group": ABSENT}).hint) or "router" in said


@each(
    ("image", "text", "named"),
    [
        pytest.param("r.example/side:2.8", "ref r.example/side:2.8: not found", True, id="whole"),
        pytest.param("nginx:1", "ref docker.io/library/nginx:1: not found", True, id="docker-hub"),
        pytest.param("nginx", "ref docker.io/library/nginx:latest: x", True, id="without-a-tag"),
        pytest.param("r.example/side:2", "ref r.example/side:2.8: x", False, id="shorter-tag"),
        pytest.param("side:2", "ref r.example/side:2: x", False, id="another-registry"),
        pytest.param(None, "ref r.example/side:2: x", False, id="no-image"),
    ],
)
def test_the_image_that_the_reason_means_is_named_with_its_container(
    image: str | None, text: str, named: bool
) -> None:
    """Fargate says it of the task, not of a container."""
    found = judged(
        failed_pull(
            text,
            containers=[
                {"name": "web", "exitCode": ABSENT, "image": "r.example/web:1"},
                {"name": "side", "exitCode": ABSENT, "image": image},
            ],
        )
    )
    assert (f"could not pull {image} (container side)" in found.summary) is named
    assert ("could not pull an image" in found.summary) is not named


def test_an_image_in_the_ecr_of_another_account_is_named_in_full() -> None:
    """It may be the mistake."""
    image = "210987654321.dkr.ecr.eu-central-1.amazonaws.com/app:1"
    found = judged(failed_pull("x", containers=[{"exitCode": ABSENT, "image": image}]))
    assert f"could not pull {image} (container app)" in found.summary


def test_an_image_that_is_only_a_digest_is_named_by_its_container() -> None:
    found = judged(failed_pull("x", containers=[{"exitCode": ABSENT, "image": "sha256:4f53"}]))
    assert found.summary.endswith("ECS could not pull the image of container app.")


@each(
    ("task", "container", "limit"),
    [
        pytest.param("512", ABSENT, " (limit 512 MiB)", id="task"),
        pytest.param(ABSENT, 256, " (limit 256 MiB)", id="container"),
        pytest.param("512", "256", " (limit 256 MiB, task 512 MiB)", id="both"),
        pytest.param("512", "512", " (limit 512 MiB)", id="the-same"),
        pytest.param("a lot", "-1", "", id="no-number"),
        pytest.param("0", ABSENT, "", id="none"),
    ],
)
def test_out_of_memory_is_said_with_the_limit(task: Any, container: Any, limit: str) -> None:
    """It is the figure that one needs."""
    oom = {"exitCode": 137, "reason": "OutOfMemoryError", "memory": container}
    found = judged({"memory": task, "containers": [oom]})
    assert f"ran out of memory{limit}: container app" in found.summary


def test_a_limit_of_one_of_several_containers_is_not_said() -> None:
    oom = {"exitCode": 137, "reason": "OutOfMemoryError", "memory": "256"}
    found = judged({"memory": ABSENT, "containers": [oom, {"name": "b", **oom}]})
    assert "limit" not in found.summary


@each("code", [0xC0000005, -1073741819, 0xC0000374, 139])
def test_a_crash_in_native_code_is_told_on_windows_too(code: int) -> None:
    assert "crashed in native code" in judged(exits(("app", code))).hint


def test_memory_is_not_the_first_thought_beside_a_clean_exit() -> None:
    """Of a 137 beside a container that ended with 0, a slow stop is likelier."""
    hint = judged(exits(("app", 0), ("helper", 137))).hint
    assert hint.index("slow to stop") < hint.index("memory")


@each(
    ("changes", "summary"),
    [
        pytest.param(
            exits(("app", None)),
            "Scheduled task nightly-report ended without a known result: ECS lost sight of "
            "container app.",
            id="lost-sight",
        ),
        pytest.param(
            {"stopCode": "ServiceSchedulerInitiated", "stoppedReason": ABSENT, **SERVICE},
            "A task of service web was stopped by the service scheduler; ECS does not say why.",
            id="no-sentence",
        ),
        pytest.param(
            {"stopCode": "ServiceSchedulerInitiated", "stoppedReason": ABSENT, **STANDALONE},
            "Standalone task nightly-report was stopped by ECS, though it belongs to no service.",
            id="no-service",
        ),
        pytest.param(
            {"containers": [{"exitCode": 0, "reason": "OutOfMemoryError"}]},
            "Scheduled task nightly-report ran out of memory (limit 512 MiB): a "
            "child process was killed in container app, exit code 0.",
            id="child-process",
        ),
        pytest.param(
            failed_pull("app:v2: not found"),
            "Scheduled task nightly-report could not start: ECS could not pull "
            "nightly-report:1.4.2 from ECR (container app), because the registry has no such "
            "image or tag.",
            id="the-only-container",
        ),
        pytest.param(
            failed_start(
                stoppedReason="CannotPullContainerError: x",
                containers=[{"name": n, "exitCode": ABSENT, "reason": "not found"} for n in "bac"],
            ),
            "Scheduled task nightly-report could not start: ECS could not pull the images of "
            "container a, container b and container c, because the registry has no such image or "
            "tag.",
            id="three-containers",
        ),
        pytest.param(
            failed_start(
                stoppedReason="CannotPullContainerError: x",
                containers=[{"name": n, "exitCode": ABSENT, "reason": "x"} for n in "bacde"],
            ),
            "Scheduled task nightly-report could not start: ECS could not pull the images of "
            "container a, container b, container c and 2 more.",
            id="many-containers",
        ),
        pytest.param(
            failed_start("port is already allocated", **EC2),
            "Scheduled task nightly-report could not start: a port for container app is taken on "
            "the host.",
            id="failed-start-names-the-container",
        ),
        pytest.param(
            failed_start(
                containers=[{"name": "a", "exitCode": 143, "reason": f"{WAITED} [a] has timed out"}]
            ),
            "Scheduled task nightly-report could not start: container a waited for b, which was "
            "not ready in time.",
            id="made-up-code-is-no-sigterm",
        ),
        pytest.param(
            failed_start(
                containers=[
                    {
                        "name": "web",
                        "exitCode": ABSENT,
                        "reason": "TaskDependencyError: dependency graph: container init exited",
                    },
                    {"name": "init", "exitCode": 3},
                ]
            ),
            "Scheduled task nightly-report could not start: container init, exit code 3; container "
            "web waited for it.",
            id="dependency-without-a-code",
        ),
        pytest.param(
            unhealthy("target-group x", "Health checks failed with these codes: [502]"),
            "A task of service web was stopped because the load balancer's health checks got "
            "HTTP 502.",
            id="health-check-code",
        ),
        pytest.param(
            unhealthy("target-group x", "Request timed out"),
            "A task of service web was stopped because the load balancer's health checks timed "
            "out.",
            id="health-check-timeout",
        ),
        pytest.param(
            {
                "containers": [
                    {"exitCode": 0},
                    {"name": "helper", "exitCode": None, "reason": "CannotPullContainerError: x"},
                ]
            },
            "Scheduled task nightly-report failed: container helper was not started: its image "
            "could not be pulled; another container ended with 0.",
            id="never-pulled",
        ),
        pytest.param(
            failed_start("password=hunter2 " + "x" * 100, containers=[{"exitCode": 2}])
            | {"stoppedReason": "Nobody knows this\npassword=hunter2secret"},
            "Scheduled task nightly-report could not start: container app, exit code 2; ECS says "
            '"Nobody knows this password=[redacted: secret]".',
            id="unknown-reason-is-quoted",
        ),
        pytest.param(
            {"stopCode": "ServiceSchedulerInitiated", "stoppedReason": "Moved away.", **SERVICE},
            'A task of service web was stopped by the service scheduler: "Moved away".',
            id="own-sentence",
        ),
        pytest.param(
            {
                "stoppedReason": "Task failed container health checks",
                "containers": [
                    {"name": "web", "healthStatus": "HEALTHY"},
                    {"name": "proxy", "healthStatus": "UNHEALTHY", "exitCode": 0},
                ],
            },
            "Scheduled task nightly-report was stopped because its container health check failed: "
            "container proxy, exit code 0.",
            id="unhealthy",
        ),
    ],
)
def test_the_summary_says_what_the_evidence_shows_and_no_more(
    changes: dict[str, Any], summary: str
) -> None:
    assert judged(changes).summary == summary


@each(
    ("changes", "question"),
    [
        pytest.param(
            exits(("app", 0), ("cloudwatch-agent", 2)),
            "Container cloudwatch-agent ended with exit code 2; the event does not say whether "
            "that was before the others ended.",
            id="side-container",
        ),
        pytest.param(
            exits(("app", 0), ("helper", 1)),
            "Another container exited with 0. If that one ended first, the code may be no more "
            "than an answer to the SIGTERM that follows (npm gives 1, Go gives 2).",
            id="answer-to-sigterm",
        ),
        pytest.param(
            exits(("app", 143)), "The event does not say who sent the signal.", id="sigterm"
        ),
    ],
)
def test_what_the_event_leaves_open_is_said_one_thing_a_sentence(
    changes: dict[str, Any], question: str
) -> None:
    assert judged(changes).unknown == (question,)


@each("stop_code", ["UserInitiated", "SpotInterruption", "TerminationNotice"])
def test_where_no_exit_code_decides_the_others_are_no_open_question(stop_code: str) -> None:
    ends = exits(("app", 1), ("cloudwatch-agent", 2))
    assert judged({**ends, "stopCode": stop_code}).unknown == ()


@pytest.mark.parametrize(
    "reason", ["Health checks failed with these codes: [404]", "Request timed out"]
)
def test_what_a_health_check_got_is_no_open_question(reason: str) -> None:
    """A reason that names the code or the time-out answers it."""
    assert judged(unhealthy("target-group x", reason)).unknown == ()


@each("code", [None, 0, 137, 143])
def test_ends_that_a_stop_explains_are_not_named(code: int | None) -> None:
    """The end of a side container that ECS's own stop explains is no open question."""
    assert judged(exits(("app", 0), ("log_router", code))).unknown == ()


def test_every_wording_uses_the_placeholders_that_there_are_and_no_other() -> None:
    summaries = {"who", "which", "because", "names", "of", "for_", "ended_well", "ended"}
    summaries |= {"waited", "awaited", "codes", "quote", "image", "limit", "beside", "outcome"}
    for wording in WORDINGS:
        used = {name for _, name, _, _ in Formatter().parse(wording.summary or "") if name}
        assert used <= summaries
        hints = f"{wording.hint} {wording.for_service or ''}"
        assert {name for _, name, _, _ in Formatter().parse(hints) if name} <= {"role", "rerun"}


@given(strategies.task_events(), strategies.policies())
def test_whatever_the_event_there_is_something_to_say(
    event: dict[str, Any], policy: FailurePolicy
) -> None:
    """Every summary and hint is one text without a placeholder left."""
    found = diagnose(parse_event(event), policy)
    assert found.summary.endswith(".")
    assert found.hint.endswith((".", "?"))
    assert "{" not in found.hint


@each("wording", [w for w in WORDINGS if w.says], ids=lambda w: w.evidence.replace(" ", "-"))
def test_a_long_text_is_read_soon(wording: Wording) -> None:
    """Also if it repeats a word that the wording knows."""
    says = re.compile(wording.says or "", re.IGNORECASE | re.DOTALL)
    words = {word for word in re.split(r"\W+", wording.says or "") if len(word) > 3}

    def search(characters: int) -> None:
        for word in ("a", *words):
            says.search((f"{word} " * characters)[:characters])

    assert_linear(search, 8 * READ_CHARACTERS)


def test_a_side_containers_failure_beside_a_kill_names_no_clean_exit() -> None:
    """With the definition such a case is undecided, though nothing ended with 0."""
    event = parse_event(
        task_state_change(
            containers=[{"name": "web", "exitCode": 137}, {"name": "log_router", "exitCode": 1}]
        )
    )
    definition = TaskDefinition(
        event.task_definition_arn or "",
        tuple(ContainerDefinition(name, essential=True) for name in ("web", "log_router")),
    )
    found = diagnose(event, FailurePolicy(), definition)
    assert [c.name for c in found.culprits] == ["log_router"]
    assert "ended with 0" not in found.summary
    assert found.notes == (
        "Killed, by ECS or before it stopped the task: container web with exit code 137 (SIGKILL).",
    )
