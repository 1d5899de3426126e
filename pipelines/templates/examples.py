"""An example of a right value for each column, from the notice's own lists, days and places."""

from datetime import date
from decimal import Decimal

from pipelines.notice.column import Column
from pipelines.notice.model import Notice, Recipient
from pipelines.notice.obligations import EXAMPLE_CLOCK

_TEXTS = {
    "plan_title": "活动实施方案",
    "title": "一次现场活动",
    "column_url": "https://www.example.com/zhuanlan",
    "link": "https://www.example.com/zhuanlan/1.html",
    "contact_name": "张某某",
    "contact_phone": "13800000000",
    "contact_email": "lianluoyuan@example.com",
}
COUNT = 120
STEP = 10
"""By how much the example of a number that has to be greater than another is greater."""
_ANYTHING = "某某"


def example_value(
    notice: Notice, deliverable: str, column: str, recipient: Recipient | None
) -> str | int | date:
    """A value that passes every check; '' only for a county of a unit that is unknown or whose city has none."""
    item = notice.deliverables[deliverable]
    kind = item.field(column).type
    if (definition := item.columns.get(column)) and definition.list:
        return next(iter(notice.lists[definition.list].values()))
    if kind == "date":
        return example_day(notice, deliverable)
    if kind == "moment":
        return f"{notice.opens} {EXAMPLE_CLOCK:%H:%M}"
    if definition and column in item.open_columns and not definition.is_number:
        return definition.example or example_text(notice, definition)
    if kind == "count" and not item.is_count(column):
        return example_amount(item.columns[column], item.rank(column))
    if kind == "count":
        return example_count(definition, item.rank(column))
    if definition and definition.example and kind in ("text", "url", "contact"):
        return definition.example
    if kind == "word":
        return next(iter(counties(notice, recipient)), "")
    if column in _TEXTS:
        return _TEXTS[column]
    return recipient.name if recipient else notice.recipients[0].name


def example_text(notice: Notice, definition: Column) -> str:
    """A right value of a column of the notice's own that is no number; one with a pattern has its example in the notice."""
    if definition.type == "yes_no":
        return notice.words.yes[0]
    told = {"phone": "contact_phone", "email": "contact_email", "url": "link"}.get(definition.type)
    return _TEXTS[told] if told else _ANYTHING[: definition.max_length]


def example_count(definition: Column | None, rank: int = 0) -> int:
    """A whole number between the column's limits, if it has any."""
    value = COUNT + STEP * rank
    return definition.nearest_whole(value) if definition else value


def example_amount(definition: Column, rank: int = 0) -> str:
    """A number between the column's limits, with its unit: 12.5%, 12.5万元. `rank`: how many others it has to be greater than."""
    low, high = definition.limits
    value = (Decimal("12.5") if definition.number.places else Decimal(12)) + STEP * rank
    value = value if low is None else max(value, low)
    return f"{value if high is None else min(value, high)}{definition.number.unit}"


def example_day(notice: Notice, deliverable: str) -> date:
    """The last day of the deliverable's first period, never before the notice opened where it is owed once."""
    window = date_limits(notice, deliverable)
    first = notice.deliverables[deliverable].periods.periods()[0]
    return first.last_day or window[0]


def date_limits(notice: Notice, deliverable: str) -> tuple[date, date]:
    """First and last day that a row may carry; where nothing says so, the days on which the notice takes in."""
    return notice.window(deliverable) or (notice.opens, notice.closes)


def counties(notice: Notice, recipient: Recipient | None) -> list[str]:
    """Names of the counties of the recipient's own city."""
    if recipient is None:
        return []
    return [
        region.name
        for region in notice.regions
        if region.level == "county" and region.parent_code == recipient.city_code
    ]


def say(value: str | int | date) -> str:
    """An example as text; days as 2020-11-08."""
    return value.isoformat() if isinstance(value, date) else str(value)
