"""Small pictures: a screenshot has few colours, and takes a third of the room with a palette of them."""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_HEAD = b"\x89PNG\r\n\x1a\n"
_CHANNELS = {2: 3, 6: 4}
"""Bytes of a point, by the kind of picture: with and without transparency."""
_PALETTE, _MOST = 3, 256
_STEP = 17
"""Sixteen shades of each colour are enough for text."""


def smaller(png: bytes) -> bytes:
    """The same picture with a palette. Raises ``ValueError`` for one with more colours than a palette holds."""
    width, height, lines = _points(png)
    palette: dict[bytes, int] = {}
    rows = (bytes(palette.setdefault(point, len(palette) % _MOST) for point in line) for line in lines)
    data = b"".join(b"\0" + row for row in rows)
    if len(palette) > _MOST:
        raise ValueError(f"{len(palette)} colours")
    head = struct.pack(">IIBBBBB", width, height, 8, _PALETTE, 0, 0, 0)
    parts = ((b"IHDR", head), (b"PLTE", b"".join(palette)), (b"IDAT", zlib.compress(data, 9)), (b"IEND", b""))
    return _HEAD + b"".join(_chunk(name, part) for name, part in parts)


def _chunk(name: bytes, part: bytes) -> bytes:
    return struct.pack(">I", len(part)) + name + part + struct.pack(">I", zlib.crc32(name + part))


def _chunks(png: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = len(_HEAD)
    while at < len(png):
        (length,) = struct.unpack_from(">I", png, at)
        yield png[at + 4 : at + 8], png[at + 8 : at + 8 + length]
        at += length + 12


def _points(png: bytes) -> tuple[int, int, Iterator[list[bytes]]]:
    """Width, height, and line by line its points, rounded to the shades that are kept."""
    parts = list(_chunks(png))
    width, height, _depth, kind = struct.unpack_from(">IIBB", parts[0][1])
    data = zlib.decompress(b"".join(part for name, part in parts if name == b"IDAT"))
    return width, height, _lines(data, width, _CHANNELS[kind])


def _lines(data: bytes, width: int, channels: int) -> Iterator[list[bytes]]:
    length, above = width * channels, bytearray(width * channels)
    for start in range(0, len(data), length + 1):
        above = _unfiltered(data[start], bytearray(data[start + 1 : start + 1 + length]), above, channels)
        rounded = bytes((value + _STEP // 2) // _STEP * _STEP for value in above)
        yield [rounded[at : at + 3] for at in range(0, length, channels)]


def _unfiltered(how: int, line: bytearray, above: bytearray, channels: int) -> bytearray:
    """A line as it is, of the differences that it is written in."""
    for at in range(len(line)) if how else ():
        left = line[at - channels] if at >= channels else 0
        corner = above[at - channels] if at >= channels else 0
        guess = (0, left, above[at], (left + above[at]) // 2, _nearest(left, above[at], corner))[how]
        line[at] = (line[at] + guess) % 256
    return line


def _nearest(left: int, up: int, corner: int) -> int:
    """The neighbour that is nearest to where a plane through all three would be."""
    return min((left, up, corner), key=lambda value: abs(left + up - corner - value))
