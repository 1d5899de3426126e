"""Modules that will be needed are imported beside other work: while this process waits for others, a core is free for it."""

import logging
import sys
from importlib import import_module
from threading import Thread

from pipelines.ground.collector import importing

log = logging.getLogger(__name__)
_begun: dict[str, "Ahead"] = {}


class Ahead(Thread):
    """One module, being imported; whoever imports it meanwhile waits for it, and gets it whole."""

    def __init__(self, module: str) -> None:
        super().__init__(name=f"import {module}")
        self.module = module

    def run(self) -> None:
        try:
            with importing():
                import_module(self.module)
        except Exception as error:
            # Where it is needed it is imported again, and what is wrong is raised there.
            log.warning("提前导入 %s 没有成功：%r", self.module, error)


def import_ahead(module: str) -> None:
    """Begins to import a module, once, and returns at once. It costs no more CPU so, and no time where a core is idle."""
    if module not in sys.modules and module not in _begun:
        _begun[module] = Ahead(module)
        _begun[module].start()
