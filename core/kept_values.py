"""Choices of menus, asked for by page after page: their statement is built once, the values are read each time."""

from collections.abc import Callable

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

from core import prepared


class KeptValues:
    """A question whose SQL is built when it is asked for the first time: as ``core.kept.Kept``, for ``values_list`` and without
    holes. ``build()`` returns the QuerySet; what differs from asker to asker is another ``KeptValues`` (``lru_cache``)."""

    def __init__(self, build: Callable[[], QuerySet]):
        self._build = build
        self._statements: dict[str, prepared.Statement | None] = {}  # by engine; None: nothing can be meant

    def __call__(self) -> list[tuple]:
        """The rows, as they are stored: for numbers and text."""
        if connection.vendor not in self._statements:
            self._statements[connection.vendor] = self._statement()
        statement = self._statements[connection.vendor]
        if statement is None:
            return []
        with connection.cursor() as cursor:
            prepared.execute(cursor, statement)
            return cursor.fetchall()

    def _statement(self) -> prepared.Statement | None:
        try:
            return self._build().query.get_compiler(using=connection.alias).as_sql()
        except EmptyResultSet:
            return None
