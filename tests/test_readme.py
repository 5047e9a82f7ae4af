"""The README keeps its own promises; `test_docs.py` runs its code as that of all documents."""

from __future__ import annotations

import pytest

from documents import README, blocks
from ecs_failure_alerts import Cause

pytestmark = pytest.mark.skipif(not README.exists(), reason="the tests run without the checkout")


def test_set_up_is_two_lines() -> None:
    """The first two sh blocks are one line each: the demo and the tests."""
    demo, tests, *_ = [block.text for block in blocks("sh", of=(README,))]
    assert demo.count("\n") == tests.count("\n") == 1
    assert demo.rstrip().endswith("ecs-failure-alerts demo")
    assert tests.rstrip().endswith("pytest -q -n auto")


def test_every_cause_is_explained() -> None:
    """The table of causes has every cause."""
    text = README.read_text("utf-8")
    assert [cause for cause in Cause if f"| `{cause}` |" not in text] == []
