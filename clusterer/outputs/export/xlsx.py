"""Excel's workbook, for everybody: the sheets appearances and people.

Source: ECMA-376, *Office Open XML*, part 1, section 18 (SpreadsheetML), written by openpyxl, and
22.9.2.19 for the escape ``_x005F_`` before what would be read as the code of a character.

Names and timecodes are cells of text, never formulas or times of day. Nothing in the file tells
when it was written: the same timeline gives the same bytes.
"""

from __future__ import annotations

import io
import re
import zipfile
from datetime import datetime

from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet
from openpyxl.xml.constants import ARC_CORE
from openpyxl.xml.functions import tostring

from clusterer.core.tables import Table
from clusterer.outputs.export.sheets import appearances_sheet, people_sheet
from clusterer.outputs.export.timeline import Timeline

_WRITTEN = datetime(1980, 1, 1)  # the first day that a ZIP file knows
_CODE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
_WIDEST = 40
_BOLD = Font(name="Calibri", size=11, bold=True, family=2, scheme="minor")
"""The workbook's default font, bold; without a name, LibreOffice takes a serif face."""


class Xlsx:
    """Writes ``<stem>.xlsx``."""

    def files(self, timeline: Timeline) -> dict[str, bytes]:
        """Write a timeline; see `Exporter.files`."""
        book = Workbook()
        book.remove(book.active)
        for table in (appearances_sheet(timeline), people_sheet(timeline)):
            _fill(book.create_sheet(table.name), table)
        return {f"{timeline.stem}.xlsx": _to_bytes(book)}


def _fill(sheet: Worksheet, table: Table) -> None:
    for row, values in enumerate((table.columns, *table.rows), start=1):
        for column, value in enumerate(values, start=1):
            cell = sheet.cell(row, column)
            if isinstance(value, str):
                cell.value = _CODE.sub("_x005F_", value)
                cell.data_type = "s"  # also what begins with "="
                cell.number_format = "@"
            else:
                cell.value = value
            if row == 1:
                cell.font = _BOLD
    for index, cells in enumerate(zip(table.columns, *table.rows, strict=True), start=1):
        width = min(_WIDEST, max(len(str(value)) for value in cells) + 2)
        sheet.column_dimensions[get_column_letter(index)].width = width
    sheet.freeze_panes = "A2"


def _to_bytes(book: Workbook) -> bytes:
    """Save, with fixed dates in place of the current time."""
    book.properties.creator = "cluster-video"
    book.properties.created = _WRITTEN
    saved, fixed = io.BytesIO(), io.BytesIO()
    book.save(saved)
    book.properties.modified = _WRITTEN
    facts = tostring(book.properties.to_tree())
    with zipfile.ZipFile(saved) as source, zipfile.ZipFile(fixed, "w") as target:
        for name in source.namelist():
            content = facts if name == ARC_CORE else source.read(name)
            target.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return fixed.getvalue()
