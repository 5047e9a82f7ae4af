"""What an exit code says."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ecs_failure_alerts.tasks.exit_codes import describe_exit_code
from rows import each


@each(
    ("code", "said"),
    [
        (None, "no exit code"),
        (0, "exit code 0"),
        (1, "exit code 1"),
        (125, "exit code 125 (the container runtime could not run it)"),
        (126, "exit code 126 (the command could not be executed)"),
        (127, "exit code 127 (the command was not found)"),
        (128, "exit code 128"),
        (134, "exit code 134 (SIGABRT)"),
        (137, "exit code 137 (SIGKILL)"),
        (139, "exit code 139 (SIGSEGV)"),
        (143, "exit code 143 (SIGTERM)"),
        (255, "exit code 255 (exit(-1))"),
        (-1, "exit code -1 (0xFFFFFFFF, exit(-1))"),
        (-1073741819, "exit code -1073741819 (0xC0000005, access violation)"),
        (3221225477, "exit code 3221225477 (0xC0000005, access violation)"),
        (3221225786, "exit code 3221225786 (0xC000013A, Ctrl-C)"),
        (2**31 - 1, "exit code 2147483647"),
        (2**31, "exit code 2147483648 (0x80000000)"),
        (-(2**31), "exit code -2147483648 (0x80000000)"),
        (-(2**31) - 1, "exit code -2147483649"),
    ],
    ids=str,
)
def test_a_code_is_told_with_its_signal_its_meaning_or_its_windows_name(
    code: int | None, said: str
) -> None:
    assert describe_exit_code(code) == said


@given(st.integers(-(10**20), 10**20))
def test_any_code_is_told_as_it_is(code: int) -> None:
    assert describe_exit_code(code).startswith(f"exit code {code}")
