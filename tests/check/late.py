"""What judges rows, imported by the first test that does: Great Expectations takes seconds that every collection would pay."""

from typing import Any


def validate_rows(*given: Any, **more: Any) -> Any:
    from pipelines.check import validate

    return validate.validate_rows(*given, **more)
