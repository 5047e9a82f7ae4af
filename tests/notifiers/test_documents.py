"""The page on notifiers shows what each backend gets of the sample event."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

import pytest

from documents import DOCS, ROOT, blocks
from ecs_failure_alerts import Alert, build_alert, diagnose, parse_event
from ecs_failure_alerts.notifiers._chat import chat_message

pytestmark = pytest.mark.skipif(not DOCS.exists(), reason="the tests run without the checkout")

#: What a block of the page shows, by its name.
SHOWN: Final[Mapping[str, Callable[[Alert], Any]]] = {"chat-message.json": chat_message}


def sample_alert() -> Alert:
    """Return the alert for the sample event."""
    event = (ROOT / "examples" / "terraform" / "sample_event.json").read_text("utf-8")
    task = parse_event(event)
    return build_alert(task, diagnose(task))


@pytest.mark.parametrize("name", SHOWN)
def test_the_page_shows_what_is_sent(name: str) -> None:
    (block,) = (b for b in blocks("json", of=(DOCS / "notifiers.md",)) if b.file == name)
    expected = json.dumps(SHOWN[name](sample_alert()), indent=2, ensure_ascii=False)
    assert block.text == f"{expected}\n", f"expected:\n{expected}"
