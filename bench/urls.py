"""The product's addresses, and those of the bare prototypes."""

from django.urls import path

from bench.bare import dose, empty
from vaxcampaign.urls import handler403, handler404, handler500
from vaxcampaign.urls import urlpatterns as product

__all__ = ["handler403", "handler404", "handler500", "urlpatterns"]
urlpatterns = [*product, path("bench/bare/", dose), path("bench/empty/", empty)]
