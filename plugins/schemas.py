"""Each parameter's schema is checked once in a process, not at every look at it.

Airflow looks at a DAG's parameters six times for every task while it writes a DAG down, and each time jsonschema checks first whether
the parameter's schema is one: four fifths of what reading hundreds of DAGs costs.
"""

import json
from typing import Any

from jsonschema.validators import Draft202012Validator


def check_schemas_once() -> None:
    """From now on; whether a value fits its schema is looked at every time, as before."""
    check = Draft202012Validator.check_schema
    if getattr(check, "is_remembering", False):
        return
    checked: set[str] = set()

    def check_once(schema: Any, *more: Any, **options: Any) -> None:
        text = json.dumps(schema, sort_keys=True, default=repr)
        if text not in checked:
            check(schema, *more, **options)
            checked.add(text)

    check_once.is_remembering = True  # type: ignore[attr-defined]
    Draft202012Validator.check_schema = check_once
