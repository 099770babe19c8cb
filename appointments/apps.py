from django.apps import AppConfig


class AppointmentsConfig(AppConfig):
    name = "appointments"
    verbose_name = "预约"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        from appointments.services import departed, merged_bookings
        from appointments.story import bookings_of
        from core import timeline
        from residents.services import departures, merge_rooms

        timeline.register(bookings_of)
        departures.register(departed.free_places)
        merge_rooms.register(merged_bookings.LABEL, merged_bookings.BookingRoom())
