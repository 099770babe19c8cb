"""How a sheet of ours prints."""

from openpyxl.worksheet.page import PageMargins

_MOST = 120  # letters; Excel takes a header of 255 altogether


def set_up_page(
    ws, *, titles: str, area: str = "", portrait: bool = False, left: str = "", stamp: str = ""
) -> None:
    """A4, as wide as the paper; the header rows ``titles`` ("3:4") on each page, its number below; above stand ``left`` and,
    on the other side, who took it (``stamp``)."""
    if area:
        ws.print_area = area
    ws.print_title_rows = titles
    ws.page_setup.paperSize = "9"  # A4
    ws.page_setup.orientation = "portrait" if portrait else "landscape"
    ws.page_setup.fitToWidth, ws.page_setup.fitToHeight = 1, 0
    ws.page_margins = PageMargins(left=0.3, right=0.3, top=0.5, bottom=0.6, header=0.2, footer=0.3)  # inches
    ws.print_options.horizontalCentered = True
    ws.oddFooter.center.text = "第 &P 页 共 &N 页"
    ws.oddFooter.right.text = "打印时间 &D &T"
    if left:
        ws.oddHeader.left.text, ws.oddHeader.left.size = _plain(left)[:_MOST], 8
    if stamp:
        ws.oddHeader.right.text, ws.oddHeader.right.size = _plain(stamp)[:_MOST], 8


def _plain(text: str) -> str:
    return text.replace("&", "&&")  # there, & begins a code
