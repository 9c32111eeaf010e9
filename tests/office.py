"""A page of the office as a browser would send it back: every control with the value it shows, then what a person changes."""

from html.parser import HTMLParser
from typing import Any

from django.test import Client


class _Controls(HTMLParser):
    """The values of a page's controls by name, as a browser sends them. Templates for further lines are left out."""

    def __init__(self) -> None:
        super().__init__()
        self.values: dict[str, list[str]] = {}
        self.offered: dict[str, list[str]] = {}
        self._textarea = self._select = ""
        self._chosen: list[str] | None = None

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        name = given.get("name") or ""
        if "__prefix__" in name:
            return
        if tag == "input" and name:
            self._input(name, given)
        elif tag == "textarea":
            self._textarea = name
            self.values[name] = [""]
        elif tag == "select":
            self._select, self._chosen = name, []
            self.offered[name] = []
        elif tag == "option" and self._select:
            self.offered[self._select].append(given.get("value") or "")
            if "selected" in given:
                self._chosen.append(given.get("value") or "")

    def _input(self, name, given):
        kind, value = given.get("type", "text"), given.get("value") or ""
        if kind in ("checkbox", "radio"):
            self.offered.setdefault(name, []).append(given.get("value", "on"))
            if "checked" in given:
                self.values.setdefault(name, []).append(given.get("value", "on"))
        elif kind not in ("submit", "file"):
            self.values[name] = [value]

    def handle_data(self, data):
        if self._textarea:
            self.values[self._textarea][0] += data

    def handle_endtag(self, tag):
        if tag == "textarea" and self._textarea:
            # A browser drops the line break after the opening tag, which Django writes.
            self.values[self._textarea][0] = self.values[self._textarea][0].removeprefix("\r\n").removeprefix("\n")
            self._textarea = ""
        if tag == "select" and self._select:
            self.values[self._select] = self._chosen or self.offered[self._select][:1]
            self._select = ""


class Page:
    def __init__(self, client: Client, path: str) -> None:
        self.client, self.path = client, path
        self.response = client.get(path)
        assert self.response.status_code == 200, (path, self.response.status_code)
        controls = _Controls()
        controls.feed(self.response.content.decode())
        self.values: dict[str, Any] = controls.values
        self.offered = controls.offered

    def line(self, prefix: str, **cells: Any) -> "Page":
        """One more line in a table of the page."""
        total = f"{prefix}-TOTAL_FORMS"
        number = int(self.values[total][0])
        self.values[total] = [str(number + 1)]
        self.values |= {f"{prefix}-{number}-{name}": [str(value)] for name, value in cells.items()}
        return self

    def send(self, **changes: Any):
        """Posted as it stands but for the changes; a file or a list is sent as it is, None takes a control away."""
        values = {name: value for name, value in self.values.items() if not name.startswith("_")}
        for name, value in changes.items():
            values[name] = value if isinstance(value, list) else [value]
        return self.client.post(self.path, {name: value for name, value in values.items() if value != [None]})


def faults(response) -> list[str]:
    """What the page says is wrong."""
    form = response.context.get("adminform") if response.context else None
    found = [str(error) for errors in (form.errors if form else {}).values() for error in errors]
    for formset in response.context.get("inline_admin_formsets", []) if response.context else []:
        for errors in formset.formset.errors:
            found += [f"{name}: {error}" for name, listed in errors.items() for error in listed]
        found += list(formset.formset.non_form_errors())
    return found
