"""The roster entries of people who already have an organisation."""

from django.db import migrations
from django.utils import timezone

from residents.grades import parse_class

_OUTSIDE = ("away_county", "away_province", "away_abroad")
_CHUNK = 1000


def enter_whom_organisations_have(apps, schema_editor):
    """Everybody who had an organisation stands on its roster from now on; the day of registration is the best known."""
    resident_model = apps.get_model("residents", "Resident")
    entry_model = apps.get_model("residents", "RosterEntry")
    people = resident_model.objects.filter(organisation__isnull=False).select_related("organisation")
    rows = []
    for person in people.order_by("pk").iterator(chunk_size=_CHUNK):
        is_pupil = person.organisation.kind == "school"
        grade, class_no = parse_class(person.school_class) if is_pupil else (None, "")
        rows.append(
            entry_model(
                organisation_id=person.organisation_id,
                resident=person,
                grade=grade,
                class_no=class_no,
                guardian_name=person.guardian_name if is_pupil else "",
                home_county=person.away_place if is_pupil and person.residence in _OUTSIDE else "",
                since=timezone.localdate(person.created_at),
                added_by_id=person.created_by_id,
            )
        )
        if len(rows) == _CHUNK:
            entry_model.objects.bulk_create(rows)
            rows = []
    entry_model.objects.bulk_create(rows)


class Migration(migrations.Migration):
    dependencies = [("residents", "0008_rosters")]

    operations = [migrations.RunPython(enter_whom_organisations_have, migrations.RunPython.noop)]
