"""How much of a large work one transaction takes."""

import time


class Pace:
    """As much as keeps all others waiting (on SQLite) for about ``seconds``, learnt from the transaction before: a machine that is
    busy does less in that time. Never less than ``least``, because each transaction has its own questions, and a pause behind
    it in which others write; never more than ``most``, because the next one may be slower."""

    def __init__(self, *, start: int, least: int, most: int, seconds: float):
        self.size = start
        self.ended: float | None = None  # when the last transaction did, in monotonic seconds
        self._least, self._most, self._seconds = max(1, least), max(1, most), seconds

    def took(self, amount: int, *, since: float) -> None:
        """Learn from a transaction of ``amount`` that has just ended and has held others up ``since`` (monotonic seconds)."""
        self.ended = time.monotonic()
        wanted = int(amount * self._seconds / max(self.ended - since, 0.001))
        self.size = max(self._least, min(wanted, self._most))
