"""The words for a task whose definition was looked up."""

from __future__ import annotations

from typing import Final

from ..causes import Cause
from .findings import Finding
from .wording import Wording


def _only_helpers_failed(finding: Finding) -> bool:
    return finding.at_most is not None and bool(finding.culprits)


def _service_ended_well(finding: Finding) -> bool:
    return finding.at_most is not None and finding.is_service


#: The first that fits is used.
DEFINITION_WORDINGS: Final = (
    Wording(
        (Cause.CONTAINER_EXIT,),
        "by the task definition, every essential container ended with 0, but not all others did",
        "Check whether the work is complete without the container at fault. If that one only "
        "answered the stop with a code of its own (npm gives 1, Go gives 2), let it end with 0 on "
        "SIGTERM.",
        summary="{who} ended by itself with 0, but not all its other containers did: {which}.",
        when=_only_helpers_failed,
    ),
    Wording(
        (Cause.CLEAN_EXIT,),
        "by the task definition, every essential container of a service ended with 0, but not all "
        "others did",
        "Find out why the essential container exited: a service should keep running. Read its "
        "last log lines before the stop.",
        summary="{who} ended: its essential containers with 0, another one with another code.",
        when=_service_ended_well,
    ),
)
