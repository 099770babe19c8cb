"""The proxy before the two web machines: nginx, with what docs/scaling.md says. Its log tells who answered what."""

import shutil
from collections import Counter
from pathlib import Path

from processes import Failure

PORT = 8080
_CONFIG = """
daemon off;
error_log {folder}/error.log warn;
pid {folder}/pid;
events {{}}
http {{
    log_format answers '$msec $status $upstream_addr';
    access_log {folder}/answers.log answers;
    client_body_temp_path {folder}/bodies; proxy_temp_path {folder}/proxied; fastcgi_temp_path {folder}/f;
    uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
    client_max_body_size 33m;
    upstream web {{
{servers}
    }}
    server {{
        listen {address}:{port};
        proxy_connect_timeout 2s;
        proxy_read_timeout 125s;
        location / {{
            proxy_pass http://web;
            proxy_set_header Host $http_host;
            proxy_set_header X-Forwarded-For $remote_addr;
        }}
    }}
}}
"""


def program() -> str:
    """Where nginx is. Raises Failure when it is not installed."""
    if found := shutil.which("nginx"):
        return found
    raise Failure("nginx is missing: apt-get install nginx")


def command(folder: Path, address: str, webs: list[str]) -> list[str]:
    """nginx with its configuration in ``folder``."""
    servers = "\n".join(f"        server {web}:8000 max_fails=1 fail_timeout=5s;" for web in webs)
    path = folder / "nginx.conf"
    path.write_text(_CONFIG.format(folder=folder, servers=servers, address=address, port=PORT))
    return [program(), "-c", str(path), "-e", str(folder / "error.log")]


def answered(folder: Path, since: float, until: float) -> Counter:
    """How many requests each web machine answered well (below 400) between two moments (seconds of the wall clock)."""
    found: Counter = Counter()
    for line in (folder / "answers.log").read_text().splitlines():
        moment, status, upstream = line.split(" ", 2)
        if since <= float(moment) < until and status < "4":
            found[upstream.rpartition(", ")[2].partition(":")[0]] += 1
    return found
