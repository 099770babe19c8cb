from django.apps import AppConfig


class AppointmentsConfig(AppConfig):
    name = "appointments"
    verbose_name = "预约"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        from appointments.story import bookings_of
        from core import timeline

        timeline.register(bookings_of)
