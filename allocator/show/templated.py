"""Word files made from templates, the program's own or an office's: read and compiled once, then only filled in.

An office's template is not trusted: it may put in what the report knows, go through lists and leave parts out, and
nothing else; how large it is, and how much it makes, is bounded.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile, ZipInfo

from docx.oxml.parser import parse_xml
from docxtpl import DocxTemplate
from jinja2 import StrictUndefined, Template, TemplateError, nodes
from jinja2.meta import find_undeclared_variables
from jinja2.sandbox import SandboxedEnvironment
from markupsafe import Markup

from allocator.data.limits import MOST_PARTS, read_bytes
from allocator.errors import InputError, fault

SHIPPED = Path(__file__).parent / "templates"
MOST_BYTES, MOST_OPEN, MOST_TEXT = 5_000_000, 20_000_000, 500_000
"""Bytes of a template, of its parts unpacked, and of one part with tags in it."""
MOST_TAGS, MOST_LOOPS = 200, 20
TAGS = (nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Getattr, nodes.Const, nodes.For, nodes.If,
        nodes.Not, nodes.And, nodes.Or)  # fmt: skip
"""All that a tag may be made of."""
LISTS = ("tasks", "reasons", "recipients", "basis", "notes")
"""Names that a template may go through."""
BODY, STYLES, FACTS = "word/document.xml", "word/styles.xml", "docProps/core.xml"
_FILLED = re.compile(r"word/(document|header\d*|footer\d*)\.xml")
_TAG = re.compile(r"\{([{%])-?(.*?)-?[}%]\}", re.DOTALL)
_TABLE = re.compile(r"<w:p[ >](?:(?!<w:p[ >]|</w:p>).)*(\{\{\s*table\s*\}\})(?:(?!<w:p[ >]|</w:p>).)*</w:p>", re.DOTALL)
"""A line with the tag of a table, which stands instead of the line as `{{p table }}` would."""
_BREAK = '<w:p><w:pPr><w:spacing w:before="0" w:after="0" w:line="20" w:lineRule="exact"/>{}</w:pPr></w:p>'
_FIGURE = re.compile(r"\d+ [-–] \d+|\d+ [A-Z]\w+ \d{4}|(?<!\w)(năm|ngày|số) \d+")
"""What no line's end may divide: years from and to, a day in words, a year, day or number and what it is."""
_NOT_XML = re.compile("[\x00-\x1f\ud800-\udfff\ufffe\uffff]+")
_CORE = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<cp:coreProperties'
    ' xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties"'
    ' xmlns:dc="http://purl.org/dc/elements/1.1/">'
    "<dc:title>{}</dc:title><dc:creator>{}</dc:creator><dc:language>{}</dc:language></cp:coreProperties>"
)


def clean(text: str) -> str:
    """A text without what no Word file may hold; ends of lines and tabs become spaces."""
    return _NOT_XML.sub(lambda found: " " if found[0].isspace() else "", text)


def _environment() -> SandboxedEnvironment:
    made = SandboxedEnvironment(autoescape=True, undefined=StrictUndefined, finalize=_finished)
    for names in (made.globals, made.filters, made.tests):
        names.clear()
    return made


def _finished(value: Any) -> Any:
    if isinstance(value, Markup):
        return value
    return _FIGURE.sub(lambda found: found[0].replace(" ", "\u00a0"), clean(str(value)))


ENVIRONMENT = _environment()


def _odd_tags(text: str) -> Iterator[str]:
    """The tags of a text, which can be read, that are made of more than is allowed."""
    for found in _TAG.finditer(text):
        word, _, rest = found[2].strip().partition(" ")
        rest = rest.partition(" in ")[2] if word == "for" else rest if word in ("if", "elif") else ""
        plain = found[2] if found[1] == "{" else rest or f"'{word}'"
        lists = word != "for" or rest.strip() in LISTS
        known = found[1] == "{" or word in ("for", "if", "elif", "else", "endif", "endfor")
        made_of = ENVIRONMENT.parse(f"{{{{ {plain} }}}}").find_all(nodes.Node)
        if not (known and lists and all(isinstance(each, TAGS) for each in made_of)):
            yield found[0]


class WordTemplate:
    """A template whose body is filled in as often as it takes, and whose other parts once a file.

    Args:
        path: the template.
        known: names that tags of its body may have.
        shared: what tags of its head and foot may have, the same for all that it makes.
        facts: title, author, language and locale of the files made.

    Raises:
        InputError: it is not there, is no Word file, is too large, or has a tag that cannot be filled; names the tag.
    """

    def __init__(self, path: Path, known: Iterable[str], shared: Mapping[str, Any], facts: Sequence[str]) -> None:
        self.name = str(path)
        self.parts = self._unpacked(read_bytes(path, MOST_BYTES))
        self.parts[FACTS] = _CORE.format(*(escape(clean(each)) for each in facts[:3])).encode()
        self.parts[STYLES] = self.parts.get(STYLES, b"").replace(b'"vi-VN"', f'"{facts[3]}"'.encode())
        for part in [each for each in self.parts if _FILLED.fullmatch(each) and each != BODY]:
            self.parts[part] = self._filled(self._compiled(self._text(part), shared), shared).encode()
        self.before, start, body = self._text(BODY).partition("<w:body>")
        body, mark, after = body.rpartition("<w:sectPr")
        if not start or not mark:
            raise InputError(fault("template.not_word", self.name))
        self.before, self.after = self.before + start, mark + after
        self.section = self.after.partition("</w:body>")[0]
        self.body = self._compiled(body, known)

    def filled(self, context: Mapping[str, Any]) -> str:
        """The body filled in."""
        return self._filled(self.body, context)

    def file(self, bodies: Iterable[str]) -> bytes:
        """One file of bodies that were filled in, each on pages of its own that are counted anew."""
        text = self.before + _BREAK.format(self.section).join(bodies) + self.after
        with ZipFile(made := io.BytesIO(), "w", ZIP_DEFLATED) as file:
            for name, part in self.parts.items():
                place = ZipInfo(name)  # of no time: the same document is the same bytes
                file.writestr(place, text.encode() if name == BODY else part, ZIP_DEFLATED)
        return made.getvalue()

    def _unpacked(self, content: bytes) -> dict[str, bytes]:
        """Its parts by name."""
        try:
            with ZipFile(io.BytesIO(content)) as package:
                every = package.infolist()
                if sum(each.file_size for each in every) > MOST_OPEN or len(every) > MOST_PARTS:
                    raise InputError(fault("template.too_large", self.name, most=MOST_OPEN / 1e6))
                parts = {each.filename: package.read(each) for each in every}
        except (BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError):
            raise InputError(fault("template.not_word", self.name)) from None
        if not {BODY, "[Content_Types].xml"} <= parts.keys():
            raise InputError(fault("template.not_word", self.name))
        return parts

    def _text(self, part: str) -> str:
        """A part with its tags put together, ready to compile."""
        if len(self.parts[part]) > MOST_TEXT or self.parts[part].count(b"{") > 4 * MOST_TAGS:
            raise InputError(fault("template.too_large", f"{self.name}, {part}", most=MOST_TEXT / 1e6))
        try:
            tree = parse_xml(self.parts[part])
        except SyntaxError:  # of which a parser's is one
            raise InputError(fault("template.not_word", self.name)) from None
        reader = DocxTemplate("")
        return _TABLE.sub(r"\1", str(reader.patch_xml(reader.xml_to_string(tree))))

    def _compiled(self, text: str, known: Iterable[str]) -> Template:
        """A text as a template, checked: every tag is one of those allowed, and every name is known."""
        names = {*known}
        try:
            tree = ENVIRONMENT.parse(text)
        except TemplateError as error:
            raise InputError(fault("template.wrong_tag", self.name, tag=str(error), known=sorted(names))) from None
        loops = [*tree.find_all(nodes.For)]
        deep = any(inner.find(nodes.For) for each in loops for inner in each.find_all(nodes.For))
        odd = {type(each).__name__ for each in tree.find_all(nodes.Node) if not isinstance(each, TAGS)}
        odd |= {"for" for each in loops if getattr(each.iter, "name", "") not in LISTS}
        if odd or deep or len(loops) > MOST_LOOPS:
            tag = next(_odd_tags(text), min(odd, default="for"))
            raise InputError(fault("template.odd_tag", self.name, tag=tag, lists=LISTS))
        if unknown := find_undeclared_variables(tree) - names:
            tag = min(unknown)
            raise InputError(fault("template.wrong_tag", self.name, tag=tag, known=sorted(names)))
        return ENVIRONMENT.from_string(tree)

    def _filled(self, template: Template, context: Mapping[str, Any]) -> str:
        try:
            return template.render(context)
        except (TemplateError, TypeError) as error:
            tag = str(getattr(error, "message", error))
            raise InputError(fault("template.wrong_tag", self.name, tag=tag, known=sorted(context))) from None
