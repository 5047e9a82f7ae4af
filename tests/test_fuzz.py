"""The targets of fuzzing: they hold for what fuzzing starts from, and for some changes of it."""

from __future__ import annotations

from random import Random

import pytest
from fuzz.mutation import mutate
from fuzz.targets import TARGETS

_INPUTS = 60


@pytest.mark.parametrize("name", TARGETS)
def test_target_holds(name: str) -> None:
    """What a target asserts holds for seeds, and for documents that were changed a few times."""
    target, seeds = TARGETS[name]
    random = Random(0)  # noqa: S311
    inputs = [text.encode(errors="surrogatepass") for text in random.sample(seeds(), 16)]
    for number in range(_INPUTS):
        target(inputs[number])
        inputs.append(mutate(inputs[number], random) or inputs[number])
