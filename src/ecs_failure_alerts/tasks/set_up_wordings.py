"""The words for resources that cannot be set up: file systems, volumes, logs and secrets."""

from __future__ import annotations

from typing import Final

from ..causes import Cause
from .refusals import DENIED, NO_ROUTE
from .wording import Wording, any_of, both

_SET_UP: Final = (Cause.FAILED_TO_START_RESOURCE_INIT,)

_FILE_SYSTEM: Final = r"\bEFS\b|mount\.nfs|S3 ?Files"

#: In this order the first that fits is said.
SET_UP_WORDINGS: Final = (
    Wording(
        _SET_UP,
        "the file system (EFS, S3 Files) refuses the mount",
        "Check that the task role (not the execution role) may mount the file system, such as "
        "elasticfilesystem:ClientMount or s3files:ClientMount; then the file system's policy and "
        "its access point.",
        summary="{who} could not start: a file system refused the mount.",
        says=both(_FILE_SYSTEM, DENIED),
    ),
    Wording(
        _SET_UP,
        "the path is not in the file system",
        "Create the folder in the file system, or correct rootDirectory in the task definition: "
        "the path does not exist there.",
        summary="{who} could not start: a path does not exist in its file system.",
        says=both(_FILE_SYSTEM, "no such file or directory"),
    ),
    Wording(
        _SET_UP,
        "the file system's name cannot be resolved",
        "Check that the file system has a mount target in the task's Availability Zone, that the "
        "VPC has DNS resolution and DNS hostnames on, and that the file system's id is right.",
        summary="{who} could not start: the name of its file system could not be resolved.",
        says=both(_FILE_SYSTEM, "failed to resolve"),
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
        "Check the route from the task to Secrets Manager, SSM and ECR: a NAT gateway or a public "
        "IP address, or VPC endpoints; then security groups and DNS.",
        summary="{who} could not start: the network did not reach its secrets or registry login.",
        says=both(r"secret|registry auth|\bssm\b|\basm\b", NO_ROUTE),
    ),
    Wording(
        _SET_UP,
        "the role may not read a secret or the registry's login",
        "Check that the execution role may do what the reason names, such as "
        "secretsmanager:GetSecretValue, ssm:GetParameters or ecr:GetAuthorizationToken, and "
        "kms:Decrypt for a key of your own.",
        summary="{who} could not start: its role may not read a secret or the registry's login.",
        says=both(r"secret|registry auth|\bssm\b|\basm\b|parameter", DENIED),
    ),
    Wording(
        _SET_UP,
        "the secret has no such JSON key",
        "Add the JSON key that the reason names to the secret, or correct the key at the end of "
        "valueFrom in the task definition.",
        summary="{who} could not start: the secret has no such JSON key.",
        says="did not contain json key",
    ),
    Wording(
        _SET_UP,
        "the secret will be deleted",
        "Restore the secret (aws secretsmanager restore-secret), or name another one in the task "
        "definition.",
        summary="{who} could not start: a secret is marked for deletion, and cannot be read.",
        says=both("secret", "(?:marked|scheduled) for deletion"),
    ),
    Wording(
        _SET_UP,
        "valueFrom does not name a secret properly",
        "Correct valueFrom in the task definition: the secret's ARN alone, or with "
        ":JSON_KEY:VERSION_STAGE:VERSION_ID behind it. A part may be empty, but needs its colon.",
        summary="{who} could not start: valueFrom in its task definition is not valid.",
        says=any_of("unexpected ARN format", r"GetSecretValueInput\."),
    ),
    Wording(
        _SET_UP,
        "the secret is not JSON",
        "Store a JSON object in the secret, or leave out the JSON key at the end of valueFrom in "
        "the task definition.",
        summary="{who} could not start: a secret is not JSON, so it has no JSON key.",
        says=both(r"secret|\basm\b", "invalid character|unexpected end of JSON"),
    ),
    Wording(
        _SET_UP,
        "the secret has no current value",
        "Store a value in the secret: it exists, but no version of it has the staging label that "
        "the reason names.",
        summary="{who} could not start: the secret has no current value.",
        says="secret value for staging label: AWSCURRENT",
    ),
    Wording(
        _SET_UP,
        "a secret or parameter does not exist",
        "Check the secret's ARN or the parameter's name in the task definition: that it exists "
        "in this account and Region, and has the JSON key and version that are asked for.",
        summary="{who} could not start: a secret or parameter that it needs was not found.",
        says=both(
            r"secret|\bssm\b|parameter",
            "can't find|not ?found|invalid (?:ssm )?parameters|did not contain|does not exist",
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
        "{rerun} If it happens again, check the subnet and ask AWS Support.",
        summary="{who} could not start: its network interface could not be configured.",
        says=any_of("configure ENI", "netplugin"),
    ),
)
