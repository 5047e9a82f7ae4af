"""What to say of an image that cannot be pulled and of resources that cannot be set up."""

from __future__ import annotations

from typing import Final

from ..causes import Cause
from .wording import STARTS, Wording, any_of, both, on_fargate

_PULL: Final = (Cause.FAILED_TO_START_IMAGE_PULL,)
_SET_UP: Final = (Cause.FAILED_TO_START_RESOURCE_INIT,)

_DENIED: Final = any_of(
    "AccessDenied",
    "access denied",
    "not authorized",
    "unauthorized",
    "forbidden",
    r"\b403\b",
    "permission denied",
    "is denied",
)
_NO_ROUTE: Final = any_of(
    "connection issue",
    "i/o timeout",
    "dial tcp",
    "no such host",
    "connection refused",
    "connection reset",
    "deadline exceeded",
    "TLS handshake timeout",
    "awaiting headers",
    "while waiting for connection",
    "network is unreachable",
    "send request failed",
    "timed out",
)

_FILE_SYSTEM: Final = r"\bEFS\b|mount\.nfs|S3 ?Files"

_ON_ANY_START: Final = (
    Wording(
        STARTS,
        "Docker does not answer on the host",
        "Restart Docker on the host, or replace the container instance. Neither the image nor "
        "the task definition is at fault.",
        summary="{who} could not start: Docker does not answer on its host.",
        says=any_of("error during connect", "cannot connect to the docker daemon"),
    ),
    Wording(
        STARTS,
        "no space is left on the disk, on Fargate",
        "Raise the task's ephemeral storage, or make the image smaller.",
        summary="{who} could not start: the disk is full.",
        says="no space left on device",
        when=on_fargate,
    ),
    Wording(
        STARTS,
        "no space is left on the disk",
        "Free space on the host's disk (old images take most of it), or give it a larger one.",
        summary="{who} could not start: the disk of its host is full.",
        says="no space left on device",
    ),
)

_ON_PULLS: Final = (
    Wording(
        _PULL,
        "the tag leads to a build attestation",
        "Build the image with --provenance=false --sbom=false, or pull it by the digest of the "
        "image itself: the tag leads to a build attestation.",
        says=any_of("in-toto", "attestation"),
    ),
    Wording(
        _PULL,
        "the image's format is unknown to the host",
        "Build the image in a format that the host can read, such as layers packed with gzip.",
        says=any_of("media.?type", "unsupported manifest"),
    ),
    Wording(
        _PULL,
        "the image is not made for the platform",
        "Build the image for the task's platform (an arm64 image does not run on amd64), or set "
        "runtimePlatform in the task definition to what the image is built for.",
        says=any_of(
            "no match(?:ing manifest)? for",
            "matching platform",
            "platform mismatch",
            "image operating system",
            "cannot be used on this platform",
            "exec format error",
        ),
    ),
    Wording(
        _PULL,
        "the registry's rate limit is reached",
        "Wait, or log in to the registry with repositoryCredentials; better, keep a copy of the "
        "image in ECR (a pull through cache does it for you).",
        says=any_of("toomanyrequests", "rate limit", r"\b429\b", "too many requests"),
    ),
    Wording(
        _PULL,
        "the repository is missing, or needs a login",
        "Check the image's name, then the login: the repository does not exist, or neither the "
        "execution role (for ECR) nor repositoryCredentials (for others) opens it.",
        says=any_of("pull access denied", "may require 'docker login'"),
    ),
    Wording(
        _PULL,
        "the pull was not permitted",
        "Check that the {role} may pull (AmazonECSTaskExecutionRolePolicy) and that the "
        "repository's policy lets it; outside ECR, check repositoryCredentials.",
        says=any_of(_DENIED, "no basic auth", "authentication required", "ContainerAuthError"),
    ),
    Wording(
        _PULL,
        "the network does not reach the registry",
        "Check the way from the task to the registry: a NAT gateway or a public IP address, or "
        "VPC endpoints (ECR needs ecr.api, ecr.dkr and S3); then security groups and DNS.",
        says=any_of(_NO_ROUTE, "x509", "proxyconnect"),
    ),
    Wording(
        _PULL,
        "the tag or the repository does not exist",
        "Compare the image's name and tag in the task definition with the registry: the tag may "
        "never have been pushed, or to another account or Region, or a lifecycle policy deleted "
        "it.",
        says=any_of(
            "not found", "manifest unknown", "name unknown", "does not exist", "no such image"
        ),
    ),
    Wording(
        _PULL,
        "the layers could not be unpacked, on Fargate",
        "{rerun} If it comes again, build and push the image anew: its layers could not be "
        "unpacked.",
        says=any_of("register layer", "failed to extract layer"),
        when=on_fargate,
    ),
    Wording(
        _PULL,
        "the host could not store the layers",
        "Check the host's disk and Docker's storage driver, or replace the container instance.",
        says=any_of("register layer", "devicemapper", "failed to extract layer"),
    ),
    Wording(
        _PULL,
        "the pull was cut off",
        "{rerun} If it comes again, look at the network and at the size of the image: something "
        "cut the pull off.",
        says=any_of("context cancel", "unexpected EOF"),
    ),
)

_ON_SET_UPS: Final = (
    Wording(
        _SET_UP,
        "the file system (EFS, S3 Files) refuses the mount",
        "Check that the task role (not the execution role) may mount the file system, such as "
        "elasticfilesystem:ClientMount or s3files:ClientMount; then the file system's policy and "
        "its access point.",
        summary="{who} could not start: a file system refused the mount.",
        says=both(_FILE_SYSTEM, _DENIED),
    ),
    Wording(
        _SET_UP,
        "the file system (EFS, S3 Files) cannot be mounted",
        "Check the file system's mount target in the task's Availability Zone, that security "
        "groups let NFS (port 2049) through, and DNS; then that the task role may mount it.",
        summary="{who} could not start: a file system could not be mounted.",
        says=_FILE_SYSTEM,
    ),
    Wording(
        _SET_UP,
        "ECS cannot use the infrastructure role",
        "Check the infrastructure role of the volume: ecs.amazonaws.com must be trusted, and the "
        "policy AmazonECSInfrastructureRolePolicyForVolumes attached.",
        summary="{who} could not start: ECS could not make its volume.",
        says="Infrastructure Role",
    ),
    Wording(
        _SET_UP,
        "the EBS volume cannot be set up",
        "Read the reason, then check the volume's configuration (size, type, snapshot, key) and "
        "the account's EBS quota. If ECS only timed out, try again.",
        summary="{who} could not start: its EBS volume could not be set up.",
        says="EBS volume",
    ),
    Wording(
        _SET_UP,
        "a volume cannot be mounted",
        "Check the mount point in the task definition: a folder goes onto a folder, a file onto "
        "a file, and the source has to exist.",
        summary="{who} could not start: a volume{for_} could not be mounted.",
        says="error mounting",
    ),
    Wording(
        _SET_UP,
        "the host cannot make the volume",
        "Check on the host that the volume's driver is installed and running, and what it logs; "
        "then the driver's options in the task definition.",
        summary="{who} could not start: the host could not make a volume.",
        says=any_of(r"VolumeDriver\.", "VolumeError", "mounting volume"),
    ),
    Wording(
        _SET_UP,
        "the log driver has no log group",
        "Create the log group, or set awslogs-create-group and permit logs:CreateLogGroup; check "
        "that awslogs-region is the group's Region.",
        summary="{who} could not start: the log group{of} does not exist.",
        says=both("log(?:ging)? driver|log stream|logger", "does not exist|ResourceNotFound"),
    ),
    Wording(
        _SET_UP,
        "the log driver cannot be set up",
        "Check logConfiguration: the log group and its Region, that the {role} may write there, "
        "and that the subnet reaches CloudWatch Logs or the driver's server.",
        summary="{who} could not start: the log driver{of} could not be set up.",
        says=any_of("log(?:ging)? driver", "logger args", "log stream"),
    ),
    Wording(
        _SET_UP,
        "an environment file cannot be read",
        "Check that the file is in S3 and that the execution role may read it (s3:GetObject and "
        "s3:GetBucketLocation), and that the subnet reaches S3.",
        summary="{who} could not start: an environment file could not be read.",
        says=any_of("env file", "environment file"),
    ),
    Wording(
        _SET_UP,
        "gMSA credentials cannot be fetched",
        "Check the credential spec, the secret that it names, and that the role may read both; "
        "then that the host reaches the domain controller.",
        summary="{who} could not start: its gMSA credentials could not be fetched.",
        says="gMSA",
    ),
    Wording(
        _SET_UP,
        "a secret or the registry's login cannot be reached",
        "Check the way from the task to Secrets Manager, SSM and ECR: a NAT gateway or a public "
        "IP address, or VPC endpoints; then security groups and DNS.",
        summary="{who} could not start: the network did not reach its secrets or registry login.",
        says=both(r"secret|registry auth|\bssm\b|\basm\b", _NO_ROUTE),
    ),
    Wording(
        _SET_UP,
        "the role may not read a secret or the registry's login",
        "Check that the execution role may do what the reason names, such as "
        "secretsmanager:GetSecretValue, ssm:GetParameters or ecr:GetAuthorizationToken, and "
        "kms:Decrypt for a key of your own.",
        summary="{who} could not start: its role may not read a secret or the registry's login.",
        says=both(r"secret|registry auth|\bssm\b|\basm\b|parameter", _DENIED),
    ),
    Wording(
        _SET_UP,
        "a secret or parameter does not exist",
        "Check the secret's ARN or the parameter's name in the task definition: that it exists "
        "in this account and Region, and has the JSON key and version that are asked for.",
        summary="{who} could not start: a secret or parameter that it needs was not found.",
        says=both(
            r"secret|\bssm\b|parameter",
            "ResourceNotFound|can't find|not found|invalid ssm|did not contain|does not exist",
        ),
    ),
    Wording(
        _SET_UP,
        "a secret cannot be fetched",
        "Check that the secret exists, that the execution role may read it, and that the subnet "
        "reaches Secrets Manager or SSM.",
        summary="{who} could not start: a secret could not be fetched.",
        says=any_of("retrieve secret", "secret data", "secrets or registry auth"),
    ),
    Wording(
        _SET_UP,
        "the network interface cannot be configured",
        "{rerun} If it comes again, check the subnet and ask AWS Support.",
        summary="{who} could not start: its network interface could not be configured.",
        says=any_of("configure ENI", "netplugin"),
    ),
)

#: In this order the first that fits is said.
START_WORDINGS: Final = (*_ON_ANY_START, *_ON_PULLS, *_ON_SET_UPS)
