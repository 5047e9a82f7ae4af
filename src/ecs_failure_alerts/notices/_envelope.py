"""What every notice has: the envelope of its event, and the notice that it becomes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from attrs import frozen

from ..causes import Cause
from ..diagnosis import Workload
from ._notice import Fields, Notice, after, arn_part, hour


@frozen
class Envelope:
    """
    An event, with what is read of its envelope.

    Attributes:
        raw: The event as it came.
        event: Its members.
        detail: The members of ``detail``.
        resources: The ARNs that the envelope names.
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
        """The first ARN that the envelope names."""
        return next(iter(self.resources), None)

    def time(self, *names: str) -> datetime | None:
        """Return when it happened: by the first of *names* in the detail, else the envelope's."""
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
        Make the notice.

        Args:
            cause: What happened.
            workload: What it happened to.
            scope: What tells its group from others.
            time: When it happened.
            subject: The ARN of what it is about.
            discriminator: What splits the cause into groups.
            id_parts: What makes it one alert. Where a part is missing, its group and the hour
                do, since AWS repeats most of what it says.
            asked_by: What tells apart two of one group and hour.
            cluster_arn: The cluster.
            cluster: The cluster's name, where there is no ARN.
            **rest: The other fields of `Notice`.

        Raises:
            EventError: Something that was read is not as expected; every fault is named.
        """
        self.event.raise_for_problems()

        arn = subject or cluster_arn or self.resource
        account = self.event.word("account") or arn_part(arn, 4)
        region = self.event.word("region") or arn_part(arn, 3)
        words = tuple(word or "" for word in scope)
        when = hour(time) or self.event.word("id") or json.dumps(self.raw, default=str)
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
            **rest,
        )
