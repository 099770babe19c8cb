"""The words every township begins with."""

from django.db import migrations

_TAGS = [
    ("tag", "party", "党员"),
    ("tag", "official", "村两委"),
    ("tag", "alone", "独居老人"),
    ("tag", "lowincome", "低保"),
    ("tag", "disabled", "残疾"),
    ("tag", "leftbehind", "留守儿童"),
    ("need", "sight", "视力"),
    ("need", "hearing", "听力"),
    ("need", "mobility", "行动不便(轮椅)"),
    ("need", "onearm", "独臂"),
    ("need", "language", "语言不通"),
    ("need", "faints", "晕针"),
    ("need", "company", "需要陪护"),
]


def put(apps, schema_editor):
    tag = apps.get_model("residents", "Tag")
    tag.objects.bulk_create([tag(kind=kind, code=code, name=name) for kind, code, name in _TAGS])


class Migration(migrations.Migration):
    dependencies = [("residents", "0005_duties")]
    operations = [migrations.RunPython(put, migrations.RunPython.noop)]
