"""A request id for every request, a limit on what may be sent, and a clear page instead of a stack trace."""

import uuid

from django.conf import settings
from django.db import OperationalError

from core import requests
from core.errors import Busy, NotAllowed, RuleBroken
from core.locks import is_busy
from core.refusing import refuse


class RequestIdMiddleware:
    """Sets ``core.requests.current`` and the ``X-Request-ID`` header."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        info = requests.RequestInfo(str(uuid.uuid4()), client_address(request))
        token = requests.current.set(info)
        try:
            response = self.get_response(request)
            response["X-Request-ID"] = info.request_id
            return response
        finally:
            requests.current.reset(token)


def client_address(request) -> str:
    """Where the request comes from. Behind our own proxies (``PROXIES``: how many) what the outermost of them saw; whatever
    stands further left in the header was typed by the sender."""
    seen = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()]
    if settings.PROXIES and len(seen) >= settings.PROXIES:
        return seen[-settings.PROXIES][:45]
    return request.META.get("REMOTE_ADDR", "")


class PermissionsPolicyMiddleware:
    """What of the device a page may use: the camera, to scan a certificate; nothing else."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", settings.PERMISSIONS_POLICY)
        return response


class SizeLimitMiddleware:
    """Refuses a body larger than any file we take before a byte of it is read: else whoever knows an address, logged in
    or not, fills the disk (the check of the form's token already stores the uploads)."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if _size(request) > settings.MAX_REQUEST_BYTES:
            megabytes = settings.MAX_REQUEST_BYTES // 1024 // 1024
            error = RuleBroken("TOO_LARGE", f"上传的内容超过{megabytes}MB,请拆成几个文件再上传。")
            return refuse(request, error, 413)
        return self.get_response(request)


def _size(request) -> int:
    claimed = request.META.get("CONTENT_LENGTH") or "0"
    return int(claimed) if claimed.isdecimal() else 0


_FORGED = RuleBroken("FORGED", "提交的内容无法识别。请返回上一页,刷新后重新填写。")


def _is_forged(exception: Exception) -> bool:
    """A value that no page of ours sends and the database cannot hold: a number of thirty digits in place of an id
    (SQLite), a NUL inside a text (PostgreSQL). The sender's fault, so neither an error page nor a stack trace."""
    words = str(exception)
    return (isinstance(exception, OverflowError) and "SQLite INTEGER" in words) or (
        isinstance(exception, ValueError) and "cannot contain NUL" in words
    )


class BusyMiddleware:
    """A RuleBroken that no view turned into a form error becomes a page that says what to do."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_exception(self, request, exception):
        if _is_forged(exception):
            return refuse(request, _FORGED, 400)
        if isinstance(exception, OperationalError) and is_busy(exception):
            exception = Busy()
        if not isinstance(exception, RuleBroken):
            return None
        status = 403 if isinstance(exception, NotAllowed) else 503 if isinstance(exception, Busy) else 409
        return refuse(request, exception, status)
