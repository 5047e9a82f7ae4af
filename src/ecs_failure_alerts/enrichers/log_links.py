"""Links to the containers' log streams, built from templates alone."""

from __future__ import annotations

from .._frames import without_locals
from ..enrichment import Evidence
from ..judging import Judgement
from ..tasks.events import TaskStateChange
from ._suspects import containers_to_read, may_have_log
from .log_locations import LogLocation, LogTemplates


class LogLinksEnricher:
    """
    Links to the log streams of the containers at fault, without a request to AWS.

    Args:
        templates: The templates for names of log groups and streams.
    """

    name = "log links"
    finds_tags = False

    def __init__(self, templates: LogTemplates) -> None:
        self._templates = templates

    @without_locals
    def enrich(self, judgement: Judgement, *, timeout: float) -> Evidence:  # noqa: ARG002
        """Build the links; see `Enricher`."""
        task = judgement.event
        if not isinstance(task, TaskStateChange) or not may_have_log(judgement):
            return Evidence()

        names = containers_to_read(task, judgement, None)
        places = {n: self._templates.locate(task, name) for n, name in enumerate(names, 1)}
        found = {n: place for n, place in places.items() if isinstance(place, LogLocation)}
        return Evidence(
            links={f"log {n}": place.url for n, place in found.items() if place.url},
            contexts={
                f"log {n}": {"container": names[n - 1], "group": p.group, "stream": p.stream}
                for n, p in found.items()
            },
            unknown=[place for place in places.values() if isinstance(place, str)],
        )
