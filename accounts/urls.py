"""Log-in (names without a prefix, as Django and axes expect them) and the room of accounts (``accounts:…``)."""

from django.contrib.auth.views import LogoutView
from django.urls import include, path

from accounts.views import audit, guarding, manage, qualifications
from accounts.views.login import AliveView, CodeView, LoginView, PasswordChangeView
from accounts.views.second_factor import SecondFactorView

room = [
    path("", manage.AccountListView.as_view(), name="list"),
    path("add/", manage.AccountAddView.as_view(), name="add"),
    path("audit/", audit.AuditView.as_view(), name="audit"),
    path("audit/verify/", audit.AuditVerifyView.as_view(), name="audit_verify"),
    path("audit/proofs/", audit.AuditProofsView.as_view(), name="audit_proofs"),
    path("audit/export/", audit.AuditExportView.as_view(), name="audit_export"),
    path("confirmations/", guarding.ConfirmationsView.as_view(), name="confirmations"),
    path("confirmations/roles/<int:pk>/", guarding.DecideRoleView.as_view(), name="decide_role"),
    path("confirmations/devices/<int:pk>/", guarding.DecideResetView.as_view(), name="decide_reset"),
    path("security/", guarding.SecurityLogView.as_view(), name="security_log"),
    path("policy/", guarding.PolicyView.as_view(), name="policy"),
    path("<int:pk>/", manage.AccountView.as_view(), name="detail"),
    path("<int:pk>/lock/", manage.LockView.as_view(), name="lock"),
    path("<int:pk>/unlock/", manage.UnlockView.as_view(), name="unlock"),
    path("<int:pk>/reset/", manage.ResetView.as_view(), name="reset"),
    path("<int:pk>/device/", guarding.ResetDeviceView.as_view(), name="reset_device"),
    path("<int:pk>/roles/add/", manage.AppointView.as_view(), name="appoint"),
    path("<int:pk>/roles/<int:role>/end/", manage.EndRoleView.as_view(), name="end_role"),
    path(
        "<int:pk>/certificates/add/",
        qualifications.QualificationAddView.as_view(),
        name="certificate_add",
    ),
    path(
        "<int:pk>/certificates/<int:qualification>/drop/",
        qualifications.QualificationDropView.as_view(),
        name="certificate_drop",
    ),
]
urlpatterns = [
    path("login/", LoginView.as_view(), name="login"),
    path("login/code/", CodeView.as_view(), name="login_code"),
    path("alive/", AliveView.as_view(), name="alive"),
    path("second-factor/", SecondFactorView.as_view(), name="second_factor"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("password/", PasswordChangeView.as_view(), name="password_change"),
    path("", include((room, "accounts"))),
]
