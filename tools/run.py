"""`make run`: one process, SQLite under var/, no servers to install. Ctrl-C stops it; the data stays."""

import os
import sys

from prepare import address, allow_host, prepare, url
from processes import die_with_parent, main_or_sentence


def main() -> None:
    """Prepare, say where to go, and become the web server."""
    if "--with-parent" in sys.argv[1:]:
        die_with_parent()
    host, port = address()
    allow_host(host)
    backend = os.environ.get("JOBS_BACKEND") or "thread"
    os.environ["JOBS_BACKEND"] = "inline"  # a thread would not outlive the exec below
    try:
        prepare()
    except KeyboardInterrupt:
        sys.exit(130)
    os.environ["JOBS_BACKEND"] = backend
    print(f"\n请在浏览器打开 {url(host, port)}  (按 Ctrl-C 停止)", flush=True)
    bind = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    serve = ["gunicorn", "vaxcampaign.wsgi", "--config", "tools/web_server.py", "--bind", bind]
    serve += ["--workers", "1", "--threads", "8"]
    serve += ["--timeout", "120", "--log-level", "warning", "--no-control-socket"]
    os.execv(sys.executable, [sys.executable, "-m", *serve])


if __name__ == "__main__":
    main_or_sentence(main)
