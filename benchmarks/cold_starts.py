"""
The Lambda, beside the known recipe in Python and in its original, in Node.

Each runs as Lambda runs it: a process of its own that speaks the Runtime API, started for the
first alert, kept (and frozen in between) for the next ones. All deliver to the same loopback
Sentry. An alert counts as delivered once it is there.
"""

from __future__ import annotations

import compileall
import contextlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from typing import Any, Final

from attrs import define, field, frozen
from measuring import Figure, ratios
from sample_events import event

ROOT: Final = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from ecs_failure_alerts.testing._inbox import SentryInbox  # noqa: E402
from integration.lambda_package import bare_python  # noqa: E402
from integration.lambda_runtime import LambdaSandbox  # noqa: E402

RECIPES: Final = Path(__file__).parent / "recipes"
NODE: Final = ROOT / "build" / "benchmarks" / "node"
NODE_PACKAGE: Final = "@sentry/aws-serverless@10.75.2"
WARM: Final = 7
TASKS: Final = count(1)

#: What each function carries along; boto3 and awslambdaric are Lambda's.
OURS: Final = ("ecs_failure_alerts", "attrs", "attr", "sentry_sdk", "certifi")
RECIPE: Final = ("sentry_sdk", "certifi")


@frozen
class Form:
    """
    A function in one form.

    Attributes:
        name: What it is called.
        folder: What is deployed.
        python: The interpreter; None for Node.
        more: Variables of its own.
    """

    name: str
    folder: Path
    python: str | None
    more: Mapping[str, str] = field(factory=dict)


@define
class Series:
    """What the rounds of one form gave: seconds, and bytes of memory."""

    starts: list[float] = field(factory=list)
    inits: list[float] = field(factory=list)
    firsts: list[float] = field(factory=list)
    warm: list[float] = field(factory=list)
    memory: list[float] = field(factory=list)


class NodeSandbox(LambdaSandbox):
    """The sandbox with Node, under a runtime client of our own: Amazon's needs a compiler."""

    def _command(self) -> list[str]:
        return ["node", str(RECIPES / "runtime.js"), self._handler]


def python_folder(
    folder: Path, handler: Path, packages: tuple[str, ...], *, compiled: bool
) -> Path:
    """Make what is deployed: the handler and its packages, with byte code or without."""
    folder.mkdir()
    shutil.copy(handler, folder / "handler.py")
    for name in packages:
        spec = find_spec(name)
        assert spec is not None
        assert spec.submodule_search_locations
        source = next(iter(spec.submodule_search_locations))
        shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    if compiled:
        compileall.compile_dir(folder, quiet=1)
    return folder


def node_folder() -> Path | None:
    """Return the folder with the recipe's original; None where Node, npm or the registry is not."""
    if not (shutil.which("node") and shutil.which("npm")):
        return None
    NODE.mkdir(parents=True, exist_ok=True)
    if not (NODE / "node_modules" / "@sentry").is_dir():
        command = ["npm", "install", "--silent", "--no-audit", "--no-fund", NODE_PACKAGE]
        if subprocess.run(command, cwd=NODE, check=False, capture_output=True).returncode:
            return None
    shutil.copy(RECIPES / "handler.js", NODE / "handler.js")
    return NODE


def one_round(form: Form, inbox: SentryInbox, series: Series | None) -> None:
    """Start the function, alert once, and then some more times."""
    kind = LambdaSandbox if form.python else NodeSandbox
    env = {**dict.fromkeys(("SENTRY_DSN", "ECS_ALERTS_SENTRY_DSN"), inbox.dsn), **form.more}
    with kind(form.folder, env=env, python=form.python or "", timeout_seconds=30) as sandbox:
        begin = time.perf_counter()
        first = alert(sandbox, inbox)
        start = time.perf_counter() - begin
        warm = [alert(sandbox, inbox).duration for _ in range(WARM)]
        peak = peak_memory(sandbox)
    if series is not None:
        series.starts.append(start)
        series.inits.append(start - first.duration)
        series.firsts.append(first.duration)
        series.warm.append(statistics.median(warm))
        series.memory.append(peak)


def alert(sandbox: LambdaSandbox, inbox: SentryInbox) -> Any:
    """Have one task's failure alerted; fail if it did not arrive."""
    before = len(inbox.deliveries)
    # A failure of its own each: what the sandbox has delivered already, it does not send again.
    done = sandbox.invoke(event(1, task=f"{next(TASKS):032x}"))
    assert done.succeeded, (done.error, done.log)
    arrived = len(inbox.deliveries) - before
    assert arrived == 1, (arrived, inbox.requests, done.log)
    return done


def peak_memory(sandbox: LambdaSandbox) -> float:
    """Return the largest resident size that the process had."""
    lines = Path(f"/proc/{sandbox.pid}/status").read_text().splitlines()
    (line,) = (line for line in lines if line.startswith("VmHWM:"))
    return float(line.split()[1])


def figures(rounds: int) -> Iterator[Figure]:
    """Measure."""
    goals = {
        "recipe, Python": {"starts": 0.5, "warm": 0.6, "memory": 0.75},
        "recipe, Node": {"starts": 0.4},
    }
    labels = {
        "starts": "Lambda: init + first alert",
        "inits": "  of it init",
        "firsts": "  of it first alert",
        "warm": "Lambda: warm alert",
        "memory": "Lambda: memory (peak)",
    }
    if not (find_spec("awslambdaric") and find_spec("boto3")):
        for peer, asked in goals.items():
            for kind, goal in asked.items():
                yield Figure(labels[kind], peer, (), goal)
        return
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        python = bare_python(folder / "image")
        handlers = ROOT / "adapters" / "lambda" / "handler.py", RECIPES / "handler.py"
        forms = []
        for compiled, suffix in ((True, ""), (False, ", no .pyc")):
            for name, handler, packages in (
                ("ours", handlers[0], OURS),
                ("recipe, Python", handlers[1], RECIPE),
            ):
                place = folder / f"{name}{suffix}".replace(" ", "-").replace(",", "")
                place = python_folder(place, handler, packages, compiled=compiled)
                forms.append(Form(name + suffix, place, python))
        node = node_folder()
        if node:
            forms.append(Form("recipe, Node", node, None))
        series = {form.name: Series() for form in forms}
        for number in range(rounds + 1):
            for form in forms[number % len(forms) :] + forms[: number % len(forms)]:
                with SentryInbox() as inbox:  # the first round warms the disk's cache
                    one_round(form, inbox, series[form.name] if number else None)
    for kind, label in labels.items():
        own = getattr(series["ours"], kind)
        for peer, asked in goals.items():
            other = getattr(series[peer], kind) if peer in series else None
            yield Figure(label, peer, ratios(own, other) if other else (), asked.get(kind))
    bare = series["ours, no .pyc"].starts, series["recipe, Python, no .pyc"].starts
    yield Figure(f"{labels['starts']}, no .pyc", "recipe, Python, no .pyc", ratios(*bare), 0.5)
