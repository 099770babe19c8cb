"""Logging in with password and, where there is one, the code of the second factor; changing one's own password."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, update_session_auth_hash
from django.contrib.auth.mixins import LoginRequiredMixin
from django.contrib.auth.views import LoginView as DjangoLoginView
from django.contrib.auth.views import RedirectURLMixin
from django.http import JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.views.generic import FormView, View

from accounts import log_ins
from accounts.choices import SecurityKind
from accounts.forms import FirstPasswordForm, LoginForm, OwnPasswordForm
from accounts.forms_access import CodeForm
from accounts.models import User
from accounts.services import passwords, second_factors, security_log
from accounts.services.second_factors import Answer
from core import rates, requests
from core.refusing import too_often

HALF = "half_way"  # key of the session: the password was right, the code is still to come
HALF_WAY_SECONDS = 300
_BACKEND = "django.contrib.auth.backends.ModelBackend"


class _NotTooOften:
    """So many posts a minute from one address: one who tries many names never runs into the lock of one of them."""

    def post(self, request, *args, **kwargs):
        if rates.over(f"login.{requests.current.get().ip}", most=settings.LOG_INS_PER_MINUTE, seconds=60):
            return too_often(request, seconds=60)
        return super().post(request, *args, **kwargs)


class LoginView(_NotTooOften, DjangoLoginView):
    """The only page that strangers see. Five failures lock the account for 15 minutes (axes)."""

    template_name = "accounts/login.html"
    form_class = LoginForm
    redirect_authenticated_user = True

    def form_valid(self, form):
        user = form.get_user()
        if second_factors.confirmed(user):
            self.request.session[HALF] = {
                "user": user.pk,
                "hash": user.get_session_auth_hash(),
                "at": int(timezone.now().timestamp()),
                "next": self.get_redirect_url(),
            }
            return redirect("login_code")
        response = super().form_valid(form)
        security_log.note_login(user=user)
        return response


class CodeView(_NotTooOften, RedirectURLMixin, FormView):
    """The second step: the code of the app, or a recovery code."""

    template_name = "accounts/login_code.html"
    form_class = CodeForm
    next_page = reverse_lazy("desk")

    def dispatch(self, request, *args, **kwargs):
        self.user = self._half_way()
        if self.user is None:
            request.session.pop(HALF, None)
            messages.warning(request, "请先输入用户名和密码;输入后 5 分钟内填写动态口令。")
            return redirect("login")
        return super().dispatch(request, *args, **kwargs)

    def _half_way(self) -> User | None:
        half, now = self.request.session.get(HALF) or {}, timezone.now().timestamp()
        if self.request.user.is_authenticated or now > half.get("at", 0) + HALF_WAY_SECONDS:
            return None
        user = User.objects.filter(pk=half["user"], is_active=True).first()
        # A password that was changed meanwhile is not the one that was typed.
        same = user and constant_time_compare(user.get_session_auth_hash(), half["hash"])
        return user if same else None

    def form_valid(self, form):
        answer = second_factors.check(user=self.user, code=form.cleaned_data["code"], now=timezone.now())
        if answer in (Answer.RIGHT, Answer.RECOVERY):
            return self._log_in(answer)
        kind = SecurityKind.USED_CODE if answer == Answer.USED else SecurityKind.WRONG_CODE
        security_log.note(kind, user=self.user, page="login_code")
        if answer == Answer.BLOCKED:
            self.request.session.pop(HALF, None)
            return render(self.request, "accounts/locked.html", {"codes": True}, status=429)
        form.add_error("code", WRONG[answer])
        return self.form_invalid(form)

    def _log_in(self, answer: Answer):
        after = self.request.session.pop(HALF)["next"]
        login(self.request, self.user, backend=_BACKEND)
        if answer == Answer.RECOVERY:
            messages.warning(self.request, "您用了一个备用码,它已经作废。手机丢了请马上重设动态口令。")
        kind = SecurityKind.RECOVERY if answer == Answer.RECOVERY else SecurityKind.LOGGED_IN
        security_log.note_login(user=self.user, kind=kind)
        return redirect(after or self.next_page)


WRONG = {
    Answer.WRONG: "动态口令不对。请看手机上现在的 6 位数字,并核对手机时间。",
    Answer.USED: "这一组动态口令已经用过。请等手机上换了新的一组再输入。",
}


class PasswordChangeView(LoginRequiredMixin, FormView):
    """A new password, twice. Also the only page open to a user whose first password is still in force."""

    template_name = "accounts/password.html"
    success_url = reverse_lazy("desk")

    def get_form_class(self):
        return FirstPasswordForm if self.request.user.must_change_password else OwnPasswordForm

    def get_form_kwargs(self):
        return {**super().get_form_kwargs(), "user": self.request.user}

    def form_valid(self, form):
        passwords.change_own_password(user=self.request.user, password=form.cleaned_data["new_password1"])
        update_session_auth_hash(self.request, self.request.user)
        self.request.session.pop("password_over", None)
        messages.success(self.request, "密码已修改。")
        return super().form_valid(form)


class AliveView(LoginRequiredMixin, View):
    """How many seconds this log-in has left; asked by a page on which somebody types, or that nobody uses."""

    def get(self, request):
        now = timezone.now()
        polled = log_ins.POLLED in request.headers
        return JsonResponse({"left": log_ins.left(request, now, is_used=not polled)})
