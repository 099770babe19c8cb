from django.apps import AppConfig

from core import lookups  # noqa: F401 (registers ``among``)


class CoreConfig(AppConfig):
    name = "core"
    verbose_name = "公共"
    default_auto_field = "django.db.models.BigAutoField"
