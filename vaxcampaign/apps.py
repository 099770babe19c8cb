from django.apps import AppConfig


class VaxcampaignConfig(AppConfig):
    """Only for the commands and template tags that wire all rooms together."""

    name = "vaxcampaign"
