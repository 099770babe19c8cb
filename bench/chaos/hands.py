"""The people at their desks while the machines die: they insist. What was not answered is sent again with the same key."""

import http.client
import random
import re
import threading
import time
import traceback
import urllib.parse
import uuid
from collections import Counter
from collections.abc import Iterator

from bench.browser import Browser

_AGAIN = {429, 502, 503}
PATIENCE = 240


class Hand(threading.Thread):
    """One person doing one kind of deed again and again until told to stop; the deed begun is brought to its end.

    ``acknowledged`` holds the keys whose form was answered with success; ``said`` counts the answers and the lost ones;
    ``trouble`` what should never be seen: an answer that is neither success nor "try again".
    """

    def __init__(self, name: str, browsers: dict[str, Browser], seed: int):
        super().__init__(name=name, daemon=True)
        self.browsers, self.random = browsers, random.Random(seed)
        self.acknowledged: dict[str, list[str]] = {}
        self.said: Counter = Counter()
        self.trouble: list[str] = []
        self.over = threading.Event()

    def run(self) -> None:
        try:
            for _ in self.deeds():
                if self.over.is_set():
                    return
        except _GivenUp as error:
            self.trouble.append(f"{self.name}: {error}")
        except Exception:
            self.trouble.append(f"{self.name}: {traceback.format_exc()[-600:]}")

    def deeds(self) -> Iterator[None]:
        """Each kind of person: one deed, then ``yield``."""
        raise NotImplementedError

    def sign(self, kind: str, user: str, path: str, form: dict) -> str:
        """Post ``form`` with a key of its own until it is accepted; returns where the answer leads."""
        key = str(uuid.uuid4())
        where = self.insist(kind, user, "POST", path, form | {"key": key})[0]
        self.acknowledged.setdefault(kind, []).append(key)
        return where

    def look(self, user: str, path: str) -> str:
        """A page, once it comes."""
        return self.insist("page", user, "GET", path)[1].decode(errors="replace")

    def insist(self, kind, user, method, path, form=None, upload=None) -> tuple[str, bytes]:
        """(where a redirect leads, body) of the first answer that is a success."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            try:
                if upload:
                    status, where, body = send_file(self.browsers[user], path, form, *upload)
                else:
                    status, where, body = self.browsers[user].request(method, path, form)
            except (OSError, http.client.HTTPException):
                self.said["no answer"] += 1
                time.sleep(0.2)
                continue
            self.said[f"{status} {reason(body)}".strip() if status in _AGAIN else str(status)] += 1
            if status == (200 if method == "GET" else 302) and not where.startswith("/accounts/login"):
                return where, body
            if status not in _AGAIN:
                raise _GivenUp(f"{kind} {path}: {status} {where} {_words(body)}")
            if status == 503 and b"Traceback" in body:
                raise _GivenUp(f"{kind}: a stack trace was shown")
            time.sleep(0.2)
        raise _GivenUp(f"{kind} {path}: not accepted within {PATIENCE} s")

    def wait_for(self, user: str, job: str) -> tuple[str, str]:
        """("done" or "stop", its page) of a job, once it is over."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            page = self.look(user, job)
            for end in ("done", "stop"):
                if f"tag-{end}" in page:
                    return end, page
            time.sleep(0.3)
        raise _GivenUp(f"job {job} neither ended nor said what to do within {PATIENCE} s")


class _GivenUp(Exception):
    pass


def send_file(browser: Browser, path: str, form: dict, name: str, content: bytes) -> tuple[int, str, bytes]:
    """A form with a file."""
    boundary = uuid.uuid4().hex
    fields = {"csrfmiddlewaretoken": browser.cookies.get("csrftoken", "")} | form
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n'
        for k, v in fields.items()
    ]
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
    body = ("".join(parts) + head).encode() + content + f"\r\n--{boundary}--\r\n".encode()
    headers = {"Cookie": "; ".join(f"{k}={v}" for k, v in browser.cookies.items())}
    headers["Content-Type"] = f"multipart/form-data; boundary={boundary}"
    connection = http.client.HTTPConnection(browser.host, browser.port, timeout=60)
    try:
        connection.request("POST", path, body, headers)
        answer = connection.getresponse()
        return answer.status, answer.headers.get("Location", ""), answer.read()
    finally:
        connection.close()


def query(where: str, name: str) -> str:
    """One value of the address that a redirect leads to."""
    return urllib.parse.parse_qs(urllib.parse.urlsplit(where).query).get(name, [""])[0]


def reason(body: bytes) -> str:
    """The sentence of a page that says why something is refused or away."""
    found = re.search(r'answer-reason">([^<]*)', body.decode(errors="replace"))
    return found[1].strip() if found else ""


def _words(body: bytes) -> str:
    text = body.decode(errors="replace")
    start = max(text.find("answer-reason"), text.find("errorlist"), text.find("invalid-feedback"), 0)
    return " ".join(text[start : start + 300].split())
