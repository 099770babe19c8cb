"""All books that must agree with each other, in one look: what ``verify_ledger`` says and the night counts."""

from collections.abc import Iterator

from clinic.services.verify import floor_problems
from inventory.services.verify import ledger_problems
from inventory.services.verify_supplies import supply_problems


def book_problems() -> Iterator[str]:
    """One sentence for each thing that is wrong in the ledger, the supplies or between needle and stock. Reads only."""
    yield from ledger_problems()
    yield from supply_problems()
    yield from floor_problems()
