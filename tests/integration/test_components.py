"""A component that is missing skips a test, or fails it where that was asked for."""

from __future__ import annotations

import pytest

from integration.components import require

pytestmark = pytest.mark.integration

VARIABLE = "TESTS_REQUIRE_INTEGRATION"


def test_a_missing_component_skips_the_test_with_the_reason(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    with pytest.raises(pytest.skip.Exception, match="surely_missing cannot be imported"):
        require("json", "surely_missing")


def test_a_missing_component_fails_the_test_where_all_are_required(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(VARIABLE, "1")
    with pytest.raises(pytest.fail.Exception, match="surely_missing cannot be imported"):
        require("surely_missing")
