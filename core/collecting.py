"""Python's search for unreachable cycles, made rare while much is read and written at once.

By default it looks at what 700 new objects left behind, and every so often at everything: large work that holds a hundred
thousand rows paid a third of its time for looking at the same rows again and again, and made no cycles worth finding.
"""

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_RARE = (50_000, 20, 1_000)  # new objects; looks at the young ones; looks at the middle-aged ones
_lock = threading.Lock()
_usual: list[tuple[int, int, int]] = []  # one for each running work; the first is what held before any


@contextmanager
def rarely_collecting() -> Iterator[None]:
    """For the length of large work; also a decorator. Works may overlap in threads: the last one puts back what was."""
    with _lock:
        _usual.append(gc.get_threshold())
        gc.set_threshold(*_RARE)
    try:
        yield
    finally:
        with _lock:
            before = _usual[0]
            _usual.pop()
            if not _usual:
                gc.set_threshold(*before)
