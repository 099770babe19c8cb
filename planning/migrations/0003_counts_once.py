"""A count is signed once: old rows of one signature share a key; then nobody changes or deletes them."""

import uuid

from django.db import migrations, models

from core.triggers import append_only


def keys_of_old_counts(apps, schema_editor):
    """The rows that one person wrote at one moment are one signature."""
    counts = apps.get_model("planning", "ClearOutCount").objects.order_by()
    for signature in list(counts.values("clear_out", "site", "by", "at").distinct()):
        counts.filter(**signature).update(key=uuid.uuid4())


class Migration(migrations.Migration):
    dependencies = [("planning", "0002_clear_outs")]

    operations = [
        migrations.AddField(
            model_name="clearoutcount",
            name="key",
            field=models.UUIDField(default=uuid.uuid4),
            preserve_default=False,
        ),
        migrations.RunPython(keys_of_old_counts, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="clearoutcount",
            constraint=models.UniqueConstraint(fields=("key", "lot"), name="clear_out_count_once"),
        ),
        append_only("planning_clearoutcount"),
        append_only("planning_clearoutstart"),
    ]
