"""The table of notices: the reader for each kind of event."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from .._frames import without_locals
from .._json import load
from .._texts import kind
from ..exceptions import EventError, Problem, UnsupportedEvent
from ..sources.dead_letters import DETAIL_TYPE, SOURCES
from . import (
    _batch,
    _daemons,
    _deployments,
    _hooks,
    _instances,
    _refused_runs,
    _retirement,
    _schedules,
    _services,
    _workflows,
)
from ._envelope import Envelope
from ._notice import Notice

_ECS: Final = "aws.ecs"

#: The reader for each source and detail-type.
READERS: Final[Mapping[tuple[str, str], Callable[[Envelope], Notice]]] = {
    (_ECS, _services.DETAIL_TYPE): _services.read,
    (_ECS, _deployments.DETAIL_TYPE): _deployments.read,
    (_ECS, _hooks.DETAIL_TYPE): _hooks.read,
    (_ECS, _instances.HEALTH_DETAIL_TYPE): _instances.read_health,
    (_ECS, _instances.STATE_DETAIL_TYPE): _instances.read_state,
    (_ECS, _daemons.ACTION_DETAIL_TYPE): _daemons.read_action,
    (_ECS, _daemons.DEPLOYMENT_DETAIL_TYPE): _daemons.read_deployment,
    (_ECS, _refused_runs.DETAIL_TYPE): _refused_runs.read,
    (_batch.SOURCE, _batch.JOB_DETAIL_TYPE): _batch.read_job,
    (_batch.SOURCE, _batch.QUEUE_DETAIL_TYPE): _batch.read_queue,
    (_workflows.SOURCE, _workflows.DETAIL_TYPE): _workflows.read,
    (_retirement.SOURCE, _retirement.DETAIL_TYPE): _retirement.read,
    **{(source, DETAIL_TYPE): _schedules.read for source in SOURCES},
}


@without_locals
def parse_notice(event: Mapping[str, Any] | str | bytes | bytearray) -> Notice:
    """
    Read an event about something other than a task: a service, a schedule, an instance or a job.

    Args:
        event: The event as a mapping, or as JSON text.

    Raises:
        EventError: The input is not an event, or fields that decide something have a wrong type;
            ``problems`` has every fault.
        UnsupportedEvent: The event's source or detail-type is not in the table.
    """
    raw = load(event) if isinstance(event, str | bytes | bytearray) else event
    if not isinstance(raw, Mapping):
        raise EventError([Problem("", f"expected an EventBridge event, got {kind(raw)}")])

    envelope = Envelope.read(raw)
    source = envelope.event.required_text("source")
    detail_type = envelope.event.required_text("detail-type")
    if not (source and detail_type):
        envelope.event.raise_for_problems()

    reader = READERS.get((source, detail_type))
    if reader is None:
        raise UnsupportedEvent(source, detail_type)
    return reader(envelope)
