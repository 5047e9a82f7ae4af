"""The words for an image that cannot be pulled."""

from __future__ import annotations

from typing import Final

from ..causes import Cause
from .findings import Finding
from .refusals import DENIED, NO_ROUTE
from .wording import STARTS, Wording, any_of, both, on_fargate

_PULL: Final = (Cause.FAILED_TO_START_IMAGE_PULL,)

#: Registries other than ECR.
_OTHER_REGISTRIES: Final = (
    r"(?:ghcr|quay|docker|gcr)\.io|azurecr\.io|pkg\.dev|registry\.gitlab\.com"
)

#: IAM's own word, which leaves no doubt whether a repository exists.
_BY_IAM: Final = "not authorized to perform"


def _outside_ecr(finding: Finding) -> bool:
    return ".dkr.ecr." not in finding.text


def _pull_failed(why: str) -> str:
    return f"{{who}} could not start: ECS could not pull {{image}}, because {why}."


_ON_ANY_START: Final = (
    Wording(
        STARTS,
        "ECS cannot assume the role",
        "Check the trust policy of the role that the reason names: it must let "
        "ecs-tasks.amazonaws.com assume the role. Then check that the role exists.",
        summary="{who} could not start: ECS could not assume its role.",
        says="unable to assume (?:the )?role",
    ),
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
        "the image's name is not valid",
        "Correct the image's name in the task definition: REPOSITORY:TAG, with a repository in "
        "small letters, without https://. If a part is empty or a placeholder, the deployment did "
        "not fill it in.",
        summary="{who} could not start: the image name{of} is not valid.",
        says=any_of("normalize image reference", "invalid reference format"),
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
        "image itself.",
        summary=_pull_failed("the tag leads to a build attestation"),
        says=any_of("in-toto", "attestation"),
    ),
    Wording(
        _PULL,
        "the image's format is unknown to the host",
        "Build the image in a format that the host can read, such as layers packed with gzip.",
        summary=_pull_failed("the host cannot read the image's format"),
        says=any_of("media.?type", "unsupported manifest"),
    ),
    Wording(
        _PULL,
        "the image is not made for the platform",
        "Build the image for the task's platform (an arm64 image does not run on amd64), or set "
        "runtimePlatform in the task definition to what the image is built for.",
        summary=_pull_failed("the image is not made for the task's platform"),
        says=any_of(
            "no match(?:ing manifest)? for",
            "matching platform",
            "platform mismatch",
            "image is incompatible with",
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
        summary=_pull_failed("the registry's rate limit is reached"),
        says=any_of("toomanyrequests", "rate limit", r"\b429\b", "too many requests"),
    ),
    Wording(
        _PULL,
        "the repository is missing, or needs a login",
        "Check the image's name, then the login: the execution role's permissions for ECR, "
        "repositoryCredentials for other registries.",
        summary=_pull_failed("the repository does not exist, or access to it was denied"),
        says=rf"\A(?!.*{_BY_IAM}).*(?:pull access denied|may require 'docker login')",
    ),
    Wording(
        _PULL,
        "a registry outside ECR refused the login",
        "Check repositoryCredentials first: the secret's user and token, and that the token may "
        "read packages. Then check the image's name.",
        summary=_pull_failed("the registry refused the login"),
        says=both(_OTHER_REGISTRIES, any_of(DENIED, "authentication required", r"\b401\b")),
        when=_outside_ecr,
    ),
    Wording(
        _PULL,
        "the registry's certificate is not trusted",
        "Check the registry's certificate: that it has not expired, names this host, and comes "
        "from an authority that the host trusts. A proxy that inspects TLS may use its own.",
        summary=_pull_failed("the registry's certificate is not trusted"),
        says="x509",
    ),
    Wording(
        _PULL,
        "the registry has a fault of its own",
        "{rerun} Look at the registry's status page. A copy of the image in ECR does not depend "
        "on it.",
        summary=_pull_failed("the registry, or a proxy in front of it, failed"),
        says=any_of(
            "bad gateway",
            "internal server error",
            "service unavailable",
            "gateway time-?out",
            r"status(?: code)?:? 50[234]\b",
        ),
    ),
    Wording(
        _PULL,
        "the pull was not permitted",
        "Check that the {role} may pull (AmazonECSTaskExecutionRolePolicy) and that the "
        "repository's policy allows it; outside ECR, check repositoryCredentials.",
        summary=_pull_failed("access was denied"),
        says=any_of(
            DENIED,
            "no basic auth",
            "authentication required",
            "ContainerAuthError",
            "NoCredentialProviders",
            "token included in the request is (?:expired|invalid)",
        ),
    ),
    Wording(
        _PULL,
        "the network does not reach the registry",
        "Check the route from the task to the registry: a NAT gateway or a public IP address, or "
        "VPC endpoints (ECR needs ecr.api, ecr.dkr and S3); then security groups and DNS.",
        summary=_pull_failed("the network does not reach the registry"),
        says=any_of(NO_ROUTE, "proxyconnect"),
    ),
    Wording(
        _PULL,
        "the tag or the repository does not exist",
        "Compare the image's name and tag in the task definition with the registry: the tag may "
        "never have been pushed, or to another account or Region, or a lifecycle policy deleted "
        "it.",
        summary=_pull_failed("the registry has no such image or tag"),
        says=any_of(
            "not found", "manifest unknown", "name unknown", "does not exist", "no such image"
        ),
    ),
    Wording(
        _PULL,
        "the layers could not be unpacked, on Fargate",
        "{rerun} If it happens again, rebuild and push the image.",
        summary=_pull_failed("the layers could not be unpacked"),
        says=any_of("register layer", "failed to extract layer"),
        when=on_fargate,
    ),
    Wording(
        _PULL,
        "the host could not store the layers",
        "Check the host's disk and Docker's storage driver, or replace the container instance.",
        summary=_pull_failed("the host could not store the layers"),
        says=any_of("register layer", "devicemapper", "failed to extract layer"),
    ),
    Wording(
        _PULL,
        "the pull was cut off",
        "{rerun} If it happens again, check the network and the size of the image.",
        summary=_pull_failed("the pull was cut off"),
        says=any_of("context cancel", r"\bEOF\b", "layer verification failed"),
    ),
)

#: In this order the first that fits is said.
START_WORDINGS: Final = (*_ON_ANY_START, *_ON_PULLS)
