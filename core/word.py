"""A Chinese office's text as a .docx: A4, the type and margins of official papers (GB/T 9704), no template file.

Fonts are named, not embedded: 仿宋_GB2312 and its like stand on every office PC; elsewhere the program takes the nearest.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

TITLE, BODY, HEADING, TABLE = "方正小标宋简体", "仿宋_GB2312", "黑体", "宋体"
_LATIN = "Times New Roman"
_TEXT_WIDTH = 156  # millimetres between the margins
_SIZE, _LINE = Pt(16), Pt(28)  # 三号, 28 points from line to line: 22 lines a page


@dataclass(frozen=True)
class Table:
    """A table under the text: titles, and rows of cells as they are printed. The first column is a name, or a rank and a name."""

    caption: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True)
class Paper:
    """A text: ``sections`` are (heading, paragraphs); ``under`` stands centred below the title; ``signed`` is who and when, on the
    right below the text; ``author`` and ``at`` go into the properties of the file."""

    title: str
    sections: Sequence[tuple[str, Sequence[str]]]
    under: str = ""
    signed: Sequence[str] = ()
    tables: Sequence[Table] = field(default=())
    author: str = ""
    at: datetime | None = None


def write(paper: Paper) -> bytes:
    """The .docx of ``paper``."""
    document = Document()
    _page(document)
    _properties(document, paper)
    _line(document, paper.title, font=TITLE, size=Pt(22), align=WD_ALIGN_PARAGRAPH.CENTER, line=Pt(34))
    if paper.under:
        _line(document, paper.under, font="楷体_GB2312", align=WD_ALIGN_PARAGRAPH.CENTER)
    _line(document, "")
    for heading, paragraphs in paper.sections:
        _line(document, heading, font=HEADING, indent=True, keep=True)
        for text in paragraphs:
            _line(document, text, indent=True)
    if paper.signed:
        _line(document, "", keep=True)
    for number, text in enumerate(paper.signed, 1):
        _line(document, text, align=WD_ALIGN_PARAGRAPH.RIGHT, keep=number < len(paper.signed))
    for table in paper.tables:
        _table(document, table)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _page(document) -> None:
    section = document.sections[0]
    section.orientation = WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    section.footer_distance = Mm(25)
    normal = document.styles["Normal"]
    normal.font.size, normal.font.name = _SIZE, _LATIN
    fonts = normal.element.get_or_add_rPr().get_or_add_rFonts()
    fonts.set(qn("w:eastAsia"), BODY)
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), "en-US")  # else a figure is broken at the end of a line
    language.set(qn("w:eastAsia"), "zh-CN")
    normal.element.get_or_add_rPr().append(language)
    foot = section.footer.paragraphs[0]
    foot.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _run(foot, "— ", TABLE, Pt(14))
    _page_number(_run(foot, "", TABLE, Pt(14)))
    _run(foot, " —", TABLE, Pt(14))


def _properties(document, paper: Paper) -> None:
    core = document.core_properties
    core.title, core.author, core.last_modified_by = paper.title, paper.author, paper.author
    core.comments, core.language = "", "zh-CN"
    if paper.at:
        core.created = core.modified = paper.at.replace(tzinfo=None)


def _line(
    document, text: str, *, font=BODY, size=_SIZE, align=None, indent=False, keep=False, line=_LINE
) -> None:
    paragraph = document.add_paragraph()
    form = paragraph.paragraph_format
    form.space_before = form.space_after = Pt(0)
    form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, line
    form.alignment, form.keep_with_next = align, keep
    if indent:
        _indent_two(paragraph)
    _run(paragraph, text, font, size)


def _indent_two(paragraph) -> None:
    """Two characters, whatever the size of the type."""
    properties = paragraph._p.get_or_add_pPr()
    indent = properties.get_or_add_ind()
    indent.set(qn("w:firstLineChars"), "200")
    indent.set(qn("w:firstLine"), str(int(_SIZE.pt * 2 * 20)))


def _run(paragraph, text: str, font: str, size):
    run = paragraph.add_run(text)
    run.font.name, run.font.size, run.font.color.rgb = _LATIN, size, RGBColor(0, 0, 0)
    run._r.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)
    return run


def _page_number(run) -> None:
    for kind, text in (("begin", ""), ("", "PAGE"), ("end", "")):
        part = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            part.set(qn("w:fldCharType"), kind)
        else:
            part.text = text
        run._r.append(part)


def _table(document, table: Table) -> None:
    """On a sheet of its own, with its head on every page."""
    document.add_page_break()
    _line(document, table.caption, font=HEADING, align=WD_ALIGN_PARAGRAPH.CENTER, keep=True)
    grid = document.add_table(rows=1, cols=len(table.columns), style="Table Grid")
    grid.alignment = WD_TABLE_ALIGNMENT.CENTER
    for cell, title in zip(grid.rows[0].cells, table.columns, strict=True):
        _cell(cell, title, HEADING)
    head = OxmlElement("w:tblHeader")
    head.set(qn("w:val"), "true")
    grid.rows[0]._tr.get_or_add_trPr().append(head)
    for row in table.rows:
        for cell, text in zip(grid.add_row().cells, row, strict=True):
            _cell(cell, text, TABLE)
    grid.autofit = False
    for column, width in zip(grid.columns, _widths(table), strict=True):
        column.width = width
        for cell in column.cells:
            cell.width = width


def _widths(table: Table) -> list[Mm]:
    """The width of the text shared out by the longest cell of each column."""
    longest = [
        max(2 * len(text) - sum(map(str.isascii, text)) + 2 for text in column)
        for column in zip(table.columns, *table.rows, strict=True)
    ]
    return [Mm(_TEXT_WIDTH * width / sum(longest)) for width in longest]


def _cell(cell, text: str, font: str) -> None:
    paragraph = cell.paragraphs[0]
    paragraph.paragraph_format.space_after = Pt(0)
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _run(paragraph, text, font, Pt(10.5))
