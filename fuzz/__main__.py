"""
Look for inputs that break a promise.

``python -m fuzz events 600`` fuzzes one target for 600 seconds with atheris, from the seeds and
what earlier runs found; ``python -m fuzz properties 600`` runs the tests' own properties again
and again with other examples. Findings are kept in ``.fuzz/TARGET/``, and
``python -m fuzz events .fuzz/events/crash-...`` runs one again.
"""

from __future__ import annotations

import argparse
import logging
import os
import subprocess
import sys
import time
from pathlib import Path
from random import Random
from typing import Final

_ROOT: Final = Path(__file__).parents[1]
sys.path.insert(0, str(_ROOT / "tests"))  # the seeds are the tests' own events, in every form
_TARGETS: Final = ("events", "payloads", "patterns", "configurations")
_LONGEST: Final = 65_536
_SLOW: Final = 60
_OWN_CHANGES: Final = 0.85


def main() -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="python -m fuzz", description=__doc__)
    parser.add_argument("target", choices=[*_TARGETS, "properties", "redaction"])
    parser.add_argument("run", metavar="SECONDS|FILE", help="how long, or one input to run again")
    arguments = parser.parse_args()
    if arguments.target == "redaction":
        return _redaction(int(arguments.run))
    logging.disable()  # a line for every record that an alerter sees
    if not arguments.run.isdecimal():
        from .targets import TARGETS  # noqa: PLC0415 - not before atheris has its hooks in

        TARGETS[arguments.target][0](Path(arguments.run).read_bytes())
        return 0
    if arguments.target == "properties":
        return _properties(int(arguments.run))
    return _fuzz(arguments.target, int(arguments.run))


def _redaction(seconds: int) -> int:
    """Look for a text whose redaction takes quadratic time."""
    from .hostile_text import search  # noqa: PLC0415 - the other targets need none of it

    finding = search(seconds, Random())
    print(finding or "no finding")
    return 1 if finding else 0


def _properties(seconds: int) -> int:
    """Run the tests that use Hypothesis until the time is over; the last pass is finished."""
    end = time.monotonic() + seconds
    passes = 0
    while passes == 0 or time.monotonic() < end:
        command = [sys.executable, "-m", "pytest", "-q", "-m", "hypothesis and not integration"]
        environment = os.environ | {"HYPOTHESIS_PROFILE": "fuzz"}
        status = subprocess.run(command, cwd=_ROOT, env=environment, check=False).returncode
        passes += 1
        if status:
            return status
    print(f"{passes} passes, no finding")
    return 0


def _fuzz(name: str, seconds: int) -> int:
    """Run a target with atheris, which ends the process."""
    try:
        import atheris  # noqa: PLC0415 - an extra
    except ModuleNotFoundError:
        sys.exit("fuzzing needs atheris (Linux): pip install -e '.[fuzz]'")
    with atheris.instrument_imports(include=["ecs_failure_alerts", "json"]):
        from .targets import TARGETS  # noqa: PLC0415
    from .mutation import mutate  # noqa: PLC0415

    def change(data: bytes, longest: int, seed: int) -> bytes:
        random = Random(seed)
        changed = mutate(data, random) if random.random() < _OWN_CHANGES else None
        if changed is None or len(changed) > longest:
            changed = bytes(atheris.Mutate(data, longest))
        return changed

    target, seeds = TARGETS[name]
    folder = _ROOT / ".fuzz" / name
    (folder / "corpus").mkdir(parents=True, exist_ok=True)
    (folder / "seeds").mkdir(exist_ok=True)
    for number, text in enumerate(seeds()):
        (folder / f"seeds/{number:04}").write_bytes(text.encode(errors="surrogatepass"))
    options = [
        f"-max_total_time={seconds}",
        f"-max_len={_LONGEST}",
        f"-timeout={_SLOW}",
        "-rss_limit_mb=2048",
        "-len_control=0",
        f"-artifact_prefix={folder}/",
        f"{folder}/corpus",
        f"{folder}/seeds",
    ]
    atheris.Setup([sys.argv[0], *options], target, custom_mutator=change)
    atheris.Fuzz()
    return 0


if __name__ == "__main__":
    sys.exit(main())
