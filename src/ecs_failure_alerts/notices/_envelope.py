"""The envelope of an event, and the notice built from it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from attrs import frozen

from .._json import canonical
from ..causes import Cause
from ..diagnosis import Workload
from ..tasks.arns import after, arn_part
from ._notice import Fields, Notice, hour


@frozen
class Envelope:
    """
    An event with its envelope.

    Attributes:
        raw: The event as it came.
        event: Its members.
        detail: The members of ``detail``.
        resources: The ARNs in the envelope.
    """

    raw: Mapping[str, Any]
    event: Fields
    detail: Fields
    resources: tuple[str, ...]

    @classmethod
    def read(cls, raw: Mapping[str, Any]) -> Envelope:
        """Read the envelope of *raw*; faults are collected."""
        event = Fields(raw)
        return cls(raw, event, event.inner("detail", required=True), event.names("resources"))

    @property
    def resource(self) -> str | None:
        """The first ARN in the envelope."""
        return next(iter(self.resources), None)

    def time(self, *names: str) -> datetime | None:
        """Return the first time of *names* in the detail, or that of the envelope."""
        times = (self.detail.time(name) for name in names)
        return next((time for time in times if time), self.event.time("time"))

    def notice(
        self,
        cause: Cause,
        workload: Workload | None,
        *,
        scope: tuple[str | None, ...],
        time: datetime | None,
        subject: str | None = None,
        discriminator: str | None = None,
        id_parts: tuple[str | None, ...] = (None,),
        asked_by: str = "",
        cluster_arn: str | None = None,
        cluster: str | None = None,
        **rest: Any,
    ) -> Notice:
        """
        Build the notice.

        Args:
            cause: What happened.
            workload: What it happened to.
            scope: The words that distinguish its group from others.
            time: When it happened.
            subject: The ARN of its subject.
            discriminator: A word that splits the cause into groups.
            id_parts: Notices with the same parts are one alert. If a part is missing, notices of
                the same group and hour are, because AWS repeats most events.
            asked_by: A word that distinguishes two notices of one group and hour.
            cluster_arn: The ARN of the cluster.
            cluster: The cluster's name, if there is no ARN.
            **rest: The other fields of `Notice`.

        Raises:
            EventError: A value that was read is not as expected. The text names every fault.
        """
        self.event.raise_for_problems()

        arn = subject or cluster_arn or self.resource
        account = self.event.word("account") or arn_part(arn, 4)
        region = self.event.word("region") or arn_part(arn, 3)
        words = tuple(word or "" for word in scope)
        when = hour(time) or self.event.word("id") or canonical(self.raw) or ""
        group = (account or "", region or "", *words, cause.value, discriminator or "")

        return Notice(
            cause=cause,
            workload=workload,
            scope=words,
            id_seed="|".join(map(str, id_parts if all(id_parts) else (*group, asked_by, when))),
            subject=subject,
            account=account,
            region=region,
            cluster_arn=cluster_arn,
            cluster=cluster or after(":cluster/", cluster_arn),
            time=time,
            discriminator=discriminator,
            raw=self.raw,
            faults=tuple(self.event.faults.values()),
            **rest,
        )
