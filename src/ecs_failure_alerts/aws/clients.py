"""
AWS clients: each call is one request that is answered or given up soon.

botocore is loaded for the first client. Lambda's Python runtimes include it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from importlib import util
from typing import Any, Final

from .._locks import Lock
from .._memory import Memory
from ..exceptions import THROTTLED, AwsError
from ..host import hidden_from_host_sentry, unlogged
from .sessions import Limits, Sessions

#: The Region and the account of an ARN.
_ARN: Final = re.compile(r"arn:[^:]*:[^:]*:([^:]*):([^:]*):.")

#: The loggers that write answers, signed requests, and details of refused credentials.
_LOGGERS: Final = ("botocore.auth", "botocore.credentials", "botocore.endpoint", "botocore.parsers")

#: A look-up is tried once, because it must not delay alerts. A secret is tried twice, because
#: without it no alert goes out.
LOOKUP_LIMITS: Final = Limits(connect_seconds=1.0, read_seconds=2.0, attempts=1, pause_seconds=5.0)
SECRET_LIMITS: Final = Limits(connect_seconds=2.0, read_seconds=2.0, attempts=2)
DELIVERY_LIMITS: Final = Limits(connect_seconds=1.0, read_seconds=3.0, attempts=1)


def require_boto3() -> None:
    """
    Check that boto3 is installed, without loading it.

    Raises:
        ModuleNotFoundError: It is not installed.
    """
    if util.find_spec("boto3") is None:
        raise ModuleNotFoundError(
            "expected boto3, which Lambda's runtime has; it is not installed: pip install boto3",
            name="boto3",
        )


def region_of(resource: str) -> str | None:
    """Return the Region of an ARN; None for a name, which is in the process's own Region."""
    return _place(resource)[0]


class AwsClients:
    """
    AWS clients: each is built once, and its connections are closed after every use.

    Building one takes much processor time, and a Lambda has enough of it only while its process
    starts: call `prepare()` then. Connections are closed because they would not survive the time
    for which Lambda freezes the process.

    Args:
        roles: The roles to assume for resources of other accounts, by ARN, one per account. For
            all other accounts the process's own credentials are used.
        limits: The limits of a request.
        profile: A profile of the AWS CLI, which wins over keys in the environment; None for
            botocore's default.
        region: The Region of resources without an ARN; None for that of the AWS CLI:
            ``AWS_REGION``, ``AWS_DEFAULT_REGION``, or the profile's.

    Raises:
        ValueError: A value is not the ARN of a role, or an account has two roles.
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
        self._new_sessions = partial(Sessions, tuple(roles), limits, profile, region)
        self._lock = Lock(self._begin)
        self._begin()
        self._throttled: Memory[tuple[str, str | None, str | None], bool] = Memory(
            limits.pause_seconds
        )

    def _begin(self) -> None:
        """Build no client yet; a forked process builds its own, because botocore asks for that."""
        self._sessions = self._new_sessions()
        self._clients: dict[tuple[str, str | None, str | None], _Client] = {}

    def prepare(self, service: str, region: str | None = None) -> None:
        """
        Build the clients of *service* for all roles, so that no request waits for one.

        Args:
            service: botocore's name of the service, such as ``ecs``.
            region: The Region; None for the process's own.

        Raises:
            ModuleNotFoundError: boto3 is not installed. Any other error is raised by the requests
                that need the client.
        """
        require_boto3()
        for role in (None, *self._sessions.roles.values()):
            with suppress(Exception):
                self._client(service, region, role)

    def call(self, action: str, resource: str, **request: Any) -> dict[str, Any]:
        """
        Send one request to AWS.

        The host's own Sentry does not see it, and botocore does not log the answer. The ARN of the
        resource decides the Region and the role. A resource without an ARN is in the process's own
        Region.

        Args:
            action: The action in IAM, such as ``ssm:GetParameter``.
            resource: The name or ARN of the resource.
            request: The parameters, as AWS spells them.

        Returns:
            AWS's answer.

        Raises:
            AwsError: AWS refused or could not be reached. After too many requests, it is not asked
                again for a few seconds.
        """
        from botocore import xform_name  # noqa: PLC0415 - slow to import, for AWS only
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
    """A client, and the number of threads that use it."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self._lock = Lock()
        self._users = 0

    @contextmanager
    def in_use(self) -> Iterator[Any]:
        """Lend the client; its connections are closed when the last user is done."""
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
    """Return the Region and the account of an ARN; None for a name."""
    match = _ARN.match(resource)
    return (match[1] or None, match[2] or None) if match else (None, None)
