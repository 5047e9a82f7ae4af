"""A component that is missing skips a test, or fails it where that was asked for."""

from __future__ import annotations

import pytest

from integration.components import require

pytestmark = pytest.mark.integration

VARIABLE = "TESTS_REQUIRE_INTEGRATION"


def test_missing_skips(monkeypatch: pytest.MonkeyPatch) -> None:
    """By default a test whose component is missing is skipped with the reason."""
    monkeypatch.delenv(VARIABLE, raising=False)
    with pytest.raises(pytest.skip.Exception, match="surely_missing cannot be imported"):
        require("json", "surely_missing")


def test_missing_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where all components are required, it fails."""
    monkeypatch.setenv(VARIABLE, "1")
    with pytest.raises(pytest.fail.Exception, match="surely_missing cannot be imported"):
        require("surely_missing")
