"""Changing one's own password."""

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.forms import SetPasswordForm
from django.contrib.auth.mixins import LoginRequiredMixin
from django.urls import reverse_lazy
from django.views.generic import FormView

from accounts.services import accounts


class PasswordChangeView(LoginRequiredMixin, FormView):
    """A new password, twice. Also the only page open to a user whose first password is still in force."""

    form_class = SetPasswordForm
    template_name = "accounts/password.html"
    success_url = reverse_lazy("desk")

    def get_form_kwargs(self):
        return {**super().get_form_kwargs(), "user": self.request.user}

    def form_valid(self, form):
        accounts.change_own_password(user=self.request.user, password=form.cleaned_data["new_password1"])
        update_session_auth_hash(self.request, self.request.user)
        messages.success(self.request, "密码已修改。")
        return super().form_valid(form)
