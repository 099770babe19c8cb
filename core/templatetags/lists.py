"""What every list is made of: ``{% filter_row form %}`` and ``{% table_rows table %}``."""

from django import template

from core.filter_row import row_of
from core.table_rows import rows_of

register = template.Library()


@register.simple_tag
def filter_row(form):
    """The fields of a filter form."""
    return row_of(form)


@register.simple_tag(takes_context=True)
def table_rows(context, table):
    """``<tr>…</tr>`` for each row on the page of a table."""
    return rows_of(table, context)
