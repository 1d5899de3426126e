"""What a child answers, as bytes: MessagePack of plain values, decoded into the types that are expected and nothing else.

A child reads what nobody vouches for, so nothing that comes from it may run code when it is read (no pickle). Dates,
moments and decimals are extensions, because a list of cells holds them beside text.
"""

from collections.abc import Hashable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache, lru_cache
from typing import Any

import msgspec

_PLAIN = frozenset({str, int, float, bool, type(None), bytes})
_DATE, _MOMENT, _DECIMAL = 1, 2, 3
_DAY_BYTES = 10
_encoder = msgspec.msgpack.Encoder()


class WireError(ValueError):
    """The bytes are not an answer of the expected type."""


def encode(value: Any) -> bytes:
    """Dataclasses, mappings, sequences and sets of text, numbers, dates and moments. Raises TypeError, ValueError or
    OverflowError for anything else."""
    return _encoder.encode(_plain(value))


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
    if kind is date:
        return _packed_day(value)
    if kind is datetime:
        return msgspec.msgpack.Ext(_MOMENT, value.isoformat().encode())
    if kind is Decimal:
        return msgspec.msgpack.Ext(_DECIMAL, str(value).encode())
    if is_dataclass(value):
        return {name: _plain(getattr(value, name)) for name in _names(kind)}  # type: ignore[arg-type]
    if isinstance(value, Mapping):
        return {_plain(name): _plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        # Most lists are a column of one sheet: they go as they are, without a look at each cell in Python.
        return value if _PLAIN.issuperset(map(type, value)) else [_plain(one) for one in value]
    return value


@lru_cache(maxsize=1024)
def _packed_day(day: date) -> msgspec.msgpack.Ext:
    """Remembered: a table's days are few. Decimals are not, for 1.0 equals 1.00."""
    return msgspec.msgpack.Ext(_DATE, day.isoformat().encode())


@cache
def _names(kind: Hashable) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))  # type: ignore[arg-type]


def _extension(code: int, data: memoryview) -> Any:
    return (
        _unpack_day(bytes(data)) if code == _DATE and len(data) == _DAY_BYTES else _unpack(code, bytes(data))
    )


def _unpack(code: int, content: bytes) -> Any:
    text = content.decode("ascii")
    if code == _DATE:
        return date.fromisoformat(text)
    if code == _MOMENT:
        return datetime.fromisoformat(text)
    if code == _DECIMAL:
        return Decimal(text)
    raise ValueError(f"extension {code}")


@lru_cache(maxsize=1024)
def _unpack_day(content: bytes) -> date:
    return date.fromisoformat(content.decode("ascii"))


_decoder = msgspec.msgpack.Decoder(ext_hook=_extension)
