"""What the journals beside the archive say to SQL: mail, pushes and the registry. None can be made again from the archive."""

import pyarrow as pa

from pipelines.ground.home import Home
from pipelines.registry.journal import read_registry
from pipelines.send.mails import read_mails
from pipelines.send.pushed import read_pushes


def read_journals(home: Home) -> dict[str, pa.Table]:
    """Their rows by the relation that shows them, for the snapshot."""
    return {
        "marts.mails": read_mails(home.mail),
        **read_pushes(home.pushes),
        **read_registry(home.registry),
    }
