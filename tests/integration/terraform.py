"""Terraform on a copy of the example, with nothing but loopback around it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn

from attrs import frozen

from integration.components import unavailable

EXAMPLE = Path(__file__).parents[2] / "examples" / "terraform"
FOLDERS = (
    ".",
    "examples/direct",
    "examples/queue",
    "examples/teams",
    "examples/central-bus",
    "examples/central-bus/forwarder",
)
INSTALL = (
    "terraform is not on PATH: https://developer.hashicorp.com/terraform/install, and a folder "
    "with the provider in TF_PLUGIN_DIR where the registry cannot be reached"
)


def require_terraform() -> None:
    """Skip the test where there is no terraform, see `unavailable()`."""
    if shutil.which("terraform") is None:
        unavailable(INSTALL)


def bare_copy(folder: Path) -> Path:
    """Copy what a user would copy into *folder*; give the copy."""
    ignore = shutil.ignore_patterns(".terraform*", "*.tfstate*")
    return Path(shutil.copytree(EXAMPLE, folder / "stack", ignore=ignore))


@frozen
class Terraform:
    """
    Terraform in one folder.

    Attributes:
        folder: The folder.
        env: Further environment variables.
    """

    folder: Path
    env: Mapping[str, str] = {}

    def init(self) -> None:
        """Get the provider: from the folder that TF_PLUGIN_DIR names, else from the registry."""
        plugins = os.environ.get("TF_PLUGIN_DIR")
        if plugins:
            self.run("init", "-input=false", f"-plugin-dir={plugins}")
            return
        done = self.attempt("init", "-input=false")
        if "Failed to query available provider packages" in done.stderr:
            unavailable(
                "the registry cannot be reached: name the provider's mirror in TF_PLUGIN_DIR"
            )
        if done.returncode != 0:
            self._failed(("init",), done)

    def run(self, *arguments: str, timeout: float = 300) -> str:
        """Run a command that has to succeed; give its output."""
        done = self.attempt(*arguments, timeout=timeout)
        if done.returncode != 0:
            self._failed(arguments, done)
        return done.stdout

    def attempt(self, *arguments: str, timeout: float = 300) -> subprocess.CompletedProcess[str]:
        """Run a command that may fail."""
        return subprocess.run(
            [shutil.which("terraform") or "terraform", *arguments],
            cwd=self.folder,
            env={
                **os.environ,
                "CHECKPOINT_DISABLE": "1",
                "TF_IN_AUTOMATION": "1",
                "TF_CLI_ARGS": "-no-color" if arguments[0] != "fmt" else "",
                "AWS_EC2_METADATA_DISABLED": "true",
                **self.env,
            },
            capture_output=True,
            text=True,
            check=False,
            timeout=timeout,
        )

    def test(self, *arguments: str) -> list[dict[str, Any]]:
        """Run ``terraform test``; give its messages, whether the tests passed or not."""
        done = self.attempt("test", "-json", *arguments, timeout=600)
        return [json.loads(line) for line in done.stdout.splitlines()]

    def _failed(
        self, arguments: tuple[str, ...], done: subprocess.CompletedProcess[str]
    ) -> NoReturn:
        command = " ".join(arguments)
        raise AssertionError(f"terraform {command}:\n{done.stdout[-3000:]}\n{done.stderr[-6000:]}")
