"""Moving rows between two records of one person so that every step can be taken back.

The log of a merge is two lists, in the order of the steps: rows that changed their owner, and values that changed in a
row. ``Undo`` walks them backwards.
"""

from dataclasses import dataclass, field

from django.apps import apps
from django.db import IntegrityError, models, transaction

from residents.models import Resident


@dataclass
class MergeLog:
    """What a merge did. ``words`` says it on the screen, ``doubts`` says what a person still has to look at."""

    moved: list[list] = field(default_factory=list)
    changed: list[list] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)
    made: list[int] = field(default_factory=list)  # enrolments that the survivor needed
    last: dict[str, int] = field(default_factory=dict)  # highest id per table at the time

    def move(self, label: str, rows, to: int) -> tuple[list[int], list[int]]:
        """Point the foreign key ``label`` ("app.Model.field") of ``rows`` to ``to``.

        Returns the ids that moved and those that stay, because ``to`` has an equal row already (a unique constraint of
        the table says what equal means).
        """
        model, name = key_of(label)
        column = model._meta.get_field(name).attname
        moved, stayed = [], []
        for pk, owner in list(rows.order_by("pk").values_list("pk", column)):
            try:
                with transaction.atomic():
                    model._base_manager.filter(pk=pk).update(**{column: to})
            except IntegrityError:
                stayed.append(pk)
                continue
            self.moved.append([model._meta.label, name, pk, owner, to])
            moved.append(pk)
        return moved, stayed

    def change(self, row: models.Model, **values) -> None:
        """Write ``values`` (by attribute name) into ``row``, remembering the old ones; equal values are left alone."""
        old = {name: getattr(row, name) for name in values}
        changed = {name: value for name, value in values.items() if old[name] != value}
        if not changed:
            return
        type(row)._base_manager.filter(pk=row.pk).update(**changed)
        for name, value in changed.items():
            setattr(row, name, value)
        pairs = {name: [_plain(row, name, old[name]), _plain(row, name, changed[name])] for name in changed}
        self.changed.append([row._meta.label, row.pk, pairs])

    def change_members(self, person: Resident, name: str, ids: set[int]) -> None:
        """Give ``person`` exactly these key groups (or whatever the many-to-many ``name`` holds)."""
        old = member_ids(person, name)
        if old != sorted(ids):
            getattr(person, name).set(ids)
            self.changed.append([Resident._meta.label, person.pk, {name: [old, sorted(ids)]}])

    def data(self) -> dict:
        """For ``Merge.log``."""
        return {"moved": self.moved, "changed": self.changed, "made": self.made, "last": self.last}


def member_ids(person: models.Model, name: str) -> list[int]:
    """The sorted ids of what the many-to-many ``name`` of ``person`` holds."""
    return sorted(getattr(person, name).values_list("pk", flat=True))


def key_of(label: str) -> tuple[type[models.Model], str]:
    """("app.Model.field") → the model and the name of the field."""
    model, _, name = label.rpartition(".")
    return apps.get_model(model), name


def _plain(row: models.Model, name: str, value) -> object:
    """A value as JSON keeps it."""
    if value is None or isinstance(value, bool | int | str | list):
        return value
    return _column(type(row), name).value_to_string(_Holding(name, value))


def _column(model: type[models.Model], name: str) -> models.Field:
    return next(f for f in model._meta.concrete_fields if name in (f.name, f.attname))


class _Holding:
    """``value_to_string`` reads the value from an object; this is that object, and nothing else."""

    def __init__(self, name: str, value):
        setattr(self, name, value)


@dataclass
class Undo:
    """Takes a log back. ``kept_words`` names what could not be set back, because somebody changed it since."""

    log: dict
    kept_words: list[str] = field(default_factory=list)

    def moves(self) -> list[tuple[type[models.Model], str, int, int, int]]:
        """(model, field, id, from, to), the last step first."""
        return [
            (apps.get_model(label), name, pk, old, new)
            for label, name, pk, old, new in reversed(self.log["moved"])
        ]

    def move_back(self) -> list[str]:
        """Give every moved row back to its first owner; returns a word for each that is no longer with the survivor."""
        lost = []
        for model, name, pk, old, new in self.moves():
            column = model._meta.get_field(name).attname
            mine = model._base_manager.filter(pk=pk, **{column: new})
            if not mine.update(**{column: old}):
                lost.append(str(model._meta.verbose_name))
        return lost

    def restore(self, skip) -> None:
        """Set every changed value back that still is what the merge made of it. ``skip(row)`` leaves a row alone."""
        for label, pk, pairs in reversed(self.log["changed"]):
            row = apps.get_model(label)._base_manager.filter(pk=pk).first()
            if row is not None and not skip(row):
                self._restore_row(row, pairs)

    def _restore_row(self, row: models.Model, pairs: dict) -> None:
        sets = {field.name: field for field in row._meta.many_to_many}
        wanted = {}
        for name, (old, new) in pairs.items():
            column = sets.get(name) or _column(type(row), name)
            now = member_ids(row, name) if name in sets else _plain(row, name, getattr(row, name))
            if now != new:
                self.kept_words.append(f"{column.verbose_name}(合并后又改过,保持现在的)")
            elif name in sets:
                getattr(row, name).set(old)
            else:
                wanted[name] = old if column.is_relation else column.to_python(old)
        if wanted:
            type(row)._base_manager.filter(pk=row.pk).update(**wanted)
