"""What a child answers, as bytes: MessagePack of plain values, decoded into the types that are expected and nothing else.

A child reads what nobody vouches for, so nothing that comes from it may run code when it is read (no pickle). Dates,
moments and decimals are extensions, because a list of cells holds them beside text.
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache, lru_cache
from typing import Any

import msgspec

_PLAIN = frozenset({str, int, float, bool, type(None), bytes})
_DAY_OR_NOTHING = frozenset({date, type(None)})
_DATE, _MOMENT, _DECIMAL, _DAYS = 1, 2, 3, 4
_encoder = msgspec.msgpack.Encoder()


class WireError(ValueError):
    """The bytes are not an answer of the expected type."""


class Contradiction(ValueError):
    """An answer of the expected type that cannot be true of what was asked."""


def encode(value: Any) -> bytes:
    """Dataclasses, mappings, sequences and sets of text, numbers, dates and moments; half a character of UTF-16 in a text
    becomes a question mark. Raises TypeError, ValueError or OverflowError for anything else."""
    plain = _plain(value)
    try:
        return _encoder.encode(plain)
    except UnicodeEncodeError:
        return _encoder.encode(_whole_texts(plain))


def decode(content: bytes, kind: Any) -> Any:
    """The value as `kind` (a type or an annotation). Raises WireError."""
    try:
        tree = _decoder.decode(content)
        return msgspec.convert(tree, kind, builtin_types=(bytes, date, datetime, Decimal))
    except (msgspec.DecodeError, ValueError, TypeError, ArithmeticError, RecursionError) as error:
        raise WireError(str(error)) from None


def _plain(value: Any) -> Any:
    kind = type(value)
    if kind in _PLAIN:
        return value
    if kind is list or kind is tuple:
        return _plain_list(value)
    if kind is dict:
        return {_plain(name): _plain(one) for name, one in value.items()}
    if kind is date:
        return _packed_day(value)
    if kind is datetime:
        return msgspec.msgpack.Ext(_MOMENT, value.isoformat().encode())
    if kind is Decimal:
        return msgspec.msgpack.Ext(_DECIMAL, str(value).encode())
    if names := _names(kind):  # type: ignore[arg-type]
        return {name: _plain(getattr(value, name)) for name in names}
    if isinstance(value, Mapping):
        return {_plain(name): _plain(one) for name, one in value.items()}
    return [_plain(one) for one in value] if isinstance(value, list | tuple | set | frozenset) else value


def _whole_texts(plain: Any) -> Any:
    """No text can be told, kept or shown that holds halves of characters."""
    if isinstance(plain, str):
        return plain.encode("utf-8", "replace").decode()
    if isinstance(plain, dict):
        return {_whole_texts(name): _whole_texts(one) for name, one in plain.items()}
    return [_whole_texts(one) for one in plain] if isinstance(plain, list | tuple) else plain


def _plain_list(value: Sequence[Any]) -> Any:
    """Most lists are a column of one sheet: they go as they are, without a look at each cell in Python; one of days as one text."""
    if value and value[0] is None and value.count(None) == len(value):
        return value
    kinds = set(map(type, value))
    if kinds <= _PLAIN:
        return value
    if kinds <= _DAY_OR_NOTHING:
        return msgspec.msgpack.Ext(_DAYS, b",".join(map(_day_text, value)))
    return [_plain(one) for one in value]


@lru_cache(maxsize=1024)
def _day_text(day: date | None) -> bytes:
    return day.isoformat().encode() if day else b""


@lru_cache(maxsize=1024)
def _packed_day(day: date) -> msgspec.msgpack.Ext:
    """Remembered: a table's days are few. Decimals are not, for 1.0 equals 1.00."""
    return msgspec.msgpack.Ext(_DATE, day.isoformat().encode())


@cache
def _names(kind: Hashable) -> tuple[str, ...]:
    """Of a dataclass; none of any other type."""
    return tuple(field.name for field in fields(kind)) if is_dataclass(kind) else ()


def _extension(code: int, data: memoryview) -> Any:
    return _unpack(code, bytes(data))


def _unpack(code: int, content: bytes) -> Any:
    text = content.decode("ascii")
    if code == _DATE:
        return date.fromisoformat(text)
    if code == _DAYS:
        return list(map(_unpack_day, text.split(",")))
    if code == _MOMENT:
        return datetime.fromisoformat(text)
    if code == _DECIMAL:
        return Decimal(text)
    raise ValueError(f"extension {code}")


@lru_cache(maxsize=1024)
def _unpack_day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


_decoder = msgspec.msgpack.Decoder(ext_hook=_extension)
