"""The neutral words that samples are filled with, from phrases.yaml."""

from functools import cache
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict


class Phrases(BaseModel):
    """What stands in phrases.yaml; whatever carries meaning comes from the notice instead."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title_starts: tuple[str, ...]
    title_things: tuple[str, ...]
    title_form: str
    contacts: tuple[str, ...]
    prose: tuple[str, ...]
    instructions: tuple[str, ...]
    remark: str
    note: str
    group: str
    sheet_names: tuple[str, ...]
    old_sheet: str
    foreign_name: str
    foreign_headers: tuple[str, ...]
    foreign_rows: tuple[tuple[str, ...], ...]
    photo: str
    article: str
    strangers: tuple[str, ...]
    folder_marks: tuple[str, ...]
    correction_mark: str
    attachment_number: str
    name_endings: tuple[str, ...]
    no_date: tuple[str, ...]
    no_number: tuple[str, ...]
    no_word: str
    no_county: str
    no_url: str
    form_metadata: tuple[str, ...]


@cache
def load_phrases() -> Phrases:
    return Phrases.model_validate(yaml.safe_load((Path(__file__).parent / "phrases.yaml").read_text("utf-8")))
