"""
The one caller of boto3: a single request to AWS, soon answered or given up.

boto3 is loaded for the first request. Lambda's Python runtimes have it.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import util
from typing import Any, Final

from ._host_sentry import hidden_from_host_sentry

#: Seconds, because an alert waits for the answer.
_CONNECT_SECONDS: Final = 2
_READ_SECONDS: Final = 2
_ATTEMPTS: Final = 2


class AwsError(Exception):
    """
    A request that AWS refused, or that did not reach AWS.

    The text names the action, the resource and AWS's error code. What else AWS said is left out,
    because it may name users and roles.

    Attributes:
        code: AWS's error code, such as ``AccessDeniedException``; the name of boto3's error where
            there was no answer.
    """

    def __init__(self, action: str, resource: str, code: str) -> None:
        self.code = code
        super().__init__(f"{action} on {resource} failed with {code}")


def require_boto3() -> None:
    """
    Check that boto3 is installed, without loading it.

    Raises:
        ModuleNotFoundError: It is not.
    """
    if util.find_spec("boto3") is None:
        raise ModuleNotFoundError(
            "expected boto3, which Lambda's runtime has, but it is not installed: "
            "pip install boto3",
            name="boto3",
        )


def call(action: str, resource: str, **request: Any) -> dict[str, Any]:
    """
    Send one request to AWS.

    The host's own Sentry learns nothing of it, and botocore does not log the answer. A resource
    with an ARN is asked for in the Region that the ARN names, any other in the process's own.

    Args:
        action: What the role needs in IAM, such as ``ssm:GetParameter``.
        resource: The name or ARN of what the request is about.
        request: The parameters, as AWS spells them.

    Returns:
        AWS's answer.

    Raises:
        AwsError: AWS refused, or could not be reached.
    """
    import boto3  # noqa: PLC0415 - slow to import, and not everybody's
    from botocore import xform_name  # noqa: PLC0415
    from botocore.config import Config  # noqa: PLC0415
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415

    service, _, operation = action.partition(":")
    config = Config(
        connect_timeout=_CONNECT_SECONDS,
        read_timeout=_READ_SECONDS,
        retries={"mode": "standard", "total_max_attempts": _ATTEMPTS},
    )

    try:
        with hidden_from_host_sentry(), _answer_not_logged():
            # A client of the moment, because a Lambda may be frozen before the next request.
            client = boto3.client(service, region_name=_region(resource), config=config)
            answer: dict[str, Any] = getattr(client, xform_name(operation))(**request)
    except ClientError as error:
        code = str(error.response.get("Error", {}).get("Code", "no error code"))
    except BotoCoreError as error:
        code = type(error).__name__
    else:
        return answer

    raise AwsError(action, resource, code)


def _region(resource: str) -> str | None:
    """Return the Region of an ARN; None, which is boto3's default, for a name."""
    match resource.split(":"):
        case ["arn", _, _, region, *_]:
            return region or None
    return None


@contextmanager
def _answer_not_logged() -> Iterator[None]:
    """Keep botocore from logging an answer to this thread, which it does at level DEBUG."""
    thread = threading.get_ident()
    logger = logging.getLogger("botocore.parsers")

    def is_of_another_thread(record: logging.LogRecord) -> bool:  # noqa: ARG001
        return threading.get_ident() != thread

    logger.addFilter(is_of_another_thread)
    try:
        yield
    finally:
        logger.removeFilter(is_of_another_thread)
