"""Second doses, decided without the database: how pressing one is."""

from datetime import date, timedelta

from appointments.choices import Band

SOON = 7  # days; a week is what a village needs to bring people in


def band_of(due_from: date, due_to: date | None, today: date) -> Band | None:
    """How pressing a dose is that may be given from ``due_from`` and should be given by ``due_to``; None: not for a week."""
    if due_from > today + timedelta(days=SOON):
        return None
    if due_from > today:
        return Band.COMING
    if due_to is None or due_to > today + timedelta(days=SOON):
        return Band.DUE
    return Band.OVERDUE if due_to < today else Band.CLOSING
