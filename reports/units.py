"""What a task may be given to: a place, or one 组 of a village."""

from dataclasses import dataclass

from places.models import Place


@dataclass(frozen=True)
class Unit:
    """A place; with ``group_no`` one group of this village."""

    place: Place
    group_no: str = ""

    @property
    def key(self) -> str:
        """Names the unit inside a form and a target's key."""
        return f"{self.place.code}-{self.group_no}" if self.group_no else self.place.code

    def __str__(self) -> str:
        return group_word(self.group_no) if self.group_no else str(self.place)


def group_word(group_no: str) -> str:
    """3 is 3组; what is written out stays as it is (东沟组)."""
    return f"{group_no}组" if group_no.isdigit() else group_no
