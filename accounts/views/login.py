"""Logging in, and changing one's own password."""

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.mixins import LoginRequiredMixin
from django.contrib.auth.views import LoginView as DjangoLoginView
from django.urls import reverse_lazy
from django.views.generic import FormView

from accounts.forms import FirstPasswordForm, LoginForm, OwnPasswordForm
from accounts.services import accounts


class LoginView(DjangoLoginView):
    """The only page that strangers see. Five failures lock the account for 15 minutes (axes)."""

    template_name = "accounts/login.html"
    form_class = LoginForm
    redirect_authenticated_user = True

    def form_valid(self, form):
        response = super().form_valid(form)
        accounts.note_login(user=form.get_user())
        return response


class PasswordChangeView(LoginRequiredMixin, FormView):
    """A new password, twice. Also the only page open to a user whose first password is still in force."""

    template_name = "accounts/password.html"
    success_url = reverse_lazy("desk")

    def get_form_class(self):
        return FirstPasswordForm if self.request.user.must_change_password else OwnPasswordForm

    def get_form_kwargs(self):
        return {**super().get_form_kwargs(), "user": self.request.user}

    def form_valid(self, form):
        accounts.change_own_password(user=self.request.user, password=form.cleaned_data["new_password1"])
        update_session_auth_hash(self.request, self.request.user)
        messages.success(self.request, "密码已修改。")
        return super().form_valid(form)
