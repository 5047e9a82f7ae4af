"""Fuzzing: what the targets assert holds for some inputs, and the command runs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from random import Random

import pytest
from fuzz.mutation import mutate
from fuzz.targets import TARGETS

from integration.components import require

pytestmark = pytest.mark.integration

_INPUTS = 60


@pytest.mark.parametrize("name", TARGETS)
def test_a_target_holds_for_seeds_and_changed_documents(name: str) -> None:
    target, seeds = TARGETS[name]
    random = Random(0)  # noqa: S311
    inputs = [text.encode(errors="surrogatepass") for text in random.sample(seeds(), 16)]
    for number in range(_INPUTS):
        target(inputs[number])
        inputs.append(mutate(inputs[number], random) or inputs[number])


def test_the_command_fuzzes_for_the_time_given() -> None:
    """It says how many inputs it has tried."""
    require("atheris")
    root = Path(__file__).parents[2]
    command = [sys.executable, "-m", "fuzz", "events", "1"]
    run = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr[-4000:]
    assert "Done " in run.stderr
