from django.apps import AppConfig


class ClinicConfig(AppConfig):
    name = "clinic"
    verbose_name = "接种现场"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        from appointments import walked_in
        from clinic.roll import walk_ins
        from clinic.services import merged_visits
        from clinic.timeline import floor_events
        from core import timeline
        from residents.services import merge_rooms

        timeline.register(floor_events)
        walked_in.register(walk_ins)
        merge_rooms.register(merged_visits.LABEL, merged_visits.FloorRoom())
