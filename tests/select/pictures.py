"""Pictures for the tests: the same number paints the same one."""

import io
from random import Random
from typing import Any

from PIL import Image, ImageDraw


def paint(seed: int) -> Image.Image:
    random, picture = Random(seed), Image.new("RGB", (800, 600), "white")
    draw = ImageDraw.Draw(picture)
    for _ in range(40):
        x, y = random.randrange(700), random.randrange(500)
        colour = tuple(random.randrange(256) for _ in range(3))
        draw.rectangle((x, y, x + random.randrange(20, 200), y + random.randrange(20, 200)), fill=colour)
    return picture


def save(picture: Image.Image, form: str, **options: Any) -> bytes:
    written = io.BytesIO()
    picture.save(written, form, **options)
    return written.getvalue()
