"""Addresses of this room."""

app_name = "residents"
urlpatterns = []
