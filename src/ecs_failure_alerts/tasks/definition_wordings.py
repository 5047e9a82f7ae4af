"""What to say of a task whose definition was looked up."""

from __future__ import annotations

from typing import Final

from ..causes import Cause
from .findings import Finding
from .wording import Wording


def _only_helpers_failed(finding: Finding) -> bool:
    return finding.at_most is not None and bool(finding.culprits)


#: In this order the first that fits is said.
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
)
