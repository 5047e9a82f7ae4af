"""
Where AWS keeps a DSN: a parameter of Systems Manager or a secret of Secrets Manager.

An ARN is asked for in the Region that it names, a name in the process's own.

boto3 is loaded at the first reading. It is in Lambda's Python runtimes.
"""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

from .exceptions import DeliveryError

#: Seconds to connect and to wait for an answer, and how often: few, since an alert waits.
_CONNECT: Final = 2
_ANSWER: Final = 2
_ATTEMPTS: Final = 2


def ssm_parameter(name: str) -> Callable[[], str]:
    """
    Give a function that reads a DSN from a parameter of Systems Manager.

    A SecureString is decrypted. The function raises `DeliveryError` where AWS refuses, with
    AWS's error code and nothing else that AWS said.

    Args:
        name: The parameter's name or ARN.
    """

    def read() -> str:
        answer = _ask("ssm", "get_parameter", name, Name=name, WithDecryption=True)
        return str(answer["Parameter"]["Value"])

    return read


def secret(secret_id: str) -> Callable[[], str]:
    """
    Give a function that reads a DSN from a secret of Secrets Manager.

    The secret is the DSN itself, or a JSON object that has it under the key ``dsn``. The
    function raises `DeliveryError` as that of `ssm_parameter()` does.

    Args:
        secret_id: The secret's name or ARN.
    """

    def read() -> str:
        answer = _ask("secretsmanager", "get_secret_value", secret_id, SecretId=secret_id)
        text = str(answer.get("SecretString", ""))
        if not text.lstrip().startswith("{"):
            return text
        try:
            return str(json.loads(text)["dsn"])
        except (ValueError, KeyError, RecursionError):
            raise DeliveryError(
                f"the secret {secret_id} is an object without the key dsn", retryable=False
            ) from None

    return read


def _ask(service: str, operation: str, name: str, **request: Any) -> dict[str, Any]:
    import boto3  # noqa: PLC0415 - slow to import, and not everybody's
    from botocore.config import Config  # noqa: PLC0415
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415

    from ._host_sentry import apart  # noqa: PLC0415 - loads sentry-sdk

    config = Config(
        connect_timeout=_CONNECT,
        read_timeout=_ANSWER,
        retries={"mode": "standard", "total_max_attempts": _ATTEMPTS},
    )
    try:
        # A client of the moment: a Lambda may be frozen before the next reading.
        with apart(), _answer_not_logged():
            client = boto3.client(service, region_name=_region(name), config=config)
            answer: dict[str, Any] = getattr(client, operation)(**request)
    except ClientError as error:
        code = error.response.get("Error", {}).get("Code", "no code")
    except BotoCoreError as error:
        code = type(error).__name__
    else:
        return answer
    raise DeliveryError(
        f"the DSN cannot be read from {name}: {service} says {code}", retryable=True
    )


def _region(name: str) -> str | None:
    """Give the Region in an ARN; None, which is boto3's default, for a name."""
    match name.split(":"):
        case ["arn", _, _, region, *_]:
            return region or None
    return None


@contextmanager
def _answer_not_logged() -> Iterator[None]:
    """Keep botocore from logging AWS's answer at level DEBUG, which has the DSN in it."""
    thread = threading.get_ident()
    logger = logging.getLogger("botocore.parsers")

    def is_another_thread(record: logging.LogRecord) -> bool:  # noqa: ARG001
        return threading.get_ident() != thread

    logger.addFilter(is_another_thread)
    try:
        yield
    finally:
        logger.removeFilter(is_another_thread)
