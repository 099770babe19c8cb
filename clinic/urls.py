"""Addresses of this room."""

app_name = "clinic"
urlpatterns = []
