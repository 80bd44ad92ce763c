"""A small drawing surface and its PNG: enough for portraits and pots, without any library."""

import math
import struct
import zlib

Colour = tuple[int, int, int]


class Canvas:
    """Rows of RGB bytes; shapes are filled row by row with softened edges."""

    def __init__(self, width: int, height: int, top: Colour, bottom: Colour) -> None:
        self.width, self.height = width, height
        self.rows = [
            bytearray(bytes(blend(top, bottom, y / max(1, height - 1))) * width)
            for y in range(height)
        ]

    def span(self, y: int, left: float, right: float, colour: Colour) -> None:
        """Fill one row between two positions, both ends blended by their share of a pixel."""
        if not 0 <= y < self.height or right <= left:
            return
        first, last = max(0, math.ceil(left)), min(self.width, math.floor(right))
        if last > first:
            self.rows[y][first * 3 : last * 3] = bytes(colour) * (last - first)
        self._soften(y, first - 1, first - left, colour)
        self._soften(y, last, right - last, colour)

    def ellipse(self, centre: tuple[float, float], radii: tuple[float, float], c: Colour) -> None:
        (x, y), (wide, high) = centre, radii
        for row in range(math.floor(y - high), math.ceil(y + high) + 1):
            reach = 1 - ((row - y) / high) ** 2
            if reach > 0:
                half = wide * math.sqrt(reach)
                self.span(row, x - half, x + half, c)

    def png(self) -> bytes:
        """The picture as a PNG file (W3C PNG: 8 bit RGB, no interlace, filter 0 on every row)."""
        header = struct.pack(">IIBBBBB", self.width, self.height, 8, 2, 0, 0, 0)
        pixels = zlib.compress(b"".join(b"\x00" + row for row in self.rows), 6)
        chunks = (b"IHDR", header), (b"IDAT", pixels), (b"IEND", b"")
        return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*chunk) for chunk in chunks)

    def _soften(self, y: int, x: int, share: float, colour: Colour) -> None:
        if 0 <= x < self.width and 0 < share < 1:
            old = self.rows[y][x * 3 : x * 3 + 3]
            self.rows[y][x * 3 : x * 3 + 3] = bytes(blend((old[0], old[1], old[2]), colour, share))


def blend(one: Colour, other: Colour, share: float) -> Colour:
    """Between two colours; share 0 is the first, 1 the second."""
    r, g, b = (round(a + (c - a) * share) for a, c in zip(one, other, strict=True))
    return r, g, b


def _chunk(kind: bytes, content: bytes) -> bytes:
    checked = kind + content
    return struct.pack(">I", len(content)) + checked + struct.pack(">I", zlib.crc32(checked))
