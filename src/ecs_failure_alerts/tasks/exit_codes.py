"""
The meanings of exit codes.

128+n is a signal: https://docs.docker.com/engine/containers/run/#exit-status
and, for ECS: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html
"""

from __future__ import annotations

from typing import Final

SIGKILL: Final = 137
SIGTERM: Final = 143

#: The exit codes for SIGILL, SIGABRT, SIGBUS, SIGFPE and SIGSEGV: a process causes them itself.
CRASH_SIGNALS: Final = frozenset({132, 134, 135, 136, 139})

#: The exit codes of a process that crashed in native code, on Linux and Windows. Windows codes
#: (access violation, stack overflow, heap corruption, fail-fast) may be negative.
CRASH_CODES: Final = CRASH_SIGNALS.union(
    *((code, code - 2**32) for code in (0xC0000005, 0xC00000FD, 0xC0000374, 0xC0000409))
)

#: The signals that end containers in practice; signal numbers are those of Linux.
_SIGNALS: Final = {
    129: "SIGHUP",
    130: "SIGINT",
    131: "SIGQUIT",
    132: "SIGILL",
    133: "SIGTRAP",
    134: "SIGABRT",
    135: "SIGBUS",
    136: "SIGFPE",
    SIGKILL: "SIGKILL",
    139: "SIGSEGV",
    141: "SIGPIPE",
    SIGTERM: "SIGTERM",
    152: "SIGXCPU",
    153: "SIGXFSZ",
    159: "SIGSYS",
}
_WORDS: Final = {
    125: "the container runtime could not run it",
    126: "the command could not be executed",
    127: "the command was not found",
    255: "exit(-1)",
}
#: https://learn.microsoft.com/openspecs/windows_protocols/ms-erref/596a1078-e883-4972-9bbc-49e60bebca55
_WINDOWS: Final = {
    0xC0000005: "access violation",
    0xC0000017: "out of memory",
    0xC00000FD: "stack overflow",
    0xC000013A: "Ctrl-C",
    0xC0000135: "DLL not found",
    0xC0000142: "DLL initialization failed",
    0xC0000374: "heap corruption",
    0xC0000409: "fail-fast",
    0xE0434352: ".NET exception",
    0xFFFFFFFF: "exit(-1)",
}


def describe_exit_code(code: int | None) -> str:
    """
    Describe an exit code in words.

    Args:
        code: The code; Windows codes above 2^31 may be negative.

    Returns:
        ``exit code 137 (SIGKILL)``, ``exit code 3221225477 (0xC0000005, access violation)``,
        ``exit code 1``, ``no exit code``.
    """
    if code is None:
        return "no exit code"

    unsigned = code & 0xFFFFFFFF if -(2**31) <= code < 0 else code
    word: str | None
    if unsigned > 2**31 - 1:
        name = _WINDOWS.get(unsigned)
        word = f"0x{unsigned:X}, {name}" if name else f"0x{unsigned:X}"
    else:
        word = _SIGNALS.get(code) or _WORDS.get(code)

    return f"exit code {code} ({word})" if word else f"exit code {code}"
