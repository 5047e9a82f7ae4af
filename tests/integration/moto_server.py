"""AWS on loopback: moto's server."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from attrs import frozen

from integration.lambda_runtime import REGION
from integration.servers import server
from ports import LOCALHOST, reserved_port

CREDENTIALS = {"AWS_ACCESS_KEY_ID": "example", "AWS_SECRET_ACCESS_KEY": "example"}


@frozen
class Moto:
    """
    A moto server.

    Attributes:
        url: Where it listens.
    """

    url: str

    @property
    def env(self) -> dict[str, str]:
        """The variables that lead the AWS SDKs and Terraform's provider to it."""
        return {"AWS_ENDPOINT_URL": self.url, "AWS_REGION": REGION, **CREDENTIALS}

    def client(self, service: str) -> Any:
        """Return a boto3 client of one of its services."""
        import boto3
        from botocore.config import Config

        return boto3.client(
            service,
            endpoint_url=self.url,
            region_name=REGION,
            aws_access_key_id=CREDENTIALS["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=CREDENTIALS["AWS_SECRET_ACCESS_KEY"],
            config=Config(proxies={}, retries={"total_max_attempts": 1}),
        )


@contextlib.contextmanager
def moto_server(folder: Path) -> Iterator[Moto]:
    """
    Run a moto server while the block lasts.

    Args:
        folder: An empty folder for its log.
    """
    with reserved_port() as port:
        command = [sys.executable, "-m", "moto.server", "-H", LOCALHOST, "-p", str(port)]
        with server(command, port=port, ready="/moto-api/data.json", log=folder / "log"):
            yield Moto(f"http://{LOCALHOST}:{port}")
