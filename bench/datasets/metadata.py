"""Image files without their metadata, for those whose metadata alone are faulty.

Pillow reads EXIF data, comments and colour profiles together with the pixels, and gives up a file
whose pixels are whole if one of them is not.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

_PNG, _JPEG = b"\x89PNG\r\n\x1a\n", b"\xff\xd8"
_ADOBE, _WHOLE_ADOBE = 0xEE, 14  # a JPEG segment that says how colours are stored, and its length
_COMMENT, _START_OF_SCAN = 0xFE, 0xDA
_WEBP_FLAGS = 0x20 | 0x08 | 0x04  # in VP8X: there is a colour profile, EXIF data, XMP data


def without_metadata(content: bytes) -> bytes:
    """The file without what says nothing of its pixels; as it is where that cannot be found.

    Args:
        content: of a PNG, JPEG, WebP or AVIF file, or of any other, which is left as it is.
    """
    try:
        if content.startswith(_PNG):
            return _PNG + b"".join(_png_chunks(content))
        if content.startswith(_JPEG):
            return _JPEG + b"".join(_jpeg_segments(content))
        if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
            kept = b"WEBP" + b"".join(_webp_chunks(content))
            return b"RIFF" + struct.pack("<I", len(kept)) + kept
        if content[4:12] in (b"ftypavif", b"ftypavis"):
            # An item of an unknown type is skipped; the items are listed before the pixels.
            head, pixels, rest = content.partition(b"mdat")
            return head.replace(b"Exif", b"skip") + pixels + rest
    except (struct.error, IndexError):  # cut within a header
        pass
    return content


def _png_chunks(content: bytes) -> Iterator[bytes]:
    """The chunks that pixels depend on: critical ones, whose names are upper-case, and tRNS."""
    at = len(_PNG)
    while at < len(content):
        (length,) = struct.unpack_from(">I", content, at)
        name = content[at + 4 : at + 8]
        if name[:1].isupper() or name == b"tRNS":
            yield content[at : at + 12 + length]
        at += 12 + length


def _jpeg_segments(content: bytes) -> Iterator[bytes]:
    at = len(_JPEG)
    while content[at] == 0xFF and content[at + 1] != _START_OF_SCAN:
        marker = content[at + 1]
        (length,) = struct.unpack_from(">H", content, at + 2)
        application = 0xE0 <= marker <= 0xEF
        needed = marker == _ADOBE and length >= _WHOLE_ADOBE
        if needed or not (application or marker == _COMMENT):
            yield content[at : at + 2 + length]
        at += 2 + length
    yield content[at:]


def _webp_chunks(content: bytes) -> Iterator[bytes]:
    at = 12
    while at < len(content):
        name, length = struct.unpack_from("<4sI", content, at)
        end = at + 8 + length + length % 2
        if name == b"VP8X":
            yield content[at : at + 8] + bytes([content[at + 8] & ~_WEBP_FLAGS & 0xFF])
            yield content[at + 9 : end]
        elif name not in (b"EXIF", b"XMP ", b"ICCP"):
            yield content[at:end]
        at = end
