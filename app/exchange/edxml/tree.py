"""XML from outside as a small tree of bounded size; attachments go straight to files.

Only expat, and no document type: with it go entities, their expansion and outside references.
Prefixes are cut off and names folded, so `edXML:Bussiness`, `Business` and `business` are one.
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO
from xml.parsers import expat

from ocr.errors import FileRefused

CHUNK = 1 << 16
MOST_NODES = 20_000
DEEPEST = 60
MOST_TEXT = 4 * 1024 * 1024
MOST_ATTACHMENTS = 200
CONTENT = frozenset({"contenttransferencoded", "attachmentcontent"})
_SPACE = re.compile(r"[\s\uFEFF]+")


@dataclass(slots=True)
class Node:
    """An element: folded name without prefix, children, its own text. `path` of an attachment."""

    name: str
    children: list[Node] = field(default_factory=list)
    parts: list[str] = field(default_factory=list)
    attributes: dict[str, str] = field(default_factory=dict)
    path: str = ""
    size: int = 0

    @property
    def text(self) -> str:
        """The text with single blanks, nothing at its ends."""
        return _SPACE.sub(" ", "".join(self.parts)).strip()

    def all(self, name: str) -> list[Node]:
        """Elements of the name anywhere below, in document order."""
        found: list[Node] = []
        for child in self.children:
            if child.name == name:
                found.append(child)
            found.extend(child.all(name))
        return found

    def first(self, name: str) -> Node | None:
        return next(iter(self.all(name)), None)

    def child(self, *names: str) -> Node:
        """The first direct child of one of the names; an empty one if there is none."""
        return next((one for one in self.children if one.name in names), Node(names[0]))

    def children_of(self, name: str) -> list[Node]:
        return [one for one in self.children if one.name == name]

    def value(self, *names: str) -> str:
        return self.child(*names).text


def fold(name: str) -> str:
    """The name without prefix and case; the wire's `Bussiness` as `business`."""
    return name.rpartition(":")[2].lower().replace("bussiness", "business")


class _Sink:
    """Base64 text on its way to a file."""

    def __init__(self, path: Path, limit: int) -> None:
        self.path, self.limit, self.size = path, limit, 0
        self._rest = ""
        self._out: BinaryIO = path.open("xb")

    def feed(self, text: str) -> None:
        text = self._rest + _SPACE.sub("", text)
        whole = len(text) - len(text) % 4
        self._rest = text[whole:]
        self._write(text[:whole])

    def close(self) -> None:
        if self._rest:
            self._write(self._rest + "=" * (-len(self._rest) % 4))
        self._out.close()

    def _write(self, text: str) -> None:
        try:
            data = base64.b64decode(text, validate=True)
        except (binascii.Error, ValueError) as error:
            raise FileRefused("broken", "edxml:base64") from error
        self.size += len(data)
        if self.size > self.limit:
            raise FileRefused("too_big", "edxml:attachment")
        self._out.write(data)


class _Builder:
    def __init__(self, folder: Path, limit: int) -> None:
        self.root = Node("")
        self._stack = [self.root]
        self._folder, self._limit = folder, limit
        self._nodes = self._text = self._files = 0
        self._sink: _Sink | None = None

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._nodes += 1
        if self._nodes > MOST_NODES or len(self._stack) > DEEPEST:
            raise FileRefused("broken", "edxml:too_many")
        if self._sink is not None:
            raise FileRefused("broken", "edxml:base64")
        node = Node(fold(name), attributes={fold(key): text for key, text in attributes.items()})
        self._text += sum(len(key) + len(text) for key, text in attributes.items())
        self._stack[-1].children.append(node)
        self._stack.append(node)
        if node.name in CONTENT:
            self._files += 1
            if self._files > MOST_ATTACHMENTS:
                raise FileRefused("broken", "edxml:too_many")
            self._sink = _Sink(self._folder / f"part-{self._files:03d}", self._limit)

    def text(self, data: str) -> None:
        if self._sink is not None:
            self._sink.feed(data)
            return
        self._text += len(data)
        if self._text > MOST_TEXT:
            raise FileRefused("broken", "edxml:too_many")
        self._stack[-1].parts.append(data)

    def end(self, _name: str) -> None:
        node = self._stack.pop()
        if self._sink is not None:
            self._sink.close()
            node.path, node.size = self._sink.path.name, self._sink.size
            self._sink = None

    @staticmethod
    def doctype(*_about: object) -> None:
        raise FileRefused("broken", "edxml:doctype")


def parse(source: BinaryIO, folder: Path, *, limit: int) -> Node:
    """The tree of a file; attachments of at most `limit` bytes each lie in `folder`.

    Raises:
        FileRefused: no well-formed XML, a document type, or more than the bounds above.
    """
    builder, parser = _Builder(folder, limit), expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.text
    parser.StartDoctypeDeclHandler = builder.doctype
    parser.EntityDeclHandler = builder.doctype
    try:
        while chunk := source.read(CHUNK):
            parser.Parse(chunk, False)
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise FileRefused("broken", "edxml:xml") from error
    return builder.root
