"""
What people deploy, over TLS: the built zip, beside the known recipe with its byte code.

The sandboxes are those of `cold_starts`. Where the processor is what is asked about, the function
itself reads its processor's time, so that nothing else on the machine counts.
"""

from __future__ import annotations

import contextlib
import json
import resource
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final, TypeVar

import pytest
from attrs import define
from cold_starts import RECIPE, RECIPES, TASKS, NodeSandbox, alert, node_folder, python_folder
from measuring import Figure, ratios
from sample_events import event

from authority import TlsInbox, ca_file
from aws_stub import aws_stub
from integration.lambda_package import bare_python, build, unpack
from integration.lambda_runtime import LambdaSandbox

WARM: Final = 20
STORM: Final = 1000
BATCH: Final = 10
TIMED: Final = "timed.lambda_handler"

BUILT: Final = "built zip: init + first alert (TLS)"
STARTS: Final = {"recipe, Python": 0.9, "recipe, Node": 0.55}
#: The same in the processor's time, which the rest of the machine does not change.
BUILT_PROCESSOR: Final = "  of it processor time"
PROCESSOR: Final = {"recipe, Python": 0.85, "recipe, Node": 0.55}

_Found = TypeVar("_Found")


@define
class Bench:
    """
    What all measurements share.

    Attributes:
        zip: The built zip, unpacked.
        recipe: The recipe in Python, with byte code.
        each: The zip with a handler that opens a connection for each alert.
        python: The interpreter.
        authority: The certificate that the functions trust.
    """

    zip: Path
    recipe: Path
    each: Path
    python: str
    authority: str

    def env(self, inbox: TlsInbox) -> dict[str, str]:
        """Return what leads a function to *inbox*."""
        dsn = dict.fromkeys(("SENTRY_DSN", "ECS_ALERTS_SENTRY_DSN"), inbox.dsn)
        return {
            **dsn,
            "SSL_CERT_FILE": self.authority,
            "NODE_EXTRA_CA_CERTS": self.authority,
        }


def figures(rounds: int) -> Iterator[Figure]:
    """Measure."""
    if not (find_spec("awslambdaric") and find_spec("boto3") and find_spec("trustme")):
        yield from (Figure(BUILT, peer, (), goal) for peer, goal in STARTS.items())
        yield from (Figure(BUILT_PROCESSOR, peer, (), goal) for peer, goal in PROCESSOR.items())
        return

    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        bench = _bench(folder)
        yield from _starts(bench, rounds)
        yield from _secret(bench, rounds)
        yield from _warm(bench, rounds)
        yield from _storm(bench, max(1, rounds // 3))


def _bench(folder: Path) -> Bench:
    zipped = unpack(build(folder / "dist"), folder / "zip")
    recipe = python_folder(folder / "recipe", RECIPES / "handler.py", RECIPE, compiled=True)
    each = shutil.copytree(zipped, folder / "each")
    shutil.copy(RECIPES / "connection_each.py", each / "handler.py")
    for place in (zipped, recipe, each):
        shutil.copy(RECIPES / "timed.py", place)
    return Bench(zipped, recipe, each, bare_python(folder / "image"), ca_file(folder))


def _starts(bench: Bench, rounds: int) -> Iterator[Figure]:
    """Compare what it takes from the start of the process to the first confirmed alert."""
    forms = {"ours": bench.zip, "recipe, Python": bench.recipe, "recipe, Node": node_folder()}
    known = {name: place for name, place in forms.items() if place}
    starts = _in_turns(known, rounds, lambda name, place: _start(bench, name, place))

    for what, goals, clock in ((BUILT, STARTS, 0), (BUILT_PROCESSOR, PROCESSOR, 1)):
        seconds = {name: [start[clock] for start in each] for name, each in starts.items()}
        for peer, goal in goals.items():
            found = ratios(seconds["ours"], seconds[peer]) if peer in seconds else ()
            yield Figure(what, peer, found, goal)


def _start(bench: Bench, name: str, place: Path) -> tuple[float, float]:
    """Return the seconds that a start takes, and those of the processor."""
    kind = NodeSandbox if name == "recipe, Node" else LambdaSandbox
    before = _processor_seconds()
    with (
        TlsInbox() as inbox,
        kind(place, env=bench.env(inbox), python=bench.python, timeout_seconds=30) as sandbox,
    ):
        begin = time.perf_counter()
        alert(sandbox, inbox)
        seconds = time.perf_counter() - begin
    return seconds, _processor_seconds() - before


def _processor_seconds() -> float:
    """Return the processor's seconds of all processes that we started and that are gone."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _secret(bench: Bench, rounds: int) -> Iterator[Figure]:
    """Compare the processor time of a first alert whose DSN is in SSM or is given."""
    with TlsInbox() as inbox, pytest.MonkeyPatch.context() as patch, aws_stub(patch) as aws:
        aws.held = 200, {"Parameter": {"Value": inbox.dsn}}
        plain = bench.env(inbox)
        parameter = {"ECS_ALERTS_SENTRY_DSN_SSM_PARAMETER": "/dsn", **aws.env}
        forms = {
            "plain": plain,
            "SSM": {"SSL_CERT_FILE": bench.authority, **parameter},
        }

        def first(_: str, env: Mapping[str, str]) -> float:
            with LambdaSandbox(bench.zip, TIMED, env=env, python=bench.python) as sandbox:
                return float(alert(sandbox, inbox).result)

        seconds = _in_turns(forms, rounds, first)

    found = ratios(seconds["SSM"], seconds["plain"])
    yield Figure("first alert, processor time, DSN in SSM", "DSN given", found, 2.5)


def _warm(bench: Bench, rounds: int) -> Iterator[Figure]:
    """Compare the processor time of warm alerts over TLS."""

    def warm(_: str, place: Path) -> float:
        with (
            TlsInbox() as inbox,
            LambdaSandbox(place, TIMED, env=bench.env(inbox), python=bench.python) as sandbox,
        ):
            alert(sandbox, inbox)
            return float(statistics.median(alert(sandbox, inbox).result for _ in range(WARM)))

    seconds = _in_turns({"ours": bench.zip, "recipe": bench.recipe}, rounds, warm)
    found = ratios(seconds["ours"], seconds["recipe"])
    yield Figure("warm alert over TLS, processor time", "recipe, Python", found, 1.1)


def _storm(bench: Bench, rounds: int) -> Iterator[Figure]:
    """Compare what an alert of a storm takes with one connection for each, and count those."""
    connections: list[float] = []

    def storm(name: str, place: Path) -> float:
        with (
            TlsInbox() as inbox,
            LambdaSandbox(place, TIMED, env=bench.env(inbox), python=bench.python) as sandbox,
        ):
            spent = 0.0
            for _ in range(STORM // BATCH):
                done = sandbox.invoke(_batch())
                assert done.succeeded, done.log
                spent += done.result
            assert len(inbox.deliveries) == STORM
            if name == "kept":
                connections.append(inbox.connections / STORM)
        return spent / STORM

    seconds = _in_turns({"kept": bench.zip, "each": bench.each}, rounds, storm)
    found = ratios(seconds["kept"], seconds["each"])
    yield Figure("alert of a storm over TLS, processor time", "a connection each", found, 0.5)
    yield Figure("connections of a storm over TLS", "its alerts", connections, 0.1)


def _batch() -> dict[str, Any]:
    """Return a batch of SQS, of tasks that have not failed before."""
    return {
        "Records": [
            {
                "messageId": f"{number}",
                "eventSource": "aws:sqs",
                "body": json.dumps(event(1, task=f"{next(TASKS):032x}")),
            }
            for number in range(BATCH)
        ]
    }


def _in_turns(
    forms: Mapping[str, Any], rounds: int, go: Callable[[str, Any], _Found]
) -> dict[str, list[_Found]]:
    """Let everybody go once a round, after one go that does not count."""
    names = list(forms)
    found: dict[str, list[_Found]] = {name: [] for name in names}
    for number in range(rounds + 1):
        for name in names[number % len(names) :] + names[: number % len(names)]:
            value = go(name, forms[name])
            if number:
                found[name].append(value)
    return found
