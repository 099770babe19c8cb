"""The people of `make load` send what a browser would, and count what nobody should have seen."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from bench.load.filled import fields
from bench.load.person import Clock, Person

FORM = """<form action="/out/"><input name="key" value="no"></form>
<form method="post" id="entry"><input type="hidden" name="key" value="k&amp;1"><input name="name" value="王伟">
<input type="checkbox" name="tags" value="1" checked><input type="checkbox" name="tags" value="2">
<input type="checkbox" name="tags" value="3" checked><input type="submit" name="then" value="done">
<select name="sex"><option value="">请选择</option><option value="F" selected>女</option></select>
<select name="group"><option value="7">7组</option><option value="8">8组</option></select>
<textarea name="note">第一行</textarea></form>"""


def test_a_form_is_sent_as_it_stands():
    assert fields(FORM, 'id="entry"') == {
        "key": ["k&1"],
        "name": ["王伟"],
        "tags": ["1", "3"],
        "sex": ["F"],
        "group": ["7"],
        "note": ["第一行"],
    }
    assert fields(FORM, 'id="other"') == {}


@pytest.fixture
def pages():
    """A server with one sound page, and its port."""

    class Pages(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response({"/sound/": 200, "/empty/": 200}.get(self.path, 503))
            self.end_headers()
            self.wfile.write(("<h1>ok</h1>" if self.path == "/sound/" else "<h1>暂时不能用</h1>").encode())

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()
    thread.join()


class Visitor(Person):
    def rounds(self):
        self.get(*self.about["asks"].pop(0))
        yield
        self.clock.over.set()


@pytest.mark.parametrize(
    ("ask", "said"),
    [
        (("page", "/sound/", "ok"), ""),
        (("page", "/empty/", "接种"), "page: without “接种” <h1>暂时不能用</h1>"),
        (("page", "/busy/"), "page: 503  <h1>暂时不能用</h1>"),
    ],
)
def test_status_and_content_are_looked_at(pages, ask, said):
    clock = Clock(warm=0, seconds=60)
    about = {"users": {"me": {}}, "seed": 1, "pace": 0, "asks": [ask, ("page", "/sound/", "ok")]}
    visitor = Visitor(about, {"/": pages}, clock)
    visitor.run()
    assert visitor.errors == ({said: 1} if said else {})
    assert len(visitor.times["page"]) == (2 if said else 1)  # it began anew
