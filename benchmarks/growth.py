"""
How the time grows: records of a batch, containers of a task, rules of a pattern.

Linear is: one of the most costs no more than one of half as many.
"""

from __future__ import annotations

import logging
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final, TypeAlias

from attrs import frozen
from measuring import Figure, per_call, race
from pipeline import alert
from sample_events import event, text

from ecs_failure_alerts import FailureAlerter
from ecs_failure_alerts.notifiers.sentry import SentryNotifier
from ecs_failure_alerts.patterns import EventPattern
from ecs_failure_alerts.testing import RecordingNotifier, SentryInbox

PLOT: Final = Path(__file__).parents[1] / "docs" / "growth.svg"
#: What one of the most may cost, compared with one of half as many; the rest is noise.
GOAL: Final = 1.15
#: Seconds that the imitated Sentry takes for an answer.
ANSWER: Final = 0.1

#: Sizes with the milliseconds of each round.
Curve: TypeAlias = dict[int, list[float]]
#: What the last run measured, for the plot.
CURVES: Final[dict[str, Curve]] = {}


@frozen
class Subject:
    """What grows: its name, the sizes, and what makes the call of a size."""

    name: str
    sizes: Sequence[int]
    call: Callable[[int], Callable[[], object]]


def batch(records: int) -> dict[str, Any]:
    """Return an SQS batch of different tasks."""
    events = [event(1) for _ in range(records)]
    for number, made in enumerate(events):
        made["detail"]["taskArn"] += f"{number}"
    return {
        "Records": [
            {"messageId": f"m{number}", "eventSource": "aws:sqs", "body": text(made)}
            for number, made in enumerate(events)
        ]
    }


def processing(records: int) -> Callable[[], object]:
    """Decide on a batch, with a notifier that takes no time."""
    alerter, payload = FailureAlerter(RecordingNotifier()), batch(records)
    return lambda: alerter.process(payload).raise_for_failures()


def containers(number: int) -> Callable[[], object]:
    """Make an alert of a task with so many containers."""
    made = event(number)
    return lambda: alert(made)


def rules(number: int) -> Callable[[], object]:
    """Match a pattern with so many values in each field of one of so many branches."""
    branches: list[dict[str, Any]] = [
        {"group": [f"service:web-{n}"], "containers": {"exitCode": [{"anything-but": [0, n]}]}}
        for n in range(number)
    ]
    branches[-1] = {"group": [{"prefix": "family:"}], "containers": {"exitCode": [137]}}
    detail: dict[str, Any] = {"$or": branches} if number > 1 else branches[0]
    pattern = EventPattern.from_json({"source": ["aws.ecs"], "detail": detail})
    made = event(1)
    assert pattern.matches(made)
    return lambda: pattern.matches(made)


SUBJECTS: Final = (
    Subject("records of a batch, 1 to 10", range(1, 11), processing),
    Subject("containers of a task, 1 to 10", range(1, 11), containers),
    Subject("containers of a hostile task, to 1,000", (1, 250, 500, 750, 1000), containers),
    Subject("rules of a pattern, to 1,000", (1, 250, 500, 750, 1000), rules),
)


def curve(subject: Subject, rounds: int) -> Curve:
    """Time every size, in turns; milliseconds."""
    gauges = {str(size): per_call(subject.call(size)) for size in subject.sizes}
    times = race(gauges, rounds)
    return {int(size): [1000 * value for value in found] for size, found in times.items()}


def per_one(found: Curve) -> list[float]:
    """Return each round's time for one of the most, divided by that for one of half as many."""
    sizes = sorted(found)
    most = sizes[-1]
    half = most // 2
    return [
        (top / most) / (middle / half) for middle, top in zip(found[half], found[most], strict=True)
    ]


def deliveries(rounds: int) -> Curve:
    """Time whole batches to a Sentry that takes a while for each answer; milliseconds."""
    found: Curve = {}
    with SentryInbox() as inbox:
        inbox.answer("slow", seconds=ANSWER)
        notifier = SentryNotifier(inbox.dsn)
        payloads = {size: batch(size) for size in (1, 2, 4, 6, 8, 10)}
        for _ in range(max(2, rounds // 4)):
            for size, payload in payloads.items():
                alerter = FailureAlerter(notifier)  # one that knows of no earlier receipt
                begin = time.perf_counter()
                alerter.process(payload, timeout=30).raise_for_failures()
                found.setdefault(size, []).append(1000 * (time.perf_counter() - begin))
    return found


def figures(rounds: int) -> Iterator[Figure]:
    """Measure."""
    level = logging.getLogger("ecs_failure_alerts").level
    logging.getLogger("ecs_failure_alerts").setLevel(logging.CRITICAL)
    for subject in SUBJECTS:
        found = CURVES[subject.name] = curve(subject, rounds)
        yield Figure(f"{subject.name}: each", "each of half as many", per_one(found), GOAL)
    found = CURVES["batch delivered to Sentry"] = deliveries(rounds)
    together = [ten / one for one, ten in zip(found[1], found[10], strict=True)]
    yield Figure(f"batch of 10, Sentry answers in {ANSWER:g} s", "batch of 1", together)
    logging.getLogger("ecs_failure_alerts").setLevel(level)


def plot() -> None:
    """Draw what `figures()` measured, if matplotlib is here."""
    if not find_spec("matplotlib"):
        print("docs/growth.svg: matplotlib is not installed, so there is no new plot")
        return
    import matplotlib as mpl

    mpl.use("svg")
    mpl.rcParams |= {"svg.hashsalt": "growth", "font.size": 9, "svg.fonttype": "path"}
    from matplotlib import pyplot as plt

    figure, panels = plt.subplots(2, 3, figsize=(11, 6.2), layout="constrained")
    for panel, (name, found) in zip(panels.flat, CURVES.items(), strict=False):
        sizes = sorted(found)
        middle = [statistics.median(found[size]) for size in sizes]
        panel.plot(sizes, middle, "o-", color="#1f5fa8", label="median")
        spread = list(zip(*(statistics.quantiles(found[s], n=4) for s in sizes), strict=True))
        panel.fill_between(sizes, spread[0], spread[2], color="#1f5fa8", alpha=0.2)
        panel.plot(
            [sizes[0], sizes[-1]], [middle[0], middle[-1]], "--", color="#777777", label="a line"
        )
        panel.set_title(name.capitalize())
        panel.set_xlabel("how many")
        panel.set_ylabel("milliseconds")
        panel.set_ylim(bottom=0)
        panel.grid(alpha=0.3)
        panel.legend(loc="upper left")
    panels.flat[-1].axis("off")
    panels.flat[-1].text(
        0,
        0.95,
        "Band: the middle half of the rounds.\nDashed: the straight line between the ends.\n\n"
        f"Last curve: ten alerts are on their\nway at once, and the imitated Sentry\n"
        f"takes {ANSWER:g} s for each answer.",
        va="top",
    )
    figure.savefig(PLOT, metadata={"Date": None})
    plt.close(figure)
