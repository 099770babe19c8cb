"""Public addresses: anybody checks a certificate."""

from django.urls import path

from clinic.views import certificates

app_name = "verify"
urlpatterns = [
    path("", certificates.VerifyView.as_view(), name="check"),
    path("offline/", certificates.OfflineView.as_view(), name="offline"),
    path("trust.json", certificates.TrustView.as_view(), name="trust"),
    path("worker.js", certificates.WorkerView.as_view(), name="worker"),
]
