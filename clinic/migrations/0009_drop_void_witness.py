"""The second person stands on the correction now (0008 told the old ones)."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("clinic", "0008_corrections")]

    operations = [migrations.RemoveField(model_name="dose", name="void_witness")]
