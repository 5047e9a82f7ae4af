"""
The one caller of AWS: a single request, soon answered or given up.

botocore is loaded for the first client. Lambda's Python runtimes have it.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from importlib import util
from typing import Any, Final

from .._host_sentry import hidden_from_host_sentry
from .._memory import Memory
from .._quiet_logs import unlogged
from ..exceptions import THROTTLED, AwsError
from .sessions import Limits, Sessions

#: An ARN's account and Region.
_ARN: Final = re.compile(r"arn:[^:]*:[^:]*:([^:]*):([^:]*):.")

#: The loggers that write answers, signed requests, and what refused credentials said.
_LOGGERS: Final = ("botocore.auth", "botocore.credentials", "botocore.endpoint", "botocore.parsers")

#: A look-up is not worth waiting; a secret is worth a second attempt: without it no alert goes out.
LOOKUP_LIMITS: Final = Limits(connect_seconds=1.0, read_seconds=2.0, attempts=1, pause_seconds=5.0)
SECRET_LIMITS: Final = Limits(connect_seconds=2.0, read_seconds=2.0, attempts=2)
DELIVERY_LIMITS: Final = Limits(connect_seconds=1.0, read_seconds=3.0, attempts=1)


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


def region_of(resource: str) -> str | None:
    """Return the Region of an ARN; None, the process's own, for a name."""
    return _place(resource)[0]


class AwsClients:
    """
    Clients of AWS: each is made once, and its connections are closed after every use.

    Making one takes processor time of which a Lambda has enough only while its process starts, so
    `prepare()` is called then. A connection would not outlive the time for which Lambda freezes
    the process afterwards.

    Args:
        roles: The roles to assume for resources of other accounts, by ARN, one an account. What
            is of no such account is asked for with the process's own credentials.
        limits: How long a request may take.
        profile: The profile of the AWS CLI, before the keys of the environment; None for what
            botocore finds.
        region: The Region of what has no ARN; None for what botocore finds.

    Raises:
        ValueError: What stands among the roles is no ARN of a role, or the second of an account.
    """

    def __init__(
        self,
        roles: Iterable[str] = (),
        limits: Limits = LOOKUP_LIMITS,
        *,
        profile: str | None = None,
        region: str | None = None,
    ) -> None:
        self._limits = limits
        self._sessions = Sessions(roles, limits, profile, region)
        self._lock = threading.Lock()
        self._clients: dict[tuple[str, str | None, str | None], _Client] = {}
        self._throttled: Memory[tuple[str, str | None, str | None], bool] = Memory(
            limits.pause_seconds
        )

    def prepare(self, service: str, region: str | None = None) -> None:
        """
        Make the client of *service*, and those for the roles, so that no request waits for it.

        Args:
            service: As botocore names it, such as ``ecs``.
            region: The Region; None for the process's own.

        Raises:
            ModuleNotFoundError: boto3 is not installed. Whatever else fails is told by the
                requests that need the client.
        """
        require_boto3()
        for role in (None, *self._sessions.roles.values()):
            with suppress(Exception):
                self._client(service, region, role)

    def call(self, action: str, resource: str, **request: Any) -> dict[str, Any]:
        """
        Send one request to AWS.

        The host's own Sentry learns nothing of it, and botocore does not log the answer. A
        resource with an ARN is asked for in the Region and with the role that fit the ARN, any
        other in the process's own Region.

        Args:
            action: What the role needs in IAM, such as ``ssm:GetParameter``.
            resource: The name or ARN of what the request is about.
            request: The parameters, as AWS spells them.

        Returns:
            AWS's answer.

        Raises:
            AwsError: AWS refused, or could not be reached. Where it had too many requests, it is
                not asked for a few seconds.
        """
        from botocore import xform_name  # noqa: PLC0415 - slow to import, and not everybody's
        from botocore.exceptions import ClientError  # noqa: PLC0415

        region, account = _place(resource)
        service, _, operation = action.partition(":")
        role = self._sessions.roles.get(account or "")
        asked = (action, region, account)
        if self._throttled.find(asked):
            raise AwsError(action, resource, "ThrottlingException")

        status = None
        try:
            with unlogged(*_LOGGERS), self._client(service, region, role).in_use() as client:
                answer: dict[str, Any] = getattr(client, xform_name(operation))(**request)
        except ClientError as error:
            code = str(error.response.get("Error", {}).get("Code", "no error code"))
            status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode")
            if role and error.operation_name == "AssumeRole":
                action, resource = "sts:AssumeRole", role
        except Exception as error:  # noqa: BLE001 - whatever botocore raises may hold the answer
            code = type(error).__name__
        else:
            return answer

        if code in THROTTLED:
            self._throttled.keep(asked, True)
        raise AwsError(action, resource, code, status)

    def _client(self, service: str, region: str | None, role: str | None) -> _Client:
        with self._lock, hidden_from_host_sentry():
            key = (service, region, role)
            if key not in self._clients:
                self._clients[key] = _Client(self._sessions.client(service, region, role))
            return self._clients[key]


class _Client:
    """A client, and how many threads are using it."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self._lock = threading.Lock()
        self._users = 0

    @contextmanager
    def in_use(self) -> Iterator[Any]:
        """Lend the client; when nobody has it any more its connections are closed."""
        with self._lock:
            self._users += 1

        try:
            with hidden_from_host_sentry():
                yield self._client
        finally:
            with self._lock:
                self._users -= 1
                if not self._users:
                    self._client.close()


def _place(resource: str) -> tuple[str | None, str | None]:
    """Return the Region and the account of an ARN; None, botocore's default, for a name."""
    match = _ARN.match(resource)
    return (match[1] or None, match[2] or None) if match else (None, None)
