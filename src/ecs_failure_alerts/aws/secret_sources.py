"""The places in AWS that can keep a secret: a parameter of Systems Manager, or a secret."""

from __future__ import annotations

import json
from contextlib import suppress
from functools import partial
from typing import Any, Final

from attrs import field, frozen

from ..exceptions import AwsError, DeliveryError
from .clients import SECRET_LIMITS, AwsClients, region_of

#: What to do about a request that could not be made, by botocore's error.
_ADVICE: Final = {
    "NoCredentialsError": "log in, or set AWS_PROFILE",
    "NoRegionError": "set AWS_REGION",
}

#: The characters of the names and ARNs of parameters and of secrets.
SSM_SIGNS: Final = "A-Za-z0-9_.:/-"
SECRET_SIGNS: Final = "A-Za-z0-9_.:/+=@-"  # noqa: S105 - of the name, not of the secret

_new_clients: Final = partial(AwsClients, limits=SECRET_LIMITS)


@frozen(slots=False, eq=False)
class SsmParameter:
    """
    A parameter of Systems Manager that holds a secret. A SecureString is decrypted.

    https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameter.html

    Attributes:
        name: The parameter's name or ARN.
        clients: The AWS clients; several secrets may share them.
    """

    name: str
    clients: AwsClients = field(factory=_new_clients, kw_only=True, repr=False)

    def prepare(self) -> None:
        """Load boto3 and build its client, so that no alert waits for it."""
        _prepare(self.clients, "ssm", self.name)

    def __call__(self) -> str:
        """
        Read the secret.

        Raises:
            DeliveryError: AWS refused, or could not be reached.
        """
        request = {"Name": self.name, "WithDecryption": True}
        answer = _read(self.clients, "ssm:GetParameter", self.name, request)
        return str(answer["Parameter"]["Value"])

    def __str__(self) -> str:
        return f"the SSM parameter {self.name}"


@frozen(slots=False, eq=False)
class Secret:
    """
    A secret of Secrets Manager: plain text, or a JSON object with the text under a key.

    https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html

    Attributes:
        secret_id: The secret's name or ARN.
        key: The key, where the secret is an object.
        clients: The AWS clients; several secrets may share them.
    """

    secret_id: str
    key: str = "dsn"
    clients: AwsClients = field(factory=_new_clients, kw_only=True, repr=False)

    def prepare(self) -> None:
        """Load boto3 and build its client, so that no alert waits for it."""
        _prepare(self.clients, "secretsmanager", self.secret_id)

    def __call__(self) -> str:
        """
        Read the secret.

        Raises:
            DeliveryError: AWS refused or could not be reached, or the object has no such key.
        """
        request = {"SecretId": self.secret_id}
        answer = _read(self.clients, "secretsmanager:GetSecretValue", self.secret_id, request)
        text = str(answer.get("SecretString", ""))
        if not text.lstrip().startswith("{"):
            return text

        try:
            return str(json.loads(text)[self.key])
        except (ValueError, KeyError, RecursionError):
            raise DeliveryError(
                f'expected {self} to be plain text or {{"{self.key}": "..."}}, '
                f"got a JSON object without {self.key}",
                retryable=False,
            ) from None

    def __str__(self) -> str:
        return f"the secret {self.secret_id}"


def _prepare(clients: AwsClients, service: str, resource: str) -> None:
    with suppress(Exception):  # the error is raised again when an alert needs the secret
        clients.prepare(service, region_of(resource))


def _read(
    clients: AwsClients, action: str, resource: str, request: dict[str, Any]
) -> dict[str, Any]:
    try:
        return clients.call(action, resource, **request)
    except AwsError as error:
        failure = DeliveryError(error.advise(_ADVICE), retryable=True)
    raise failure
