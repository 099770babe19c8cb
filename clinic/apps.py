from django.apps import AppConfig


class ClinicConfig(AppConfig):
    name = "clinic"
    verbose_name = "接种现场"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        from clinic.timeline import floor_events
        from core import timeline

        timeline.register(floor_events)
