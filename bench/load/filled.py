"""What a form of a page would send if it were sent as it stands."""

from html.parser import HTMLParser


def fields(text: str, sign: str) -> dict[str, list[str]]:
    """The fields of the first form whose tag contains ``sign`` (its id or action), by name; {} when there is none."""
    start = text.find("<form")
    while start >= 0:
        end = text.find("</form>", start)
        if sign in text[start : text.find(">", start) + 1]:
            reader = _Reader()
            reader.feed(text[start:end])
            return reader.found
        start = text.find("<form", end)
    return {}


class _Reader(HTMLParser):
    """Collects what is typed, chosen and ticked. Buttons are not pressed."""

    def __init__(self):
        super().__init__()
        self.found: dict[str, list[str]] = {}
        self._select, self._area, self._options = "", "", []

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        name, kind = given.get("name", ""), given.get("type", "")
        if tag == "input" and name and kind != "submit":
            if kind not in ("checkbox", "radio") or "checked" in given:
                self.found.setdefault(name, []).append(given.get("value") or "")
        elif tag == "select":
            self._select, self._options = name, []
        elif tag == "option" and self._select:
            self._options.append((given.get("value") or "", "selected" in given))
        elif tag == "textarea":
            self._area = name
            self.found[name] = [""]

    def handle_data(self, data):
        if self._area:
            self.found[self._area][0] += data

    def handle_endtag(self, tag):
        if tag == "textarea":
            self._area = ""
        elif tag == "select":
            chosen = [value for value, is_chosen in self._options if is_chosen]
            self.found[self._select] = chosen or [value for value, _ in self._options[:1]]
            self._select = ""
