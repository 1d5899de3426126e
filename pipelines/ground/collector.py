"""Python's collector of cycles, kept from work that makes none: it would look again and again at all that is in memory."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uncollected() -> Iterator[None]:
    """Inside, nothing is looked through for cycles; what nobody refers to goes at once, as ever. For what ends soon."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


@contextmanager
def importing() -> Iterator[None]:
    """Inside, large packages are imported: what they make stays as long as the process, and is never looked through."""
    with uncollected():
        yield
        gc.freeze()
