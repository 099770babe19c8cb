"""A new installation makes its tables at once (``0001_squashed_…``), an older one made them step by step: both have the
same, and the older one has nothing left to do."""

import pytest
from django.db import connection
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader


class SingleSteps(MigrationLoader):
    """Knows only what an installation ran before its steps were squashed."""

    def load_disk(self):
        super().load_disk()
        steps = {step for migration in self.disk_migrations.values() for step in migration.replaces}
        rooms = {room for room, _ in steps}
        self.disk_migrations = {
            key: migration
            for key, migration in self.disk_migrations.items()
            if key in steps or key[0] not in rooms
        }


def squashed(loader) -> dict:
    return {key: migration for key, migration in loader.disk_migrations.items() if migration.replaces}


def test_the_squashed_migrations_lead_where_the_single_steps_led():
    loader = MigrationLoader(None, ignore_no_migrations=True)
    at_once, steps = loader.project_state(list(squashed(loader))), SingleSteps(None).project_state()
    changes = MigrationAutodetector(steps, at_once).changes(graph=loader.graph)
    assert {room: changes[room] for room, _ in squashed(loader) if room in changes} == {}


@pytest.mark.django_db
def test_an_installation_that_went_step_by_step_has_nothing_left_to_do():
    executor = MigrationExecutor(connection)
    for room, name in squashed(executor.loader):
        executor.recorder.record_unapplied(room, name)
    executor = MigrationExecutor(connection)
    assert executor.migration_plan(executor.loader.graph.leaf_nodes()) == []
    executor.check_replacements()
    assert set(squashed(executor.loader)) <= set(executor.recorder.applied_migrations())
