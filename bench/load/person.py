"""Somebody at a screen: asks for pages, thinks in between, and looks whether the right thing stands on them.

Needs nothing of Django, so that those who measure take little of the machine that serves them.
"""

import http.client
import threading
import time
import uuid
from collections import Counter, defaultdict
from collections.abc import Iterator
from random import Random

from bench.browser import Browser


class Wrong(Exception):
    """An answer that nobody should have seen; it is counted, and the person begins anew."""


class Clock:
    """From when to when it counts, and when the people stop; in seconds of ``time.monotonic``."""

    def __init__(self, *, warm: float, seconds: float):
        self.since = time.monotonic() + warm
        self.until = self.since + seconds
        self.over = threading.Event()

    def wait(self) -> None:
        """Until it is over."""
        time.sleep(max(0.0, self.until - time.monotonic()))
        self.over.set()


class Person(threading.Thread):
    """One person, or a team whose members hand somebody over. ``about``: ``users`` (name → cookies), ``seed``, ``pace`` (think
    times are multiplied by it) and what the kind of person needs; ``times`` holds milliseconds by page, ``done`` deeds."""

    def __init__(self, about: dict, ports: dict[str, int], clock: Clock):
        super().__init__(daemon=True)
        self.about, self.clock, self.random = about, clock, Random(about["seed"])
        self.ports = sorted(ports.items(), reverse=True)  # the longest beginning of a path first
        self.browsers = {name: Browser(ports["/"], cookies) for name, cookies in about["users"].items()}
        self.times: dict[str, list[float]] = defaultdict(list)
        self.errors: Counter = Counter()
        self.done: Counter = Counter()

    def run(self) -> None:
        self.think(3)  # nobody begins at the same moment
        rounds = self.rounds()
        while not self.clock.over.is_set():
            try:
                if next(rounds, self) is self:
                    return
            except Wrong as error:
                self.errors[str(error)] += 1
                rounds = self.rounds()
                self.think(1)

    def rounds(self) -> Iterator[None]:
        """Each kind of person: one piece of work, then ``yield``."""
        raise NotImplementedError

    def think(self, seconds: float) -> None:
        """Look, talk, type: about so long."""
        self.clock.over.wait(seconds * self.about["pace"] * self.random.uniform(0.5, 1.5))

    def get(self, page: str, path: str, *marks: str, user: str = "me", part: bool = False) -> str:
        """The text of a page that must hold all ``marks``."""
        _, text = self._ask(page, user, path, None, 200, marks, part)
        return text

    def post(
        self,
        page: str,
        path: str,
        form: dict,
        *marks: str,
        user: str = "me",
        part: bool = False,
        stays: bool = False,
    ) -> tuple[str, str]:
        """Send ``form``, with a key when it has none; (where it leads, text). ``stays``: the answer is a page."""
        form = {"key": str(uuid.uuid4())} | form
        return self._ask(page, user, path, form, 200 if stays or part else 302, marks, part)

    def file(self, page: str, path: str) -> bytes:
        """What is downloaded."""
        return self._request(page, "me", path, None, 200, False)[1]

    def _ask(self, page, user, path, form, status, marks, part) -> tuple[str, str]:
        where, body = self._request(page, user, path, form, status, part)
        text = body.decode(errors="replace")
        missing = [mark for mark in marks if mark not in text]
        if missing:
            raise Wrong(f"{page}: without “{missing[0]}” {_words(text)}")
        return where, text

    def _request(self, page, user, path, form, expected, part) -> tuple[str, bytes]:
        began = time.monotonic()
        self.done["pages asked for"] += 1
        method, browser = "GET" if form is None else "POST", self.browsers[user]
        browser.port = next(port for start, port in self.ports if path.startswith(start))
        try:
            status, where, body = browser.request(method, path, form, part=part)
        except (OSError, http.client.HTTPException) as error:
            raise Wrong(f"{page}: no answer ({type(error).__name__})") from error
        if self.clock.since <= began < self.clock.until:
            self.times[page].append((time.monotonic() - began) * 1000)
        if status != expected or where.startswith("/accounts/login"):
            raise Wrong(f"{page}: {status} {where} {_words(body.decode(errors='replace'))}")
        return where, body


def _words(text: str) -> str:
    """What the page says is wrong, for the list of errors."""
    for sign in ("answer-reason", "error-summary", "invalid-feedback", "message-error", "<h1"):
        if (at := text.find(sign)) >= 0:
            return " ".join(text[at : at + 200].split())
    return ""
