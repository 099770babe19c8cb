"""A browser of the bench: logs in, keeps its cookies, posts the real forms with the CSRF token and a key of its own.

As a program (``bench.crew``) it plays one job: ``{"port", "users": {name: cookies}, "steps": […], "forms": {…}}``. A step is
``{"do": "get" | "post" | "way", …}``; the answer has the milliseconds of each request by name. Needs nothing of Django, so
that the clients take little of the machine that serves them.
"""

import http.client
import time
import urllib.parse
import uuid
from collections import defaultdict
from http.cookies import SimpleCookie

from bench.crew import play


class Browser:
    """One logged-in person. A sync worker closes the connection after each answer, so each request opens one."""

    def __init__(self, port: int, cookies: dict[str, str] | None = None, *, host: str = "127.0.0.1"):
        self.host, self.port, self.cookies = host, port, dict(cookies or {})

    def request(
        self, method: str, path: str, form: dict | None = None, *, part: bool = False
    ) -> tuple[int, str, bytes]:
        """(status, where a redirect leads, body). ``part``: asked by htmx, which puts the answer into the page."""
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if part:
            headers["HX-Request"] = "true"
        body = None
        if method == "POST":
            token = {"csrfmiddlewaretoken": self.cookies.get("csrftoken", "")}
            body = urllib.parse.urlencode(token | (form or {}), doseq=True)
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection = http.client.HTTPConnection(self.host, self.port, timeout=60)
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            for value in answer.headers.get_all("Set-Cookie", []):
                self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(value).items()}
            return answer.status, answer.headers.get("Location", ""), answer.read()
        finally:
            connection.close()

    def log_in(self, username: str, password: str) -> "Browser":
        """Raises RuntimeError when the door stays shut."""
        self.request("GET", "/accounts/login/")
        form = {"username": username, "password": password}
        status, where, _ = self.request("POST", "/accounts/login/", form)
        if status != 302:
            raise RuntimeError(f"{username} cannot log in: {status}")
        return self


class Player:
    """One client at work."""

    def __init__(self, job: dict):
        self.users = {name: Browser(job["port"], cookies) for name, cookies in job["users"].items()}
        self.steps, self.forms = job["steps"], job.get("forms", {})
        self.times: dict[str, list[float]] = defaultdict(list)
        self.errors: list[str] = []

    def work(self) -> dict:
        """Play all steps."""
        for step in self.steps:
            getattr(self, step["do"])(step)
        return {"times": self.times, "errors": self.errors}

    def get(self, step: dict) -> None:
        """A page."""
        self._ask(step["name"], step["user"], "GET", step["path"], expected=200)

    def post(self, step: dict) -> None:
        """A form; the page it leads to is not fetched."""
        self._ask(step["name"], step["user"], "POST", step["path"], self._form(step["name"], step))

    def way(self, step: dict) -> None:
        """One person from the door to the needle, each form followed by the page it leads to."""
        began = time.perf_counter()
        desk, doctor, nurse = (step[role] for role in ("registrar", "screener", "vaccinator"))
        done = self._step("check-in", desk, f"/clinic/check-in/{step['person']}/", {})
        number = urllib.parse.parse_qs(urllib.parse.urlsplit(done).query).get("done", ["0"])[0]
        visit = self._step("ticket", doctor, "/clinic/", {"q": number})
        for name, user in (("screen", doctor), ("consent", desk), ("dose", nurse)):
            if visit:
                self._step(name, user, f"{visit}{name}/", self._form(name, step))
        self.times["whole way"].append((time.perf_counter() - began) * 1000)

    def _form(self, name: str, step: dict) -> dict:
        return self.forms.get(name, {}) | step.get("form", {})

    def _step(self, name: str, user: str, path: str, form: dict) -> str:
        where = self._ask(name, user, "POST", path, form)
        if where:
            self._ask(f"page after {name}", user, "GET", where, expected=200)
        return where

    def _ask(self, name, user, method, path, form=None, *, expected: int = 302) -> str:
        if form is not None:
            form = form | {"key": str(uuid.uuid4())}
        began = time.perf_counter()
        status, where, body = self.users[user].request(method, path, form)
        self.times[name].append((time.perf_counter() - began) * 1000)
        if status != expected:
            self.errors.append(f"{name} {path}: {status} {body[:200]!r}")
        return where if status == 302 else ""


if __name__ == "__main__":
    play(lambda job: Player(job).work)
