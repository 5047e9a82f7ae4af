"""The line of an alert's message that tells where and when: nobody may take prod for staging."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

#: The tags that tell the place, and the words for each.
_PLACES: Final[Mapping[str, str]] = {
    "ecs.cluster": "cluster {}",
    "aws.account": "account {}",
    "aws.region": "{}",
}

#: The tags that tell what ran there: a definition with its revision.
_DEFINITION: Final = "ecs.task_definition"

_TIME: Final = "%Y-%m-%d %H:%M:%S UTC"


def place_line(tags: Mapping[str, str], at: datetime | None, verb: str = "at") -> str | None:
    """
    Return a line such as ``Where: cluster prod, account 123456789012, eu-central-1; etl:12 at …``.

    Args:
        tags: The alert's tags.
        at: The time in UTC; None if the event has none.
        verb: The word before the time.

    Returns:
        The line; None if nothing is known.
    """
    places = [words.format(tags[tag]) for tag, words in _PLACES.items() if tag in tags]
    time = f"{verb} {at:{_TIME}}" if at else ""
    run = " ".join(filter(None, (tags.get(_DEFINITION), time)))

    known = "; ".join(filter(None, (", ".join(places), run)))
    return f"Where: {known}" if known else None
