import struct

import pytest

from mockgw.validation.sizes import fitted, media_type, size_of

FRAME = b"\xff\xc0\x00\x11\x08" + struct.pack(">HH", 20, 30)
IMAGES = {
    "png": (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + struct.pack(">II", 30, 20), "image/png"),
    "gif": (b"GIF89a" + struct.pack("<HH", 30, 20), "image/gif"),
    "jpeg": (b"\xff\xd8\xff\xe0\x00\x04ab" + FRAME, "image/jpeg"),
    "jpeg at once": (b"\xff\xd8" + FRAME, "image/jpeg"),
    "webp": (b"RIFF....WEBPVP8 " + b"." * 10 + struct.pack("<HH", 30, 20), "image/webp"),
    "webp lossless": (b"RIFF....WEBPVP8L....\x2f" + struct.pack("<I", 29 | 19 << 14) + b"." * 5, "image/webp"),
    "webp extended": (b"RIFF....WEBPVP8X" + b"." * 8 + b"\x1d\x00\x00\x13\x00\x00", "image/webp"),
}


@pytest.mark.parametrize(("data", "kind"), IMAGES.values(), ids=IMAGES.keys())
def test_an_image_is_known_and_measured(data: bytes, kind: str) -> None:
    assert media_type(data) == kind
    assert size_of(data, kind) == (30, 20)


@pytest.mark.parametrize(("data", "kind"), IMAGES.values(), ids=IMAGES.keys())
def test_a_cut_image_has_no_size(data: bytes, kind: str) -> None:
    for length in range(len(data)):
        assert size_of(data[:length], kind) in (None, (30, 20))
    assert size_of(data[:12], kind) in (None, (30, 20))


def test_what_is_none_of_them() -> None:
    assert media_type(b"hello") is None
    assert size_of(b"RIFF....WEBPVPXX" + b"." * 20, "image/webp") is None
    assert size_of(b"\xff\xd8\xff\xff", "image/jpeg") is None


@pytest.mark.parametrize(
    ("size", "usual", "sharp"),
    [
        ((1920, 1080), (1456, 819), (1920, 1080)),
        ((1593, 2324), (902, 1316), (1593, 2324)),
        ((4000, 4000), (1092, 1092), (1932, 1932)),
        ((1075, 1520), (924, 1307), (1075, 1520)),
        ((1, 8000), (1, 1568), (1, 2576)),
        ((1092, 1092), (1092, 1092), (1092, 1092)),
        ((0, 9000), (0, 9000), (0, 9000)),
    ],
)
def test_an_image_is_reduced_as_the_api_does(
    size: tuple[int, int], usual: tuple[int, int], sharp: tuple[int, int]
) -> None:
    assert fitted(size, edge=1568, patches=1568) == usual
    assert fitted(size, edge=2576, patches=4784) == sharp
