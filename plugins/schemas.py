"""Each parameter's schema is checked once in a process, and each value against it once; a task's copy of a parameter shares its schema.

Airflow copies all of a DAG's parameters for every task four times while it makes one, and looks at them six times while it writes a DAG
down, each time checking with jsonschema: most of what reading hundreds of DAGs costs.
"""

import copy
import json
from typing import Any

from airflow.sdk import Param
from airflow.sdk.definitions._internal.types import NOTSET
from airflow.sdk.exceptions import ParamValidationError
from jsonschema.validators import Draft202012Validator

_PLAIN = (str, int, float, bool, type(None))


def check_schemas_once() -> None:
    """From now on."""
    if getattr(Draft202012Validator.check_schema, "is_remembering", False):
        return
    _remember_schemas()
    _remember_values()
    # What a schema says, nobody changes after the parameter is made.
    Param.__deepcopy__ = _copy_sharing_schema  # type: ignore[attr-defined]


def _remember_schemas() -> None:
    check = Draft202012Validator.check_schema
    checked: set[str] = set()

    def check_once(schema: Any, *more: Any, **options: Any) -> None:
        text = json.dumps(schema, sort_keys=True, default=repr)
        if text not in checked:
            check(schema, *more, **options)
            checked.add(text)

    check_once.is_remembering = True  # type: ignore[attr-defined]
    Draft202012Validator.check_schema = check_once


def _remember_values() -> None:
    """Of plain values that stand in the parameter already; one that is given is looked at every time, and so is one that does not fit."""
    resolve = Param.resolve
    fitting: dict[int, tuple[Any, set[tuple[type, Any]]]] = {}
    """By the identity of a schema, which is kept here, so that it is nobody else's."""

    def resolve_once(self: Param, value: Any = NOTSET, suppress_exception: bool = False) -> Any:
        if value is not NOTSET or type(self.value) not in _PLAIN:
            return resolve(self, value, suppress_exception)
        known, own = (
            fitting.setdefault(id(self.schema), (self.schema, set()))[1],
            (type(self.value), self.value),
        )
        if own not in known:
            try:
                resolve(self)
            except ParamValidationError:
                return resolve(self, suppress_exception=suppress_exception)
            known.add(own)
        return self.value

    Param.resolve = resolve_once  # type: ignore[method-assign]


def _copy_sharing_schema(self: Param, memo: dict[int, Any]) -> Param:
    made = copy.copy(self)
    made.value = copy.deepcopy(self.value, memo)
    return made
