"""A deadline, decided without the database: how fast doses must be given, and whether that will do."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil


@dataclass(frozen=True)
class Pace:
    """``left`` doses until ``deadline``; ``last_hour`` doses were given in the hour before ``now``."""

    left: int
    last_hour: int
    now: datetime
    deadline: datetime

    @property
    def seconds(self) -> int:
        """Until the deadline; never below zero."""
        return max(0, int((self.deadline - self.now).total_seconds()))

    @property
    def per_hour(self) -> int | None:
        """Doses an hour that must be given from now on; None when the deadline has passed. Less than an hour counts as one:
        nobody gives sixty doses in a minute."""
        if not self.left:
            return 0
        return ceil(self.left / max(1, self.seconds / 3600)) if self.seconds else None

    @property
    def over(self) -> int:
        """Doses that will be left at the deadline at the pace of the last hour."""
        return max(0, self.left - self.last_hour * self.seconds // 3600)

    @property
    def ends_at(self) -> datetime | None:
        """When the last dose is given at the pace of the last hour; None while nobody gives any."""
        if not self.left:
            return self.now
        return self.now + timedelta(hours=self.left / self.last_hour) if self.last_hour else None
