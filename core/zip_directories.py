"""Whether a .zip has one table of contents only, which every program finds.

What is looked through by one program is read by another. Where the end of the file is unusual the two may find different
tables, and what was looked through is not what is read.
"""

import struct
import zipfile

_MARK = b"PK\x05\x06"
_END = "<4s4H2IH"
_LONG_END = "<4sQ2H2I4Q"  # of large archives, with its locator
_LOCATOR = "<4sIQI"
_LONG_SIZE = struct.calcsize(_LONG_END) + struct.calcsize(_LOCATOR)


def is_plain(content: bytes, archive: zipfile.ZipFile) -> bool:
    """Whether ``content`` ends as every office program ends it: the table that ``archive`` has read, and its end record,
    with the true numbers and without a remark; nothing else in the file may pass for an end record."""
    count, start, end = len(archive.infolist()), archive.start_dir, len(content) - struct.calcsize(_END)
    tail = content[end:]
    if _others(content[:end]):
        return False
    if tail == _end(count, end - start, start):
        return True
    size = end - _LONG_SIZE - start
    locator = struct.pack(_LOCATOR, b"PK\x06\x07", 0, max(start + size, 0), 1)
    if size < 0 or not content[:end].endswith(locator):
        return False
    long_end = struct.unpack_from(_LONG_END, content, end - _LONG_SIZE)
    return (
        long_end[:2] == (b"PK\x06\x06", 44)
        and long_end[4:] == (0, 0, count, count, size, start)
        and tail in (_end(count, size, start), _end(0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF))
    )


def _end(count: int, size: int, start: int) -> bytes:
    return struct.pack(_END, _MARK, 0, 0, count, count, size, start, 0)


def _others(content: bytes) -> bool:
    """The four bytes of the mark turn up by chance in large files; with two equal numbers behind them hardly ever."""
    at = content.find(_MARK)
    while at >= 0:
        if content[at + 4 : at + 6] == content[at + 6 : at + 8]:
            return True
        at = content.find(_MARK, at + 1)
    return False
