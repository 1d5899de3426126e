"""A notice as typed, frozen data: what notice.yaml may say. Unknown keys are refused."""

import re
from datetime import date, datetime, time, timedelta
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, available_timezones

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator, model_validator

from pipelines.kinds import KINDS
from pipelines.kinds import Field as KindField

Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
"""A name that code, SQL and file names can carry: lower case, digits, underscores."""
Word = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
Words = Annotated[tuple[Word, ...], Field(min_length=1)]


class Frozen(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Vocabulary(Frozen):
    """Words that meaning hangs on in every submission; defaults stand in notices/words.yaml."""

    reporting_unit: Words
    unit_columns: Words
    row_number: Words
    totals: Words
    instruction_sheets: Words
    zero_report: Words
    not_applicable: Words
    blank: Words
    approximate: Words
    ten_thousand: Words
    count_units: Words
    attachment_mark: Words
    returned_folder: Word


class FolderSource(Frozen):
    """A shared folder, one sub-folder a unit."""

    id: Code
    kind: Literal["folder"]
    path: Word
    line: Code


class FormExportSource(Frozen):
    """A folder of a questionnaire service's exports; each repeats all earlier answers."""

    id: Code
    kind: Literal["form_export"]
    path: Word
    line: Code
    answer_number: Word
    submitted_at: Word
    metadata: tuple[Word, ...] = ()


Source = Annotated[FolderSource | FormExportSource, Field(discriminator="kind")]


class Span(Frozen):
    """Days from first to last, both counted."""

    first_day: date
    last_day: date

    @model_validator(mode="after")
    def _in_order(self) -> "Span":
        if self.last_day < self.first_day:
            raise ValueError("last_day 早于 first_day")
        return self

    @property
    def days(self) -> list[date]:
        return [self.first_day + timedelta(n) for n in range((self.last_day - self.first_day).days + 1)]


class Period(Frozen):
    """One instance of a deliverable: its key ('' for once), its days, its due moment."""

    key: str
    first_day: date | None
    last_day: date | None
    due_at: datetime


class Once(Frozen):
    every: Literal["once"]
    due: datetime

    def periods(self) -> list[Period]:
        return [Period(key="", first_day=None, last_day=None, due_at=self.due)]


class Repeating(Frozen):
    """Every day, week (of seven days from `first`) or calendar month from `first` to `last`."""

    every: Literal["day", "week", "month"]
    first: date
    last: date
    due_days_after: int = Field(default=0, ge=0)
    """Due this many days after the period's last day, at `due_time`."""
    due_time: time = time(23, 59, 59)

    @model_validator(mode="after")
    def _in_order(self) -> "Repeating":
        if self.last < self.first:
            raise ValueError("last 早于 first")
        return self

    def periods(self) -> list[Period]:
        found, start = [], self.first
        while start <= self.last:
            following = self._following(start)
            end = min(following - timedelta(1), self.last)
            due = datetime.combine(end + timedelta(self.due_days_after), self.due_time)
            found.append(Period(key=start.isoformat(), first_day=start, last_day=end, due_at=due))
            start = following
        return found

    def _following(self, start: date) -> date:
        if self.every == "day":
            return start + timedelta(1)
        if self.every == "week":
            return start + timedelta(7)
        return (start.replace(day=1) + timedelta(32)).replace(day=1)


class ExplicitDate(Frozen):
    day: date
    due: datetime


class Explicit(Frozen):
    """Single days, each with its own due moment."""

    every: Literal["date"]
    dates: Annotated[tuple[ExplicitDate, ...], Field(min_length=1)]

    def periods(self) -> list[Period]:
        return [
            Period(key=one.day.isoformat(), first_day=one.day, last_day=one.day, due_at=one.due)
            for one in sorted(self.dates, key=lambda one: one.day)
        ]


Schedule = Annotated[Once | Repeating | Explicit, Field(discriminator="every")]


class Column(Frozen):
    """A column of a deliverable: the headers that units use for it."""

    headers: Words
    required: bool = False
    list: Code | None = None
    """The list in `lists` whose words are allowed."""


class Deliverable(Frozen):
    kind: Literal["plan", "materials", "summary", "statistics"]
    name: Word
    file_words: Words
    """A file whose name holds one of these is this deliverable where its columns do not say."""
    owed_by: Annotated[tuple[Code, ...], Field(min_length=1)]
    periods: Schedule
    columns: dict[Code, Column] = {}
    ignored_headers: tuple[Word, ...] = ()

    @model_validator(mode="after")
    def _columns_fit_kind(self) -> "Deliverable":
        kind = KINDS[self.kind]
        known = {field.name for field in kind.fields}
        if kind.is_table and not any(column.required for column in self.columns.values()):
            raise ValueError("至少要有一列 required: true，否则认不出表头")
        if not kind.is_table and self.columns:
            raise ValueError(f"{self.kind} 是文档，没有 columns")
        if not kind.open_fields and (unknown := sorted(set(self.columns) - known)):
            raise ValueError(
                f"{self.kind} 没有这些列：{'、'.join(unknown)}；可用：{'、'.join(sorted(known))}"
            )
        if self.kind == "statistics" and self.periods.every != "once" and "period_date" not in self.columns:
            raise ValueError("分期报送的统计表要有 period_date 列，才知道是哪一期")
        seen: dict[str, str] = {}
        for name, column in self.columns.items():
            for header in column.headers:
                if (other := seen.setdefault(header, name)) != name:
                    raise ValueError(f"表头“{header}”同时给了 {other} 和 {name}")
        return self

    def field(self, name: str) -> KindField:
        """How a column is read; a column that an open kind does not know is a count."""
        for field in KINDS[self.kind].fields:
            if field.name == name:
                return field
        return KindField(name, "count")

    @property
    def indicators(self) -> tuple[str, ...]:
        """The count columns a notice lists for an open kind, in its order."""
        known = {field.name for field in KINDS[self.kind].fields}
        return tuple(name for name in self.columns if name not in known)


class Exemption(Frozen):
    """A recipient need not send a deliverable (or one period of it); left out of every count."""

    recipient: Word
    deliverable: Code
    period: str | None = None
    reason: Word


class Extension(Frozen):
    """A recipient may send a deliverable (or one period of it) until `due`."""

    recipient: Word
    deliverable: Code
    period: str | None = None
    due: datetime
    reason: Word


class Recipient(Frozen):
    """A unit the notice is circulated to. `aliases` holds its name first; line '' sends nothing."""

    code: Word
    name: Word
    kind: Code
    line: Code | Literal[""]
    city_code: Word
    aliases: tuple[Word, ...]


class Region(Frozen):
    level: Literal["city", "county"]
    code: Word
    name: Word
    parent_code: Word


class Notice(Frozen):
    """One circulated document and everything that its figures depend on."""

    id: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]*$")]
    title: Word
    document_number: Word
    issuer: Word
    timezone: str
    opens: date
    closes: date
    lines: Annotated[dict[Code, Word], Field(min_length=1)]
    recipient_kinds: Annotated[dict[Code, Word], Field(min_length=1)]
    sources: Annotated[tuple[Source, ...], Field(min_length=1)]
    event: Span | None = None
    """The days that day coverage is measured over."""
    lists: dict[Code, dict[Code, Word]] = {}
    deliverables: Annotated[dict[Code, Deliverable], Field(min_length=1)]
    exemptions: tuple[Exemption, ...] = ()
    extensions: tuple[Extension, ...] = ()
    words: Vocabulary
    recipients: Annotated[tuple[Recipient, ...], Field(min_length=1)]
    regions: Annotated[tuple[Region, ...], Field(min_length=1)]
    fingerprint: str
    """sha256 over the folder's files and the shared words: derived data made with another one is stale."""

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        if value not in available_timezones():
            raise ValueError(f"没有“{value}”这个时区；例如 Asia/Shanghai")
        return value

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    @property
    def cities(self) -> list[Region]:
        return [region for region in self.regions if region.level == "city"]

    def window(self, deliverable: str) -> tuple[date, date] | None:
        """First and last day that a dated row of this deliverable may carry; None where it has no periods."""
        days = [
            day
            for period in self.deliverables[deliverable].periods.periods()
            for day in (period.first_day, period.last_day)
            if day
        ]
        return (min(days), max(days)) if days else None

    def local(self, moment: datetime) -> datetime:
        """A moment as naive time in the notice's zone, to the second; naive input is in that zone already."""
        if moment.tzinfo is not None:
            moment = moment.astimezone(self.zone).replace(tzinfo=None)
        return moment.replace(microsecond=0)


_SPACES = re.compile(r"\s+")


def without_spaces(text: str) -> str:
    return _SPACES.sub("", text)
