"""On which line of a TOML text each key stands; `tomllib` does not say.

The text has been read by `tomllib` before, so the scanner trusts its syntax and only has to know where keys, strings, lists and tables
begin and end. A path holds keys and 0-based positions, as in the value that `tomllib` returns.
"""

Path = tuple[str | int, ...]

_ESCAPES = {"b": "\b", "t": "\t", "n": "\n", "f": "\f", "r": "\r", '"': '"', "\\": "\\"}


def key_lines(text: str) -> dict[Path, int]:
    """The line, from 1, of every key, table and list element; elements of a list on one line share it."""
    scanner = _Scanner(text)
    scanner.document()
    return scanner.lines


def line_of(lines: dict[Path, int], path: Path) -> int:
    """The line of `path`, or of the nearest thing around it; 0 where nothing is known."""
    for length in range(len(path), 0, -1):
        if path[:length] in lines:
            return lines[path[:length]]
    return 0


class _Scanner:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.line = 1
        self.lines: dict[Path, int] = {}
        self.elements: dict[Path, int] = {}

    def document(self) -> None:
        table: Path = ()
        while self.skip_blank():
            if self.text.startswith("[[", self.at):
                table = self.header(2)
            elif self.text[self.at] == "[":
                table = self.header(1)
            else:
                self.pair(table)

    def header(self, brackets: int) -> Path:
        self.step(brackets)
        keys = self.dotted_key()
        path = self.resolve(keys[:-1])
        self.note(path)
        path = (*path, keys[-1])
        if brackets == 2:
            position = self.elements.get(path, 0)
            self.elements[path] = position + 1
            self.lines.setdefault(path, self.line)
            path = (*path, position)
        elif path in self.elements:
            path = (*path, self.elements[path] - 1)
        self.lines.setdefault(path, self.line)
        self.step(brackets)
        return path

    def resolve(self, keys: list[str]) -> Path:
        """Where a header points: inside the last element of each list of tables it names."""
        path: Path = ()
        for key in keys:
            path = (*path, key)
            if path in self.elements:
                path = (*path, self.elements[path] - 1)
        return path

    def pair(self, table: Path) -> None:
        path = (*table, *self.dotted_key())
        for length in range(len(table) + 1, len(path) + 1):
            self.note(path[:length])
        self.step(1)
        self.skip_blank()
        self.value(path)

    def note(self, path: Path) -> None:
        if path:
            self.lines.setdefault(path, self.line)

    def dotted_key(self) -> list[str]:
        """Stops at the sign after the key: `=` or `]`."""
        keys = []
        while True:
            self.skip_blank()
            sign = self.text[self.at]
            if sign in "\"'":
                keys.append(_unescaped(self.string()) if sign == '"' else self.string())
            else:
                start = self.at
                while self.text[self.at] not in " \t.=]":
                    self.at += 1
                keys.append(self.text[start : self.at])
            self.skip_blank()
            if self.text[self.at] != ".":
                return keys
            self.step(1)

    def value(self, path: Path) -> None:
        sign = self.text[self.at]
        if sign in "\"'":
            self.string()
        elif sign == "[":
            self.inline(path, "]")
        elif sign == "{":
            self.inline(path, "}")
        else:
            while self.at < len(self.text) and self.text[self.at] not in ",]}#\r\n":
                self.at += 1

    def inline(self, path: Path, end: str) -> None:
        """A list or an inline table."""
        self.step(1)
        position = 0
        while self.skip_blank() and self.text[self.at] != end:
            if self.text[self.at] == ",":
                self.step(1)
            elif end == "}":
                self.pair(path)
            else:
                self.note((*path, position))
                self.value((*path, position))
                position += 1
        self.step(1)

    def string(self) -> str:
        quote = self.text[self.at]
        marks = quote * 3 if self.text.startswith(quote * 3, self.at) else quote
        self.at += len(marks)
        start = self.at
        while not self.text.startswith(marks, self.at):
            self.step(2 if quote == '"' and self.text[self.at] == "\\" else 1)
        content = self.text[start : self.at]
        self.at += len(marks)
        while len(marks) == 3 and self.text.startswith(
            quote, self.at
        ):  # up to two quotes may stand before the closing three
            self.at += 1
        return content

    def skip_blank(self) -> bool:
        """Go past white space and comments; False at the end of the text."""
        while self.at < len(self.text):
            if self.text[self.at] == "#":
                end = self.text.find("\n", self.at)
                self.at = len(self.text) if end < 0 else end
            elif self.text[self.at] in " \t\r\n":
                self.step(1)
            else:
                return True
        return False

    def step(self, signs: int) -> None:
        self.line += self.text.count("\n", self.at, self.at + signs)
        self.at += signs


def _unescaped(content: str) -> str:
    """A quoted key as `tomllib` reads it."""
    found, at = [], 0
    while at < len(content):
        if content[at] != "\\":
            found.append(content[at])
            at += 1
        elif content[at + 1] in "uU":
            digits = 4 if content[at + 1] == "u" else 8
            found.append(chr(int(content[at + 2 : at + 2 + digits], 16)))
            at += 2 + digits
        else:
            found.append(_ESCAPES[content[at + 1]])
            at += 2
    return "".join(found)
