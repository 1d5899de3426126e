"""Pushes to real servers: SFTP, WebDAV and S3 take a file whole, over an older one too, and lose it when it is withdrawn."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines.collect.protocols import open_remote
from pipelines.ground.connections import Connection
from pipelines.send.push_records import Target
from pipelines.send.pushes import Pushes
from tests.collect.servers import SERVERS
from tests.send.test_pushes import push, queue, serve, states


@pytest.fixture(params=SERVERS)
def connection(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Connection]:
    folder = tmp_path / "server"
    folder.mkdir()
    with SERVERS[request.param](folder) as opened:
        yield opened


def lying(connection: Connection) -> dict[str, bytes]:
    remote = open_remote(connection, "in/coming")
    return {str(path).rpartition("/")[2]: remote.fs.cat_file(path) for path in remote.fs.find(remote.root)}


def test_put_replaced_and_withdrawn(connection: Connection, tmp_path: Path) -> None:
    target = Target("news", connection.id, "in/coming")
    with Pushes(tmp_path / "pushes") as pushes:
        for content in (b"one", b"two " * 700_000):
            queue(pushes, push(content), target=target)
            assert serve(pushes, connection).reasons == []
            assert lying(connection) == {"item-1.zip": content}
        queue(pushes, push(b"three"), target=target)
        pushes.note_handing_over(pushes.rows()[-1].key, pushes.rows()[-1].queued_at)
        serve(pushes, connection)
        assert lying(connection) == {"item-1.zip": b"three"}, "what was not there was put there once more"
        queue(pushes, push(b"gone", "withdrawal"), target=target)
        serve(pushes, connection)
        assert lying(connection) == {"item-1.withdrawn.json": b"gone"}
        assert set(states(pushes)) == {"sent"}
