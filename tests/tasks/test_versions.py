"""Which values may leave as a release."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ecs_failure_alerts.notifiers.sentry.names import release_name
from ecs_failure_alerts.tasks.versions import read_version
from rows import each


@each(
    "text",
    [
        "1.4.2",
        "v2.0",
        "2.0.0-rc.1+build.5",
        "1.4.2rc1",
        "v1.2.3-4-gabcdef0",
        "shop@2.0.0",
        "release-2026.11.28",
        "release_17",
        "2026-11-28",
        "2026-11-28T103000Z",
        "20261128103000",
        "4711",
        "9fceb02",
        "9fceb02d0ae598e95dc970b74767f19372d61af8",
        " 1.4.2\n",
    ],
)
def test_a_version_is_taken_and_sentry_takes_it_too(text: str) -> None:
    assert read_version(text) == text.strip() == release_name(text.strip())


@each(
    "text",
    [
        "",
        "latest",
        "main",
        "hunter2",
        "correct-horse-battery-staple",
        "s3cr3t-of-somebody",
        "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        "AKIAIOSFODNN7EXAMPLE",
        "postgres://user:password@db:5432/app",
        "0123456789abcdef0123456789abcdef",
        "d2ac4bd6f2f3a1e8b0c9d7e6f5a4b3c2d1e0f9a8b7c6d5e4f3a2b1c0d9e8f7a6",
        "1.2.3-AKIA" + "IOSFODNN7EXAMPLE",
        "4111 1111 1111 1111",
        "4111111111111111",
        "1.2.3" + "-abc" * 30,
        "1.4.2\n1.4.3",
        "defaced",
    ],
)
def test_what_reads_like_no_version_is_not_taken(text: str) -> None:
    assert read_version(text) is None


_NUMBERS = st.lists(st.integers(0, 999).map(str), min_size=2, max_size=4).map(".".join)
_TAILS = st.sampled_from(["", "-rc1", "+b9", "_a.c", "-" + "1" * 30])


@given(
    st.text("abc0189.-_+@v ", max_size=120)
    | st.tuples(st.sampled_from(["", "v", "app@", " "]), _NUMBERS, _TAILS).map("".join)
)
def test_what_is_taken_sentry_takes_too(text: str) -> None:
    """One line, no slashes, short; and a long text takes no long time."""
    version = read_version(text)
    assert version is None or version == release_name(version) == text.strip()
