"""Made-up submissions for any notice, to try the path on: an inbox, the moment to scan it at, and the truth about it.

Stands beside the path, not in it. Knows kinds and the notice model; headers, words and names come from the notice.
"""

from pipelines.sample.load import write_load
from pipelines.sample.parcels import SampleSummary
from pipelines.sample.world import write_sample

__all__ = ["SampleSummary", "write_load", "write_sample"]
