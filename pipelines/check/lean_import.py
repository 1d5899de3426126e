"""Great Expectations' import at half its price: what judging tables in memory never touches is not imported with it.

What it always imports and needs for drawing or distributions is imported at its first use; what it can do without, where it is not
installed, it is told is not. Its results are the same (tests/check/test_lean_import.py).
"""

import importlib
import logging
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import LazyLoader, find_spec
from threading import get_ident
from types import ModuleType

from pipelines.ground.collector import importing

LATER = frozenset({"scipy.stats", "altair", "mistune"})
LEFT_OUT = frozenset({"sqlalchemy", "pyspark", "botocore", "boto3"})
log = logging.getLogger(__name__)


class _Sparing(MetaPathFinder):
    """Finds modules of LATER so that they load when an attribute is asked for, and of LEFT_OUT not at all; for the thread that
    made it: another may import the same at the same time, and mean it."""

    def __init__(self) -> None:
        self._thread = get_ident()
        self._is_looking = False

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if self._is_looking or get_ident() != self._thread:
            return None
        if fullname in LEFT_OUT:
            raise ModuleNotFoundError(f"No module named {fullname!r}", name=fullname)
        return self._find_later(fullname) if fullname in LATER else None

    def _find_later(self, fullname: str) -> ModuleSpec | None:
        self._is_looking = True
        try:
            spec = find_spec(fullname)
        finally:
            self._is_looking = False
        if spec and spec.loader:
            spec.loader = LazyLoader(spec.loader)
        return spec


@contextmanager
def _sparing() -> Iterator[None]:
    finder = _Sparing()
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)


def import_leanly(package: str) -> None:
    """Imports a package without what it can spare; one that cannot be imported so is left to the plain import that follows."""
    if package in sys.modules:
        return
    try:
        with _sparing(), importing():
            importlib.import_module(package)
    except Exception as error:
        # A newer one may need at once what this one does not: then it costs seconds more, and nothing else.
        log.warning("check: %s 不能省着导入（%r），改为照常导入", package, error)
        for name in [name for name in sys.modules if name == package or name.startswith(f"{package}.")]:
            del sys.modules[name]
