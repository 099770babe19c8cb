from django.apps import AppConfig


class ClinicConfig(AppConfig):
    name = "clinic"
    verbose_name = "接种现场"
    default_auto_field = "django.db.models.BigAutoField"
