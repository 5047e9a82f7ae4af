"""The places in AWS that can keep a DSN: a parameter of Systems Manager, or a secret."""

from __future__ import annotations

import json
from typing import Any

from attrs import frozen

from ._aws import AwsError, call
from .exceptions import DeliveryError


@frozen(slots=False, eq=False)
class SsmParameter:
    """
    A parameter of Systems Manager that holds a DSN. A SecureString is decrypted.

    https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameter.html

    Attributes:
        name: The parameter's name or ARN.
    """

    name: str

    def __call__(self) -> str:
        """
        Read the DSN.

        Raises:
            DeliveryError: AWS refused, or could not be reached.
        """
        answer = _read("ssm:GetParameter", self.name, Name=self.name, WithDecryption=True)
        return str(answer["Parameter"]["Value"])

    def __str__(self) -> str:
        return f"the SSM parameter {self.name}"


@frozen(slots=False, eq=False)
class Secret:
    """
    A secret of Secrets Manager that is a DSN, or a JSON object with the DSN under ``dsn``.

    https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html

    Attributes:
        secret_id: The secret's name or ARN.
    """

    secret_id: str

    def __call__(self) -> str:
        """
        Read the DSN.

        Raises:
            DeliveryError: AWS refused, could not be reached, or the object has no ``dsn``.
        """
        answer = _read("secretsmanager:GetSecretValue", self.secret_id, SecretId=self.secret_id)
        text = str(answer.get("SecretString", ""))
        if not text.lstrip().startswith("{"):
            return text

        try:
            return str(json.loads(text)["dsn"])
        except (ValueError, KeyError, RecursionError):
            raise DeliveryError(
                f'expected {self} to be a DSN or {{"dsn": "..."}}, got a JSON object without dsn',
                retryable=False,
            ) from None

    def __str__(self) -> str:
        return f"the secret {self.secret_id}"


def _read(action: str, resource: str, **request: Any) -> dict[str, Any]:
    try:
        return call(action, resource, **request)
    except AwsError as error:
        failure = DeliveryError(f"the DSN cannot be read: {error}", retryable=True)
    raise failure
