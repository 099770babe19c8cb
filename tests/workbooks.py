"""What an office expects of every workbook of ours, looked for in the finished file."""

import io
import re
import zipfile

import openpyxl

HEADS = ("填报单位:", "截止时间:", "单位:")
SIGNED = re.compile("填报人|填表人|报告人|报告日期|审核人|管理员|负责人|批准|走访人|接收人|报送:")
GUIDES = {"填写说明"}  # words only
_SUM = re.compile(r"=SUM\((\w+):(\w+)\)")
_RATIO = re.compile(r'=IF\((\w+)=0,"",(.+)/(\w+)\)')
_ONLY_WITH = re.compile(r'SUMIF\((\w+):(\w+),">0",(\w+):(\w+)\)')


def faults(content: bytes, *, is_form: bool = False) -> list[str]:
    """What is missing or wrong, as words; [] for a good one. ``is_form``: to be filled in, so nobody has signed or counted."""
    book, shown = (openpyxl.load_workbook(io.BytesIO(content), data_only=only) for only in (False, True))
    found = []
    for ws in book:
        if ws.sheet_state == "visible" and ws.title not in GUIDES:
            missing = [*_heads(ws, is_form), *_paper(ws), *_formulas(ws, shown[ws.title])]
            found += [f"{ws.title}: {word}" for word in missing]
    return found


def _heads(ws, is_form: bool) -> list[str]:
    if ws.oddHeader.left.text:  # a flat list: row 1 is its header, the rest stands above each printed page
        return [word for word in HEADS if word not in ws.oddHeader.left.text]
    under = str(ws["A2"].value)
    found = [word for word in HEADS if word not in under and not (is_form and word == "截止时间:")]
    if not ws["A1"].value or not ws["A1"].font.bold:
        found.append("title")
    below = [str(row[0].value or "") for row in ws.iter_rows(min_row=3)]
    if not is_form and not any(SIGNED.search(text) for text in below):
        found.append("who fills it in")
    return found


def _paper(ws) -> list[str]:
    setup = ws.page_setup
    wanted = {
        "A4": str(setup.paperSize) == "9",
        "as wide as the paper": (setup.fitToWidth, setup.fitToHeight) == (1, 0)
        and ws.sheet_properties.pageSetUpPr.fitToPage,
        "header on each page": bool(ws.print_title_rows),
        "header stays": ws.freeze_panes is not None,
        "number of the page": "&P" in (ws.oddFooter.center.text or ""),
        "row of Excel": all((row.height or 0) <= 409 for row in ws.row_dimensions.values()),
        "header of Excel": sum(len(part.text or "") for part in (ws.oddHeader.left, ws.oddHeader.right))
        < 240,
    }
    return [word for word, is_so in wanted.items() if not is_so]


def _formulas(ws, shown) -> list[str]:
    """The only formulas are sums over the body and shares of them, and each brings its value."""
    found = []
    for cells in ws.iter_rows():
        for cell in cells:
            if cell.data_type != "f":
                continue
            value = shown[cell.coordinate].value
            if match := _SUM.fullmatch(cell.value):
                wanted = sum(c.value or 0 for (c,) in ws[f"{match[1]}:{match[2]}"])
            elif match := _RATIO.fullmatch(cell.value):
                below = shown[match[3]].value
                wanted = _above(ws, shown, match[2]) / below if below else None
            else:
                wanted = f"no {cell.value}"
            if value != wanted:
                found.append(f"{cell.coordinate} {cell.value} shows {value}, not {wanted}")
    return found


def _above(ws, shown, text: str) -> float:
    if not (match := _ONLY_WITH.fullmatch(text)):
        return shown[text].value
    pairs = zip(ws[f"{match[1]}:{match[2]}"], ws[f"{match[3]}:{match[4]}"], strict=True)
    return sum(number.value or 0 for (task,), (number,) in pairs if (task.value or 0) > 0)


def is_workbook(answer) -> bool:
    return "spreadsheetml" in answer.headers.get("Content-Type", "")


def is_signed(content: bytes, name: str) -> bool:
    """``name`` stands above every printed page."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        sheets = [part for part in archive.namelist() if part.startswith("xl/worksheets/sheet")]
        heads = [re.search(r"<oddHeader>(.*?)</oddHeader>", archive.read(part).decode()) for part in sheets]
        return all(head and name in head[1] and "不得外传" in head[1] for head in heads)
