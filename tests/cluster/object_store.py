"""An S3 server in a process of its own, which can be cut off: it accepts connections then, and answers nothing."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.cluster.services import end_of, free_port, running, wait_for_port
from tests.stores import KEYS

BUCKET = "notices"
CUT_SECONDS = float(os.environ.get("NOTICES_CUT_SECONDS", "61"))
"""More than a read is tried for (s3_store.py: three times twenty seconds), so that the store is missed."""


@dataclass(frozen=True)
class ObjectStore:
    """`settings` are what a machine is told of it."""

    process: subprocess.Popen[bytes]
    settings: dict[str, str]

    def cut(self, seconds: float = CUT_SECONDS) -> None:
        os.kill(self.process.pid, signal.SIGSTOP)
        try:
            time.sleep(seconds)
        finally:
            os.kill(self.process.pid, signal.SIGCONT)


@contextmanager
def object_store(folder: Path) -> Iterator[ObjectStore]:
    """With an empty bucket. Skips the test where no S3 server is installed."""
    if find_spec("moto") is None:
        pytest.skip("moto, the S3 server of the extra `dev`, is not installed")
    import boto3

    port, log = free_port(), folder / "s3.log"
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    with running(command, log) as process:
        wait_for_port(port, process, lambda: end_of(log), seconds=240)
        address = f"http://127.0.0.1:{port}"
        keys = {
            "aws_access_key_id": KEYS["AWS_ACCESS_KEY_ID"],
            "aws_secret_access_key": KEYS["AWS_SECRET_ACCESS_KEY"],
        }
        boto3.client(
            "s3", endpoint_url=address, region_name=KEYS["AWS_DEFAULT_REGION"], **keys
        ).create_bucket(Bucket=BUCKET)
        yield ObjectStore(
            process, {**KEYS, "AWS_ENDPOINT_URL": address, "NOTICES_STORE": f"s3://{BUCKET}/all"}
        )
