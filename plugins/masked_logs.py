"""Airflow's logs of our tasks name no telephone number, mail address or identity number: people type them into file names.

Airflow's own masker knows secrets by their text, not by what they look like; what it logs with, structlog, has processors.
"""

import logging
from typing import Any

import structlog

from pipelines.warehouse.likeness import mask_plainly


def mask_logs() -> None:
    """From now on this process masks what it logs, by structlog or by the standard library, tracebacks included.

    The lists are changed in place: loggers that were used before keep theirs.
    """
    chains = [structlog.get_config()["processors"]]
    for handler in logging.getLogger().handlers:
        if isinstance(handler.formatter, structlog.stdlib.ProcessorFormatter):
            chains.append(handler.formatter.processors)
    for chain in chains:
        if isinstance(chain, list) and mask_event not in chain:
            chain.insert(-1, mask_event)  # the last one makes the line of it


def mask_event(logger: Any, method: str, event: Any) -> Any:
    """A processor: every text in what is logged, masked."""
    return {name: _masked(value) for name, value in event.items()}


def _masked(value: Any) -> Any:
    if isinstance(value, str):
        return mask_plainly(value)
    if isinstance(value, list):
        return [_masked(one) for one in value]
    return {name: _masked(one) for name, one in value.items()} if isinstance(value, dict) else value
