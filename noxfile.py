"""
One session a step of what must hold before a change lands.

``nox`` runs what ``.ci/run`` runs after the README's commands, ``nox -s lint`` one step, and
``nox -l`` lists the steps. They use the environment that nox itself is installed in, because an
environment for each would cost minutes. Make it by ``.venv/bin/pip install -e '.[dev]'`` and run
``.venv/bin/nox``.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import tarfile
from pathlib import Path
from typing import Final

import nox

nox.needs_version = ">=2025.5.1"
nox.options.default_venv_backend = "none"
nox.options.stop_on_first_error = True
nox.options.sessions = ["lint", "types", "integration", "terraform", "wheel", "coverage", "bench"]

BIN: Final = sysconfig.get_path("scripts")
PYTHON: Final = sys.executable
BUILD: Final = Path("build")
PIP_INSTALL: Final = ("pip", "install", "--quiet", "--disable-pip-version-check")

#: The Python versions that the wheel is tested with; the first gets the oldest dependencies.
WHEEL_PYTHONS: Final = ("3.11", "3.12", "3.13")

#: The tests of the Terraform example mostly wait, so ``.ci/run`` runs them beside the others.
TERRAFORM_TESTS: Final = (
    "tests/integration/test_send_again.py",
    "tests/integration/test_terraform.py",
    "tests/integration/test_terraform_apply.py",
    "tests/integration/test_terraform_teams.py",
    "tests/integration/test_terraform_upgrade.py",
)
#: checkov and awscli pin what other tools need newer.
TERRAFORM_TOOLS: Final = {"checkov": "checkov", "awscli": "aws"}
#: Seconds in which an interrupted test may stop what it has started.
GRACE_SECONDS: Final = 120

FUZZ_TARGETS: Final = (
    *("events", "payloads", "patterns", "configurations"),
    *("properties", "redaction"),
)

# The tools of this environment come first, byte code is written as users have it, and no
# setting of the caller's reaches a test.
os.environ["PATH"] = os.pathsep.join([BIN, os.environ.get("PATH", os.defpath)])
for variable in ("PYTHONDONTWRITEBYTECODE", "ECS_ALERTS_SENTRY_DSN", "SENTRY_DSN"):
    os.environ.pop(variable, None)


@nox.session
def lint(session: nox.Session) -> None:
    """Check style, formatting, workflows and hooks."""
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")

    session.run("actionlint")
    session.run("zizmor", "--quiet", "--offline", "--persona=pedantic", ".")
    session.run("pre-commit", "validate-config")


@nox.session
def types(session: nox.Session) -> None:
    """Check the types, and that every public name has one."""
    session.run("mypy")
    session.run("pyright")
    session.run("pyright", "--verifytypes", "ecs_failure_alerts", "--ignoreexternal")


@nox.session
def unit(session: nox.Session) -> None:
    """Run the unit tests, as the README does; arguments after ``--`` go to pytest."""
    session.run(PYTHON, "-m", "pytest", "-q", "-n", "auto", *session.posargs)


@nox.session
def docs(session: nox.Session) -> None:
    """Run what the documents show, and compare their tables with the code."""
    names = ("test_docs.py", "test_readme.py", "test_terraform_docs.py")
    everything = ("-m", "")  # also what starts processes
    session.run(PYTHON, "-m", "pytest", "-q", *everything, *(f"tests/{name}" for name in names))


@nox.session
def integration(session: nox.Session) -> None:
    """Run the integration tests but those of the Terraform example."""
    _run_integration(session, *(f"--ignore={path}" for path in TERRAFORM_TESTS))


@nox.session
def terraform(session: nox.Session) -> None:
    """Test the Terraform example, and apply it to an AWS on loopback."""
    if shutil.which("terraform") is None:
        session.skip("terraform is not on this machine")

    tools = BUILD.absolute() / "tools"
    tools.mkdir(parents=True, exist_ok=True)
    for package, command in TERRAFORM_TOOLS.items():
        bin_folder = _make_environment(session, PYTHON, BUILD / package)
        session.run(str(bin_folder / PIP_INSTALL[0]), *PIP_INSTALL[1:], package)
        (tools / command).unlink(missing_ok=True)
        (tools / command).symlink_to(bin_folder / command)

    path = os.pathsep.join([str(tools), os.environ["PATH"]])
    _run_integration(session, "-p", "no:cacheprovider", *TERRAFORM_TESTS, PATH=path)


@nox.session
def wheel(session: nox.Session) -> None:
    """Build, and let the installed wheel pass the sdist's tests on each Python."""
    shutil.rmtree("dist", ignore_errors=True)
    session.run(PYTHON, "-m", "build", "--outdir", "dist", ".")
    built = [str(path) for path in Path("dist").iterdir()]
    (wheel_file,) = (path for path in built if path.endswith(".whl"))
    session.run("twine", "check", "--strict", *built)
    session.run("check-wheel-contents", wheel_file)

    sdist = _unpack_sdist()
    pythons = {version: found for version in WHEEL_PYTHONS if (found := _find_python(version))}
    for version in WHEEL_PYTHONS:
        if version not in pythons:
            session.warn(f"Python {version} is not on this machine")
    if not pythons:
        session.error("expected a Python to test the wheel with, found none")

    for number, (version, python) in enumerate(pythons.items()):
        bin_folder = _make_environment(session, python, BUILD / f"wheel-{version}")
        pip = str(bin_folder / PIP_INSTALL[0])
        oldest = version == WHEEL_PYTHONS[0]
        pins = ("-c", "tests/oldest-dependencies.txt") if oldest else ()
        session.run(pip, *PIP_INSTALL[1:], *pins, f"{wheel_file}[test]")

        # The tests are the sdist's own, away from the library in this folder. The first Python
        # looks at more generated events than a newcomer has to wait for.
        profile = "ci" if number == 0 else "default"
        command = [str(bin_folder / "python"), "-m", "pytest", "-q", "-n", "auto"]
        with session.chdir(sdist):
            session.run(*command, "-p", "no:cacheprovider", env={"HYPOTHESIS_PROFILE": profile})

        if oldest:
            session.run(pip, *PIP_INSTALL[1:], "--upgrade", "attrs")
        session.run(str(bin_folder / "python"), "benchmarks/imports.py")


@nox.session
def coverage(session: nox.Session) -> None:
    """Fail under 100 % of lines and branches."""
    session.run("coverage", "erase")
    command = ("coverage", "run", "-m", "pytest", "-q", "-n", "auto")
    session.run(*command, env={"HYPOTHESIS_PROFILE": "coverage"})
    session.run(*command, "-m", "integration", "tests/integration/command")
    session.run("coverage", "combine", "--quiet")
    session.run("coverage", "report")


@nox.session
def bench(session: nox.Session) -> None:
    """Run the benchmarks with few rounds, beside everything that they compare with."""
    session.run(PYTHON, "-m", *PIP_INSTALL, "-e", ".[dev,bench]")
    session.run(PYTHON, "benchmarks", "--quick")
    session.run(PYTHON, "benchmarks/matching.py")


@nox.session
def fuzz(session: nox.Session) -> None:
    """Fuzz every target for a minute, or for the seconds after ``--``."""
    (seconds,) = session.posargs or ["60"]
    for target in FUZZ_TARGETS:
        session.run(PYTHON, "-m", "fuzz", target, seconds)


def _run_integration(session: nox.Session, *arguments: str, **environment: str) -> None:
    """Run integration tests, where a missing component fails."""
    environment["TESTS_REQUIRE_INTEGRATION"] = "1"
    if "TF_PLUGIN_DIR" not in os.environ and (mirror := _find_provider_mirror()):
        environment["TF_PLUGIN_DIR"] = mirror

    session.run(
        *(PYTHON, "-m", "pytest", "-q", "-m", "integration", *arguments),
        env=environment,
        interrupt_timeout=GRACE_SECONDS,
    )


def _find_provider_mirror() -> str | None:
    """Return a folder with Terraform's providers, for machines without the registry."""
    command = ["find", "/", "-maxdepth", "4", "-type", "d", "-name", "registry.terraform.io"]
    try:
        answer = subprocess.run(
            [*command, "-not", "-path", "/proc/*"], capture_output=True, text=True, check=False
        )
    except FileNotFoundError:  # a machine without find
        return None
    found = answer.stdout.splitlines()
    return str(Path(found[0]).parent) if found else None


def _find_python(version: str) -> str | None:
    """Return a Python of *version* that starts: of the path, else of pyenv, the newest."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    installed = pyenv.glob(f"versions/{version}.*/bin/python")
    newest_first = sorted(installed, key=lambda path: _patch_number(path.parts[-3]), reverse=True)

    candidates = [shutil.which(f"python{version}"), *map(str, newest_first)]
    return next((python for python in candidates if python and _starts(python)), None)


def _patch_number(version: str) -> int:
    digits = version.rpartition(".")[2]
    return int(digits) if digits.isdecimal() else -1  # such as 3.13.0rc1 or 3.13.1-debug


def _starts(python: str) -> bool:
    """Return whether *python* runs: a shim of pyenv may stand for no version."""
    return subprocess.run([python, "-c", ""], capture_output=True, check=False).returncode == 0


def _make_environment(session: nox.Session, python: str, folder: Path) -> Path:
    """Make a virtual environment of its own and return its folder of commands."""
    session.run(python, "-m", "venv", "--clear", str(folder))
    return folder.absolute() / "bin"


def _unpack_sdist() -> Path:
    """Unpack the sdist in ``dist`` without its first folder, and return where it is."""
    target = BUILD / "sdist"
    shutil.rmtree(target, ignore_errors=True)

    (archive,) = Path("dist").glob("*.tar.gz")
    with tarfile.open(archive) as sdist:
        sdist.extractall(BUILD, filter="data")
    (BUILD / archive.name.removesuffix(".tar.gz")).rename(target)
    return target
