"""What each process counts of its own requests; ``vaxcampaign.metrics`` shows it to Prometheus beside what the database says.

With several web processes each counts for itself: PROMETHEUS_MULTIPROC_DIR (deploy/) names the folder where they add up.
Labels are names of our pages, never addresses: nothing personal.
"""

import time

from prometheus_client import Counter, Histogram

REQUESTS = Counter("vax_requests", "Requests answered.", ["view", "method", "status"])
SECONDS = Histogram(
    "vax_request_seconds", "How long a request took.", ["view"], buckets=(0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15)
)
REPORT_READS = Counter("vax_report_reads", "Reports read, by the server that answered.", ["server"])
_METHODS = {"GET", "POST", "HEAD"}


class MetricsMiddleware:
    """Counts each request by the name of its page."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        began = time.perf_counter()
        response = self.get_response(request)
        match = request.resolver_match
        view = match.view_name if match and match.view_name else "-"
        method = request.method if request.method in _METHODS else "other"
        REQUESTS.labels(view, method, response.status_code).inc()
        SECONDS.labels(view).observe(time.perf_counter() - began)
        return response
