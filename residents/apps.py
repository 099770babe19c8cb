from django.apps import AppConfig


class ResidentsConfig(AppConfig):
    name = "residents"
    verbose_name = "居民"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        from core import timeline
        from residents.story import events

        timeline.register(events)
