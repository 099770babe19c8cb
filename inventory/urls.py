"""Addresses of this room."""

app_name = "inventory"
urlpatterns = []
