"""The sessions that build AWS clients, with their limits and credentials."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, Final

from attrs import frozen

from .._texts import echo
from .arns import ROLE

#: The Region in a profile, and its variables as in the AWS CLI; botocore alone knows one of them.
#: https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-envvars.html
_REGION: Final = ("region", ["AWS_REGION", "AWS_DEFAULT_REGION"], None, None)

#: The name under which CloudTrail shows the session of an assumed role.
_SESSION_NAME: Final = "ecs-failure-alerts"


@frozen(slots=False, eq=False, repr=False)
class Limits:
    """
    The limits of a request to AWS.

    Attributes:
        connect_seconds: Seconds for the connection.
        read_seconds: Seconds without a byte of the answer.
        attempts: Attempts at most.
        pause_seconds: Seconds without a new request of the same kind after AWS had too many.
    """

    connect_seconds: float
    read_seconds: float
    attempts: int
    pause_seconds: float = 0.0


class Sessions:
    """
    botocore's sessions: one with the process's own credentials, and one for each role.

    Args:
        roles: The roles, by ARN.
        limits: The limits of a request.
        profile: A profile of the AWS CLI, which wins over keys in the environment; None for
            botocore's default.
        region: The default Region; None for that of the AWS CLI.

    Attributes:
        roles: The roles by their accounts.

    Raises:
        ValueError: A value is not the ARN of a role, or an account has two roles.
    """

    def __init__(
        self,
        roles: Iterable[str],
        limits: Limits,
        profile: str | None = None,
        region: str | None = None,
    ) -> None:
        self.roles: Mapping[str, str] = _by_account(roles)
        self._limits = limits
        self._profile = profile
        self._region = region
        self._sessions: dict[str | None, Any] = {}

    def client(self, service: str, region: str | None, role: str | None) -> Any:
        """Build a client: one at a time, because a session of botocore cannot build two at once."""
        from botocore.config import Config  # noqa: PLC0415 - slow to import, for AWS only

        config = Config(
            connect_timeout=self._limits.connect_seconds,
            read_timeout=self._limits.read_seconds,
            retries={"mode": "standard", "total_max_attempts": self._limits.attempts},
        )
        return self._session(role).create_client(service, region, config=config)

    def _session(self, role: str | None) -> Any:
        from botocore.credentials import CredentialResolver  # noqa: PLC0415
        from botocore.session import Session  # noqa: PLC0415

        if role not in self._sessions:
            session = Session({"region": _REGION}, profile=self._profile)
            session.register_component("data_loader", _loader())
            if self._region:
                session.set_config_variable("region", self._region)
            if role:
                provider = _RoleProvider(role, self, self.client("sts", None, None))
                resolver = CredentialResolver([provider])
                session.register_component("credential_provider", resolver)
            self._sessions[role] = session
        return self._sessions[role]

    def credentials(self, role: str | None) -> Any:
        """Return the credentials of a role, or the process's own."""
        return self._session(role).get_credentials()


class _RoleProvider:
    """The provider of a role's credentials for botocore, which renews them in time."""

    METHOD: Final = "assume-role"

    def __init__(self, role: str, sessions: Sessions, sts: Any) -> None:
        self._role = role
        self._sessions = sessions
        self._sts = _Sts(sts)

    def load(self) -> Any:
        """Return the credentials; the role is assumed when they are first needed."""
        from botocore import credentials  # noqa: PLC0415

        fetcher = credentials.AssumeRoleCredentialFetcher(
            client_creator=lambda *_, **__: self._sts,
            source_credentials=self._sessions.credentials(None),
            role_arn=self._role,
            extra_args={"RoleSessionName": _SESSION_NAME},
        )
        return credentials.DeferredRefreshableCredentials(
            method=self.METHOD, refresh_using=fetcher.fetch_credentials
        )


class _Sts:
    """
    The client that assumes a role; it is built while the process starts.

    It has the process's own credentials, like the client that botocore would build for each
    renewal. Its connections are closed after every use.
    """

    def __init__(self, client: Any) -> None:
        self._client = client

    def assume_role(self, **request: Any) -> Any:
        """Send the request."""
        try:
            return self._client.assume_role(**request)
        finally:
            self._client.close()


def _by_account(roles: Iterable[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for role in roles:
        if not re.fullmatch(ROLE, role):
            raise ValueError(
                f"expected the ARN of a role, got {echo(role)}: "
                "write it as arn:aws:iam::123456789012:role/NAME"
            )

        account = role.split(":")[4]
        if account in found:
            raise ValueError(
                f"expected one role for each account, got two for {account}: remove one"
            )
        found[account] = role

    return found


@cache
def _loader() -> Any:
    """Return the only reader of botocore's models, because it caches what it has read."""
    from botocore.loaders import create_loader  # noqa: PLC0415

    return create_loader()
