"""One's own second factor: setting it up, new recovery codes, another telephone."""

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.generic import FormView

from accounts.choices import SecurityKind
from accounts.forms_access import AppCodeForm
from accounts.services import policies, second_factors, security_log
from core.errors import RuleBroken
from core.handing_out import qr_svg
from core.views import add_rule_error


class SecondFactorView(LoginRequiredMixin, FormView):
    """GET: the code to scan, or how things stand. POST with the app's code: ``deed`` names what for."""

    template_name = "accounts/second_factor.html"
    form_class = AppCodeForm

    def get_context_data(self, **kwargs):
        user = self.request.user
        factor = second_factors.confirmed(user)
        return super().get_context_data(
            factor=factor,
            codes_left=factor and factor.recovery_codes.filter(used_at=None).count(),
            is_wanted=policies.wants_second_factor(user),
            **({} if factor else self._to_scan()),
            **kwargs,
        )

    def _to_scan(self) -> dict:
        made = second_factors.begin(user=self.request.user)
        groups = [made.secret[at : at + 4] for at in range(0, len(made.secret), 4)]
        return {"qr": qr_svg(made.address, title="二维码:用手机验证器扫描"), "secret": " ".join(groups)}

    def form_valid(self, form):
        user, code, now = self.request.user, form.cleaned_data["code"], timezone.now()
        deed = self.request.POST.get("deed")
        try:
            if deed == "drop":
                second_factors.put_away(user=user, code=code, now=now)
                return self._dropped()
            make = second_factors.renew_codes if deed == "renew" else second_factors.confirm
            codes = make(user=user, code=code, now=now)
        except RuleBroken as error:
            security_log.note(SecurityKind.WRONG_CODE, user=user, page="second_factor", detail=error.code)
            add_rule_error(form, error)
            return self.form_invalid(form)
        self.request.session.pop("must_enrol", None)
        return render(self.request, "accounts/recovery_codes.html", {"codes": codes})

    def _dropped(self):
        if policies.wants_second_factor(self.request.user):
            self.request.session["must_enrol"] = True
        messages.success(self.request, "原来的手机已停用。请用新手机重新绑定。")
        return HttpResponseRedirect(reverse("second_factor"))

    def form_invalid(self, form):
        return self.render_to_response(self.get_context_data(form=form), status=422)
