"""Addresses of this room."""

app_name = "appointments"
urlpatterns = []
