"""Sizes: what an image is, and how large, from its first bytes.

Sources: the formats' own specifications (PNG 11.2.2, GIF89a 18, JPEG B.2.2, WebP container: RFC 9649).
"""

SIGNATURES = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg", b"GIF8": "image/gif"}
# Markers of JPEG that begin a frame, and with it tell the size.
FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
Size = tuple[int, int]
PATCH = 28  # pixels: what a model sees at once


def media_type(data: bytes) -> str | None:
    """The type of an image, whatever it is said to be."""
    for signature, kind in SIGNATURES.items():
        if data.startswith(signature):
            return kind
    return "image/webp" if data[:4] == b"RIFF" and data[8:12] == b"WEBP" else None


def size_of(data: bytes, kind: str) -> Size | None:
    """Width and height in pixels, if the beginning of the image has them."""
    read = {"image/png": _png, "image/jpeg": _jpeg, "image/gif": _gif, "image/webp": _webp}[kind]
    return read(data)


def _png(data: bytes) -> Size | None:
    return (_big(data[16:20]), _big(data[20:24])) if len(data) >= 24 else None


def _gif(data: bytes) -> Size | None:
    return (_little(data[6:8]), _little(data[8:10])) if len(data) >= 10 else None


def _jpeg(data: bytes) -> Size | None:
    place = 2
    while place + 9 <= len(data) and data[place] == 0xFF:
        if data[place + 1] in FRAMES:
            return _big(data[place + 7 : place + 9]), _big(data[place + 5 : place + 7])
        place += 2 + max(2, _big(data[place + 2 : place + 4]))
    return None


def _webp(data: bytes) -> Size | None:
    if len(data) < 30:
        return None
    match data[12:16]:
        case b"VP8X":
            return _little(data[24:27]) + 1, _little(data[27:30]) + 1
        case b"VP8L":
            bits = _little(data[21:25])
            return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
        case b"VP8 ":
            return _little(data[26:28]) & 0x3FFF, _little(data[28:30]) & 0x3FFF
    return None


def _big(data: bytes) -> int:
    return int.from_bytes(data, "big")


def _little(data: bytes) -> int:
    return int.from_bytes(data, "little")


def fitted(size: Size, *, edge: int, patches: int) -> Size:
    """The size to which an image is reduced so that neither side is longer, nor all of it more patches.

    Source: https://platform.claude.com/docs/en/build-with-claude/vision-coordinates
    """
    width, height = size
    if not (width and height):
        return size
    if width < height:
        height, width = fitted((height, width), edge=edge, patches=patches)
        return width, height
    return next(
        (long, short)
        for long in range(min(width, edge), 0, -1)
        if (short := max(1, round(long * height / width))) and _patches(long) * _patches(short) <= patches
    )


def _patches(side: int) -> int:
    return -(-side // PATCH)
