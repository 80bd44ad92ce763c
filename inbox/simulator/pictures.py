"""Pictures made on the spot: portraits of invented people, and pots of an invented shop."""

import hashlib
import math
from collections.abc import Callable

from inbox.simulator.canvas import Canvas, Colour, blend

BACKGROUNDS: tuple[Colour, ...] = (
    (244, 196, 168), (172, 206, 232), (188, 222, 190), (238, 214, 152), (214, 190, 232),
    (246, 186, 192), (160, 212, 208), (206, 206, 198),
)  # fmt: skip
SKINS: tuple[Colour, ...] = (
    (255, 224, 196), (241, 194, 155), (224, 172, 128), (190, 134, 92), (141, 94, 62), (98, 64, 46),
)  # fmt: skip
HAIRS: tuple[Colour, ...] = (
    (44, 32, 28), (92, 58, 36), (150, 100, 52), (214, 176, 104), (176, 72, 40), (150, 150, 152),
)  # fmt: skip
CLOTHES: tuple[Colour, ...] = (
    (52, 84, 130), (150, 62, 66), (62, 116, 92), (98, 80, 132), (206, 150, 62), (64, 68, 76),
)  # fmt: skip


def portrait(name: str) -> bytes:
    """A face as PNG, 240 x 240; the same name always has the same face."""
    pick = hashlib.sha256(name.encode()).digest()
    ground = BACKGROUNDS[pick[0] % len(BACKGROUNDS)]
    skin, hair = SKINS[pick[1] % len(SKINS)], HAIRS[pick[2] % len(HAIRS)]
    canvas = Canvas(240, 240, blend(ground, (255, 255, 255), 0.35), ground)
    if pick[3] % 2:  # long hair falls behind the shoulders
        canvas.ellipse((120, 128), (66, 84), hair)
    canvas.ellipse((120, 262), (96, 84), CLOTHES[pick[4] % len(CLOTHES)])
    canvas.ellipse((120, 182), (22, 30), blend(skin, (0, 0, 0), 0.12))
    canvas.ellipse((120, 112), (50, 62), skin)
    _hair(canvas, hair, pick[5] % 3)
    _face(canvas, skin, glasses=pick[6] % 4 == 0)
    return canvas.png()


def _hair(canvas: Canvas, hair: Colour, style: int) -> None:
    for row in range(38, 100):
        outer = 1 - ((row - 106) / 68) ** 2
        if outer <= 0:
            continue
        half = 57 * math.sqrt(outer)
        # The fringe: straight, parted to one side, or high on the forehead.
        edge = {0: 84.0, 1: 96.0, 2: 74.0}[style]
        if row < edge:
            canvas.span(row, 120 - half, 120 + half, hair)
        else:
            canvas.span(row, 120 - half, 120 - half + 11, hair)
            canvas.span(row, 120 + half - 11, 120 + half, hair)


def _face(canvas: Canvas, skin: Colour, *, glasses: bool) -> None:
    dark = (52, 40, 38)
    for x in (101, 139):
        if glasses:
            canvas.ellipse((x, 114), (15, 13), dark)
            canvas.ellipse((x, 114), (12, 10), blend(skin, (255, 255, 255), 0.45))
        canvas.ellipse((x, 114), (4.5, 5.5), dark)
    if glasses:
        canvas.span(113, 115, 125, dark)
        canvas.span(114, 115, 125, dark)
    canvas.ellipse((120, 145), (17, 11), blend(skin, (150, 40, 40), 0.65))
    canvas.ellipse((120, 140), (20, 10), skin)


def _profile(kind: str, height: float) -> float:
    """Half the width of a pot at a height from 0 (rim) to 1 (foot), as part of its greatest."""
    if kind == "bowl":
        return math.sqrt(max(0.0, 1 - height**2 * 0.86))
    if kind == "cup":
        return 0.86 + 0.14 * math.cos(height * math.pi / 2)
    if kind == "plate":
        return 1 - 0.55 * height
    neck = 0.36 + 0.64 * math.sin(min(1.0, height * 1.15) * math.pi * 0.62) ** 2
    return neck * (1 - 0.3 * max(0.0, height - 0.72) / 0.28)


def _pot(kind: str, glaze: Colour, size: tuple[float, float]) -> bytes:
    """A pot on a table, 640 x 480, lit from the left."""
    canvas = Canvas(640, 480, (236, 232, 226), (214, 208, 200))
    for y in range(350, 480):
        canvas.span(y, 0, 640, blend((196, 164, 132), (168, 132, 100), (y - 350) / 130))
    wide, high = size
    foot = 392.0
    canvas.ellipse((338, foot), (wide * 0.8, 16), (134, 104, 80))
    for y in range(int(foot - high), int(foot) + 1):
        height = (y - (foot - high)) / high
        half = wide * _profile(kind, height)
        bare = height > 0.86 + 0.03 * math.sin(y * 0.9)  # unglazed clay at the foot
        colour = (186, 140, 108) if bare else blend(glaze, (255, 255, 255), 0.18 * (1 - height))
        _shaded_row(canvas, y, half, colour)
    rim = wide * _profile(kind, 0)
    canvas.ellipse((320, foot - high), (rim, max(6.0, rim * 0.16)), blend(glaze, (0, 0, 0), 0.2))
    inner = (320, foot - high + 2), (rim * 0.93, max(4.0, rim * 0.13))
    canvas.ellipse(*inner, blend(glaze, (0, 0, 0), 0.5))
    return canvas.png()


def _shaded_row(canvas: Canvas, y: int, half: float, colour: Colour) -> None:
    steps = 24
    for step in range(steps):
        left = 320 - half + 2 * half * step / steps
        light = math.cos((step / steps - 0.32) * math.pi * 0.9)
        shade = blend((30, 26, 30), colour, 0.35 + 0.65 * max(0.0, light))
        if 5 <= step <= 6:
            shade = blend(shade, (255, 255, 255), 0.28)
        canvas.span(y, left, 320 - half + 2 * half * (step + 1) / steps, shade)


def _heart() -> bytes:
    canvas = Canvas(240, 240, (255, 255, 255), (255, 255, 255))
    for y in range(240):
        for x in range(240):
            if _in_heart((x - 120) / 84, (122 - y) / 84):
                canvas.span(y, x, x + 1, (226, 64, 84))
    return canvas.png()


def _in_heart(x: float, y: float) -> bool:
    return (x * x + y * y - 1) ** 3 - x * x * y**3 <= 0


DRAWN: dict[str, Callable[[], bytes]] = {
    "vase.png": lambda: _pot("vase", (64, 116, 148), (118, 290)),
    "bowl.png": lambda: _pot("bowl", (92, 138, 112), (190, 150)),
    "cup.png": lambda: _pot("cup", (206, 188, 160), (96, 180)),
    "plate.png": lambda: _pot("plate", (214, 206, 196), (230, 46)),
    "broken.png": lambda: _pot("cup", (120, 92, 84), (104, 120)),
    "story.png": lambda: _pot("vase", (176, 96, 84), (104, 310)),
    "sticker.png": _heart,
}
