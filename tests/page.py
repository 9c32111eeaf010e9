"""A page as its reader gets it: title, headings, forms with their fields and labels, and code that should not be in it."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

from django.test import Client

VOID = frozenset({"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"})
SILENT = frozenset({"hidden", "submit", "button", "reset", "image"})
"""Inputs that nobody fills in."""


@dataclass
class Control:
    """One input, select or textarea; `value` is what it would send now, None where it would send nothing."""

    name: str
    kind: str
    attrs: dict[str, str]
    label: bool
    value: str | None = None


@dataclass
class Form:
    method: str
    action: str
    controls: list[Control] = field(default_factory=list)
    other_actions: list[str] = field(default_factory=list)
    """Where other buttons than the first send the same fields."""

    def data(self) -> dict[str, list[str]]:
        """What pressing its button sends when nothing is changed."""
        sent: dict[str, list[str]] = {}
        for control in self.controls:
            if control.name and control.value is not None:
                sent.setdefault(control.name, []).append(control.value)
        return sent


class Page(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.language = ""
        self.title = ""
        self.headings: list[str] = []
        self.forms: list[Form] = []
        self.links: list[str] = []
        self.inline: list[str] = []
        self._labels: set[str] = set()
        self._open: list[str] = []
        self._select: Control | None = None
        self._textarea: Control | None = None
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag not in VOID:
            self._open.append(tag)
        self._look_for_code(tag, given)
        if tag == "html":
            self.language = given.get("lang", "")
        elif tag == "h1":
            self.headings.append("")
        elif tag == "a" and "href" in given:
            self.links.append(given["href"])
        elif tag == "label":
            self._labels.add(given.get("for", ""))
        elif tag == "form":
            self.forms.append(Form(given.get("method", "get").lower(), given.get("action", "")))
        elif tag in ("input", "select", "textarea"):
            self._control(tag, given)
        elif tag == "button" and "formaction" in given:
            self.forms[-1].other_actions.append(given["formaction"])
        elif tag == "option" and self._select is not None and (self._select.value is None or "selected" in given):
            self._select.value = given.get("value", "")

    def _look_for_code(self, tag: str, given: dict[str, str]) -> None:
        code = [f"{tag} {name}" for name in given if name == "style" or name.startswith("on")]
        if tag == "style" or (tag == "script" and "src" not in given and given.get("type") != "application/json"):
            code.append(tag)
        self.inline += code

    def _control(self, tag: str, given: dict[str, str]) -> None:
        kind = given.get("type", "text") if tag == "input" else tag
        named = "aria-label" in given or "aria-labelledby" in given or "label" in self._open
        control = Control(given.get("name", ""), kind, given, named)
        if kind in ("checkbox", "radio"):
            control.value = given.get("value", "on") if "checked" in given else None
        elif kind == "select":
            self._select = control
        elif kind == "textarea":
            self._textarea, control.value = control, ""
        elif kind not in ("submit", "button", "reset", "image", "file"):
            control.value = given.get("value", "")
        if "disabled" not in given and "form" in self._open:
            self.forms[-1].controls.append(control)

    def handle_endtag(self, tag: str) -> None:
        if tag in self._open:
            while self._open.pop() != tag:
                pass
        if tag == "select":
            self._select = None
        elif tag == "textarea":
            self._textarea = None

    def handle_data(self, data: str) -> None:
        if self._textarea is not None:
            self._textarea.value += data
        if "title" in self._open and "svg" not in self._open:
            self.title += data
        if "h1" in self._open:
            self.headings[-1] += data

    @property
    def without_label(self) -> list[str]:
        """Names of the controls that no label names."""
        return [
            control.name
            for form in self.forms
            for control in form.controls
            if control.kind not in SILENT and not control.label and control.attrs.get("id", "-") not in self._labels
        ]


def form_at(client: Client, path: str, action: str) -> Form:
    """The form of a page that can be sent to `action`."""
    page = Page(client.get(path).content.decode())
    return next(form for form in page.forms if action in (form.action, *form.other_actions))


def contents_of(page: str) -> list[str]:
    """Where the list of contents at the top of the page leads."""
    return re.findall(r'href="#([^"]+)"', page.split('<nav class="contents"')[1].split("</nav>")[0])


def headings_of(page: str, levels: str = "2") -> list[str]:
    """The names of the headings of these levels, where they have one, in the order of the page."""
    return re.findall(rf'<h[{levels}][^>]* id="([^"]+)"', page)
