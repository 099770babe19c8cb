"""All addresses of the product; each room brings its own."""

from django.urls import include, path

from vaxcampaign.metrics import metrics
from vaxcampaign.public import CareView, QuestionsView, SitesView
from vaxcampaign.views import DeskView

urlpatterns = [
    path("", DeskView.as_view(), name="desk"),
    path("", include("core.urls")),
    path("metrics", metrics, name="metrics"),
    path("accounts/", include("accounts.urls")),
    path(
        "residents/directory/", include("campaigns.group_urls")
    ),  # this and the next: reached from the register's strip
    path("residents/papers/", include("reports.paper_urls")),
    path("residents/", include("residents.urls")),
    path("appointments/", include("appointments.urls")),
    path("clinic/", include("clinic.urls")),
    path("verify/", include("clinic.verify_urls")),
    path("inventory/closing/", include("clinic.closing_urls")),
    path("inventory/takes/", include("inventory.take_urls")),
    path("inventory/trace/", include("clinic.trace_urls")),
    path("inventory/figures/", include("reports.stock_urls")),
    path("inventory/allocation/", include("planning.urls")),
    path("inventory/clear-out/", include("planning.clear_out_urls")),
    path("inventory/", include("inventory.urls")),
    path("reports/", include("reports.urls")),
    path("campaigns/", include("residents.campaign_urls")),  # before <code>/, which would take "add"
    path("campaigns/", include("campaigns.urls")),
    path("places/", include("places.urls")),
    path("sites/care/", CareView.as_view(), name="care"),
    path("sites/questions/", QuestionsView.as_view(), name="questions"),
    path("sites/", SitesView.as_view(), name="sites"),
]
handler400 = "vaxcampaign.views.refused"
handler403 = "vaxcampaign.views.forbidden"
handler404 = "vaxcampaign.views.not_found"
handler500 = "vaxcampaign.views.broken"
