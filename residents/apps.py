from django.apps import AppConfig


class ResidentsConfig(AppConfig):
    name = "residents"
    verbose_name = "居民"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        from core import timeline
        from residents.services import merge_rooms, merged_duties
        from residents.story import events

        timeline.register(events)
        merge_rooms.register(merged_duties.CHARGES, merged_duties.ChargeRoom())
        merge_rooms.register(merged_duties.LIFTS, merged_duties.LiftRoom())
        merge_rooms.register(merged_duties.ROSTERS, merged_duties.RosterRoom())
        merge_rooms.register(merged_duties.MOVES, merged_duties.MoveRoom())
