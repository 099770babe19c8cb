"""The web server in production; the address and the number of processes come from the environment."""

import os

from prometheus_client import multiprocess

bind = os.environ.get("WEB_BIND", "127.0.0.1:8000")
workers = int(os.environ.get("WEB_WORKERS", "3"))
worker_class = "sync"
timeout = 120
graceful_timeout = 30
max_requests, max_requests_jitter = 5_000, 500
control_socket_disable = True
loglevel = "warning"
forwarded_allow_ips = "127.0.0.1"


def child_exit(server, worker) -> None:
    """What a process that is gone counted of itself is no longer of now."""
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        multiprocess.mark_process_dead(worker.pid)
