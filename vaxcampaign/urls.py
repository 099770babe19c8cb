"""All addresses of the product; each room brings its own."""

urlpatterns = []
