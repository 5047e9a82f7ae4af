"""The look-ups for alerts: they run in threads, within one time limit."""

# Theory of operation: the enrichers of an alert run one after the other in one thread, and each
# gets what the earlier ones found. Whatever they do, the alert stands as it was judged from the
# event: what they find in time is added, and what is missing is told in one sentence.

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Container, Iterable, Sequence
from typing import Final, Protocol

from .._deadline import Deadline
from ..judging import Judgement
from ..workers import Workers
from ._evidence import Evidence, add_evidence, add_sentence, add_tags_of_similar

#: The share of the time left that look-ups may take, and the seconds that must be left for any
#: look-up, because the alerts are delivered after it.
_SHARE: Final = 0.25
_LEAST_SECONDS: Final = 6.0

#: Alerts of a call that are enriched at most, because CloudWatch Logs takes ten requests a second
#: in some Regions: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html
_MOST_ALERTS: Final = 10

#: Seconds by which an enricher's limit ends before ours.
_GRACE_SECONDS: Final = 0.1


class Enricher(Protocol):
    """Looks up something that the event does not tell. A user writes one class."""

    name: str
    """A short name for sentences in the alert, such as ``task definition``."""

    def enrich(self, judgement: Judgement, *, timeout: float) -> Evidence:
        """
        Look up more about one failure.

        An error costs only the look-up: the alert names the enricher and the error's class.

        Args:
            judgement: What is known so far, with an alert that is due.
            timeout: Seconds for the look-up; what comes later is lost.

        Returns:
            What was found; `Evidence()` if there is nothing to look up.
        """


def enrich(
    judgements: Sequence[Judgement],
    enrichers: Sequence[Enricher],
    deadline: Deadline,
    *,
    seconds: float,
    last: Container[str] = (),
) -> list[Judgement]:
    """
    Add to alerts what *enrichers* find in time.

    At most ten alerts are looked up, one of each fingerprint first. The others get the tags that
    were found for a task of the same definition with the same failure, because routes and rules
    may depend on them.

    Args:
        judgements: Judgements whose alerts are due.
        enrichers: The enrichers, in the order in which they run. Threads that hang are counted by
            the identity of this sequence.
        deadline: The time limit of the whole call, deliveries included.
        seconds: Seconds that look-ups may take; a quarter of the time left at most.
        last: The event ids of alerts that come after all others, because nothing depends on what
            is found for them.

    Returns:
        A judgement for each, in the same order. Nothing is raised.
    """
    look_ups = [_LookUp(judgement, enrichers) for judgement in judgements]
    if not deadline.leaves(_LEAST_SECONDS):
        return [look_up.skip("too little time was left") for look_up in look_ups]

    chosen = _choose(look_ups, last)
    left = deadline.left()
    limit = Deadline.after(seconds if left is None else min(seconds, left * _SHARE))
    waiting = deque(chosen)

    workers = Workers(enrichers, lambda: _work(waiting, limit))
    why = workers.start(len(chosen))
    workers.wait(limit)

    ended = {id(look_up): look_up.conclusion(why) for look_up in chosen}
    examples = {look_up.kind: ended[id(look_up)] for look_up in reversed(chosen)}
    return [
        ended.get(id(look_up)) or look_up.skip(_TOO_MANY, examples.get(look_up.kind))
        for look_up in look_ups
    ]


_TOO_MANY: Final = f"more than {_MOST_ALERTS} alerts came at once"


def _choose(look_ups: Iterable[_LookUp], last: Container[str]) -> list[_LookUp]:
    """Choose the look-ups to do: one of each fingerprint first, those in *last* at the end."""
    seen: Counter[tuple[bool, tuple[str, ...]]] = Counter()
    ranked = []
    for look_up in look_ups:
        alert = look_up.base.as_alert()
        kind = (alert.event_id in last, alert.fingerprint)
        ranked.append((kind[0], seen[kind], look_up))
        seen[kind] += 1

    ranked.sort(key=lambda rank: rank[:2])
    return [look_up for *_, look_up in ranked[:_MOST_ALERTS]]


def _work(waiting: deque[_LookUp], limit: Deadline) -> None:
    """Run one look-up after the other, until none is left or the time is over."""
    while limit.left() != 0:
        try:
            look_up = waiting.popleft()
        except IndexError:
            return
        look_up.run(limit.earlier(_GRACE_SECONDS))


def _finds_tags(enricher: Enricher) -> bool:
    """Return whether routes and rules may depend on what *enricher* finds."""
    return bool(getattr(enricher, "finds_tags", True))


class _LookUp:
    """
    The enrichers of one alert, and what they have found so far.

    Attributes:
        base: The judgement from the event alone.
    """

    def __init__(self, base: Judgement, enrichers: Sequence[Enricher]) -> None:
        self.base = base
        self._enrichers = enrichers
        self._begun = False
        # The number of enrichers that are done, and what is known: one value, because two threads
        # read it.
        self._state: tuple[int, tuple[Evidence, ...], Judgement] = (0, (), base)

    @property
    def kind(self) -> tuple[object, ...]:
        """A key that tasks of one definition with the same failure share."""
        definition = getattr(self.base.event, "task_definition_arn", None)
        return definition, self.base.as_alert().fingerprint

    def run(self, deadline: Deadline) -> None:
        """Run one enricher after the other, until none is left or the alert is silenced."""
        self._begun = True
        for done, enricher in enumerate(self._enrichers, 1):
            _, found, known = self._state
            left = deadline.left() or 0.0
            if known.alert is None or not left:
                return

            try:
                more = (*found, enricher.enrich(known, timeout=left))
                self._state = (done, more, add_evidence(self.base, more))
            except BaseException as error:  # noqa: BLE001 - it must not cost the alert
                said = f"The look-up of the {enricher.name} failed with {type(error).__name__}."
                more = (*found, Evidence(unknown=(said,), tags_known=not _finds_tags(enricher)))
                self._state = (done, more, add_evidence(self.base, more))

    def conclusion(self, why: str | None) -> Judgement:
        """
        Return what is known now that the time is over.

        Args:
            why: Why there was no thread; None if there was one.
        """
        if not self._begun:
            return self.skip(why or "no time was left")

        done, found, known = self._state
        late = [] if known.alert is None else self._enrichers[done:]
        said = [f"The look-up of the {enricher.name} did not finish in time." for enricher in late]
        missing = Evidence(unknown=tuple(said), tags_known=not any(map(_finds_tags, late)))
        return add_evidence(self.base, (*found, missing)) if said else known

    def skip(self, why: str, similar: Judgement | None = None) -> Judgement:
        """
        Return the judgement of the event, with the reason why nothing was looked up.

        Args:
            why: The reason.
            similar: The judgement of another failure of this kind that was looked up, if any.
        """
        sentence = f"Nothing was looked up: {why}."
        if similar is not None:
            return add_tags_of_similar(self.base, similar, sentence)
        return add_sentence(
            self.base, sentence, tags_known=not any(map(_finds_tags, self._enrichers))
        )
