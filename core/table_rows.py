"""The rows of a table of django-tables2 as text, in one pass.

The library finds out for each cell anew what holds for the whole column (where the value lies, which arguments its function
wants, which attributes the cell has), and walks a template of Django for each. Here a column is read once. What a cell says
is the same, and is escaped by the function that templates use.
"""

from collections.abc import Callable

from django.db.models import Model
from django.template import Context
from django.template.base import render_value_in_context
from django.utils.safestring import SafeString, mark_safe
from django_tables2 import Table
from django_tables2.columns import BoundColumn
from django_tables2.rows import BoundRow
from django_tables2.utils import signature

from core import markup


def rows_of(table: Table, context: Context) -> SafeString:
    """``<tr>…</tr>`` for each row on the page of ``table``; ``context`` is the template's, for days and numbers."""
    head, cells = _Head(table), [_Cell(table, column, context) for column in table.columns]
    lines = [
        f"<tr {head.attributes(row)}>{''.join([cell.html(row) for cell in cells])}</tr>"
        for row in table.paginated_rows
    ]
    # Safe: every value in it was escaped.
    return mark_safe("\n".join(lines))  # noqa: S308


def _asking(function: Callable) -> Callable[[dict], object]:
    """``function`` as one that is offered everything and takes what it names."""
    names, takes_all = signature(function)
    if takes_all:
        return lambda offered: function(**offered)
    return lambda offered: function(**{name: offered[name] for name in names})


class _Head:
    """The attributes of ``<tr>``: the table's own, and whether the row is even or odd."""

    def __init__(self, table: Table):
        self._table = table
        self._given = {
            name: _asking(value) if callable(value) else lambda offered, value=value: value
            for name, value in table.row_attrs.items()
        }

    def attributes(self, row: BoundRow) -> str:
        offered = {"table": self._table, "record": row.record}
        found = {name: value(offered) for name, value in self._given.items()}
        names = filter(None, (found.get("class"), row.get_even_odd_css_class()))
        return markup.attributes(found | {"class": " ".join(names)})


class _Cell:
    """One column: its cell in any row."""

    def __init__(self, table: Table, column: BoundColumn, context: Context):
        self._table, self._column, self._context = table, column, context
        self._render, self._link, self._default = _asking(column.render), column.link, column.default
        given = markup.attributes(column.attrs["td"])
        self._tag = f"<td {given}>" if given else "<td>"
        self._kind: type | None = None  # the model of the records, once one was seen

    def html(self, row: BoundRow) -> str:
        """``<td>…</td>``."""
        content = self._content(row)
        kind = content.__class__
        if kind is str or kind is SafeString:
            text = markup.escaped(content)
        else:  # what a template makes of a number, a day or an object
            text = render_value_in_context(content, self._context)
        return f"{self._tag}{text}</td>"

    def _content(self, row: BoundRow):
        record, column = row.record, self._column
        value = self._value(record)
        if value in column.column.empty_values:
            return self._default
        offered = {
            "value": value,
            "record": record,
            "column": column.column,
            "bound_column": column,
            "bound_row": row,
            "table": self._table,
        }
        content = self._render(offered)
        return self._linked(content, offered) if self._link else content

    def _value(self, record):
        """What the accessor finds, None where something on the way is missing; of a field with choices the word."""
        accessor = self._column.accessor
        if record.__class__ is not self._kind:
            self._kind = record.__class__
            field = accessor.get_field(record) if isinstance(record, Model) else None
            self._is_choice = bool(getattr(field, "choices", None))
            self._is_plain = isinstance(record, Model) and len(accessor.bits) == 1
        if self._is_choice:
            owner, name = accessor.penultimate(record)
            if word := getattr(owner, f"get_{name}_display", None):
                return word()
        if self._is_plain and not callable(value := getattr(record, accessor, None)):
            return value
        return accessor.resolve(record, quiet=True)

    def _linked(self, content, offered: dict):
        if self._link.attrs:
            return self._link(content, **offered)
        address = self._link.compose_url(**offered)
        if address is None:
            return content
        # Safe: both are escaped.
        return mark_safe(f'<a href="{markup.escaped(address)}">{markup.escaped(content)}</a>')  # noqa: S308
