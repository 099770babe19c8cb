"""``number_hash__among=digests``: like ``in``, with all values handed over as one.

``in`` makes a placeholder of every value and looks at each several times: thousands of them cost as much as the query.
For plain columns (a foreign key takes the lookups of relations only).
"""

import json

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models


@models.Field.register_lookup
class Among(models.Lookup):
    """The values as they are given: of the type that the column has in Python (texts, numbers, days)."""

    lookup_name = "among"
    prepare_rhs = False

    def as_sql(self, compiler, connection):
        """For SQLite: one text of JSON."""
        column, params = self.process_lhs(compiler, connection)
        values = json.dumps(list(self.rhs), cls=DjangoJSONEncoder)
        return f"{column} IN (SELECT value FROM json_each(%s))", [*params, values]  # noqa: S608 (no value in it)

    def as_postgresql(self, compiler, connection):
        """One array."""
        column, params = self.process_lhs(compiler, connection)
        return f"{column} = ANY(%s::{self.lhs.output_field.db_type(connection)}[])", [*params, list(self.rhs)]
