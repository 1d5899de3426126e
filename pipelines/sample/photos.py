"""Made-up pictures: no place, no person, and unlike any other."""

import hashlib
import io

from PIL import Image, ImageDraw

_SIZE = (480, 320)
_HOUSES = 6


def write_photo(text: str) -> bytes:
    """A JPEG of houses below a sky, whose colours and heights hang on the text alone; the text is its comment."""
    drawn = hashlib.sha256(text.encode()).digest()
    width, height = _SIZE
    picture = Image.new("RGB", _SIZE, (150 + drawn[0] % 80, 180 + drawn[1] % 60, 235))
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, height * 3 // 4, width, height), fill=(90 + drawn[2] % 60, 130 + drawn[3] % 60, 90))
    step = width // _HOUSES
    for number in range(_HOUSES):
        tall, *colour = drawn[4 + 4 * number : 8 + 4 * number]
        top = height * 3 // 4 - 60 - tall // 2
        draw.rectangle((number * step + 8, top, (number + 1) * step - 8, height * 3 // 4), fill=tuple(colour))
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=60, comment=text.encode())
    return out.getvalue()
