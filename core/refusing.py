"""The page of a rule that no form could show; it says what to do."""

from django.http import HttpResponse
from django.shortcuts import render

from core.errors import RuleBroken


def refuse(request, error: RuleBroken, status: int) -> HttpResponse:
    """``error`` as a page of its own. The answer carries it (``refused``), for the log of refusals."""
    response = render(request, "core/refused.html", {"error": error}, status=status)
    response.refused = error
    return response


def too_often(request, *, seconds: int) -> HttpResponse:
    """429: the same address asked more often than people do."""
    error = RuleBroken("TOO_OFTEN", "这个网络地址的请求太频繁。请过一分钟再试。")
    response = refuse(request, error, 429)
    response.headers["Retry-After"] = str(seconds)
    return response
