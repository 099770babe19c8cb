"""Many tables made by one migration operation."""

from django.db.migrations.operations.base import Operation


class CreateTogether(Operation):
    """The ``CreateModel`` operations of one room as one: they may refer to each other in any order.

    After each single operation Django renders every known model that is related to the new one, which here is nearly
    all of them: of 35 seconds for an empty installation 30 went into that.
    """

    def __init__(self, operations):
        self.operations = operations

    def deconstruct(self):
        return self.__class__.__name__, [self.operations], {}

    def state_forwards(self, app_label, state):
        state.__dict__.pop(
            "apps", None
        )  # what was rendered: it is rendered once more, when it is next asked for
        for operation in self.operations:
            operation.state_forwards(app_label, state)

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        for operation in self.operations:
            operation.database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        for operation in reversed(self.operations):
            operation.database_backwards(app_label, schema_editor, from_state, to_state)

    def describe(self):
        return f"Create {len(self.operations)} tables"
