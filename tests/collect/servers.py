"""Real servers on the loopback that serve one folder: SFTP (asyncssh), WebDAV (wsgidav), S3 (moto)."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pipelines.ground.connections import Connection

LOGIN, PASSWORD = "clerk", "only-for-tests"


@contextmanager
def sftp_server(folder: Path) -> Iterator[Connection]:
    import asyncssh

    key = asyncssh.generate_private_key("ssh-ed25519")

    class Guard(asyncssh.SSHServer):
        def begin_auth(self, username: str) -> bool:
            return True

        def password_auth_supported(self) -> bool:
            return True

        def validate_password(self, username: str, password: str) -> bool:
            return (username, password) == (LOGIN, PASSWORD)

    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    async def start() -> Any:
        return await asyncssh.create_server(
            Guard,
            "127.0.0.1",
            0,
            server_host_keys=[key],
            sftp_factory=lambda channel: asyncssh.SFTPServer(channel, chroot=str(folder).encode()),
        )

    server = asyncio.run_coroutine_threadsafe(start(), loop).result(120)
    try:
        yield Connection(
            "test_sftp",
            "sftp",
            "127.0.0.1",
            server.get_port(),
            LOGIN,
            PASSWORD,
            extra={"host_key": key.export_public_key().decode().strip()},
        )
    finally:
        loop.call_soon_threadsafe(
            server.close
        )  # not waited for: from Python 3.12 on that takes as long as a client stays
        loop.call_soon_threadsafe(loop.stop)
        thread.join(120)


@contextmanager
def webdav_server(folder: Path) -> Iterator[Connection]:
    from cheroot import wsgi
    from wsgidav.wsgidav_app import WsgiDAVApp

    app = WsgiDAVApp(
        {
            "provider_mapping": {"/": str(folder)},
            "simple_dc": {"user_mapping": {"*": {LOGIN: {"password": PASSWORD}}}},
            "verbose": 0,
            "logging": {"enable": False},
        }
    )
    server = wsgi.Server(("127.0.0.1", 0), app)
    server.prepare()
    thread = threading.Thread(target=server.serve, daemon=True)
    thread.start()
    try:
        yield Connection(
            "test_webdav",
            "webdav",
            "127.0.0.1",
            server.bind_addr[1],
            LOGIN,
            PASSWORD,
            extra={"scheme": "http"},
        )
    finally:
        server.stop()
        thread.join(120)


@contextmanager
def s3_server(folder: Path) -> Iterator[Connection]:
    """The folder's files as objects; S3 has no modification times but its own."""
    import boto3
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    # All servers of one process share their buckets.
    endpoint, bucket = f"http://{host}:{port}", f"inbox-{port}"
    client = boto3.client(
        "s3",
        endpoint_url=endpoint,
        aws_access_key_id=LOGIN,
        aws_secret_access_key=PASSWORD,
        region_name="us-east-1",
    )
    client.create_bucket(Bucket=bucket)
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            client.put_object(Bucket=bucket, Key=path.relative_to(folder).as_posix(), Body=path.read_bytes())
    try:
        yield Connection(
            "test_s3",
            "s3",
            login=LOGIN,
            password=PASSWORD,
            schema=bucket,
            extra={"endpoint_url": endpoint, "region_name": "us-east-1"},
        )
    finally:
        server.stop()


IMAP = """
from functools import partial
from pymap import config
config.BuiltinHash = partial(config.BuiltinHash, rounds=1)  # half a million, and half a second for each login
from pymap.main import main
main()
"""

SERVERS = {"sftp": sftp_server, "webdav": webdav_server, "s3": s3_server}


@contextmanager
def imap_server() -> Iterator[Connection]:
    """A mailbox in memory (pymap), empty at first; its owner may fill it over IMAP."""
    import socket
    import subprocess
    import sys
    import time

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        sys.executable,
        "-c",
        IMAP,
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
        "--no-tls",
    ]
    account = ["dict", "--demo-user", LOGIN, "--demo-password", PASSWORD]
    process = subprocess.Popen([*command, *account], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 120
        while True:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            assert process.poll() is None, "the IMAP server ended"
            assert time.monotonic() < deadline, "the IMAP server did not start"
            time.sleep(0.05)
        yield Connection("test_imap", "imap", "127.0.0.1", port, LOGIN, PASSWORD, extra={"use_ssl": False})
    finally:
        process.terminate()
        process.wait(120)
