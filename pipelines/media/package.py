"""An item as a package: the text, the pictures in the sizes of the web with their captions, and all of it as JSON."""

import json
from functools import partial
from typing import Any

from pipelines.media.leaving import Leaving
from pipelines.media.rework import Reworked
from pipelines.media.stories import Story
from pipelines.recommend.parts import write_zip
from pipelines.select.chosen import Chosen

TEXT, METADATA = "text.txt", "metadata.json"


def write_story(story: Story, one: Chosen, reworked: dict[str, Reworked], leaving: Leaving) -> bytes:
    """A zip; the same story and originals are the same bytes."""
    captions = dict(story.captions)
    pictures: list[dict[str, Any]] = []
    files: dict[str, bytes] = {}
    left_out: list[dict[str, str]] = []
    lines: list[str] = []
    for file in one.originals:
        found = reworked.get(file.sha256)
        if file.media == "document" and found:
            lines += [*map(leaving.clean, found.lines), ""]
        if found and found.pictures and file.sha256 in captions:
            number, caption = len({picture["number"] for picture in pictures}) + 1, captions.pop(file.sha256)
            for made in found.pictures:
                name = f"pictures/{number:02d}-{made.longest}.jpg"
                files[name] = made.content
                size = {"width": made.width, "height": made.height}
                pictures.append(
                    {"file": name, "number": number, "size": made.longest, **size, "caption": caption}
                )
        elif not (found and (found.lines or found.pictures)) and file.media != "workbook":
            why = (found and found.why) or (
                "视频不随包推送，请向来源单位索取" if file.media == "video" else "没有读出文字"
            )
            left_out.append({"name": leaving.clean(file.name), "why": why})
    text = "\n".join([story.title, "", story.summary, "", *lines, story.source, story.link]).rstrip() + "\n"
    told = {
        "format": 1,
        "id": story.id,
        "item_id": story.item_id,
        "title": story.title,
        "unit": story.unit,
        "source": story.source,
        "city": story.city,
        "county": story.county,
        "day": story.day,
        "type": story.kind,
        "category": story.category,
        "theme": story.theme,
        "link": story.link,
        "updated": story.updated.isoformat(),
        "text": TEXT,
        "pictures": pictures,
        "left_out": left_out,
    }
    files |= {TEXT: text.encode(), METADATA: as_json(told)}
    at = story.updated.replace(tzinfo=None)
    return write_zip([(name, partial(bytes, content)) for name, content in sorted(files.items())], at)


def write_withdrawal(story_id: str, item_id: str, title: str, at: str, why: str) -> bytes:
    """What is pushed in a package's place."""
    return as_json(
        {"format": 1, "id": story_id, "item_id": item_id, "title": title, "withdrawn_at": at, "why": why}
    )


def as_json(told: dict[str, Any]) -> bytes:
    return (json.dumps(told, ensure_ascii=False, indent=1) + "\n").encode()
