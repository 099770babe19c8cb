"""How a sheet of ours prints."""

from openpyxl.worksheet.page import PageMargins

from .describe import Sheet


def set_up_page(ws, sheet: Sheet, head_top: int, body_top: int, *, area: str) -> None:
    """A4, as wide as the paper, the header on each page, its number below, who took it above."""
    ws.print_area = area
    ws.print_title_rows = f"{head_top}:{body_top - 1}"
    ws.page_setup.paperSize = "9"  # A4
    ws.page_setup.orientation = "portrait" if sheet.portrait else "landscape"
    ws.page_setup.fitToWidth, ws.page_setup.fitToHeight = 1, 0
    ws.page_margins = PageMargins(left=0.3, right=0.3, top=0.5, bottom=0.6, header=0.2, footer=0.3)  # inches
    ws.print_options.horizontalCentered = True
    ws.oddFooter.center.text = "第 &P 页 共 &N 页"
    ws.oddFooter.right.text = "打印时间 &D &T"
    if sheet.stamp:
        ws.oddHeader.right.text, ws.oddHeader.right.size = sheet.stamp, 8
