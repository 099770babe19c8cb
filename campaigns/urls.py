"""Addresses of this room."""

app_name = "campaigns"
urlpatterns = []
