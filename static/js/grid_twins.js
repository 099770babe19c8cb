// Rows with one number: both say so beside each other's name, and neither is saved before one of them is gone.
"use strict";

const plainNumber = (row) => row.cell("number").value.replace(/[\s\-‐–—]/g, "").toUpperCase();

// Marks every row of ``rows`` with the other ones of its number.
function pairUp(rows) {
  const byNumber = new Map();
  for (const row of rows) {
    const number = row.isSaved ? "" : plainNumber(row);
    if (number) byNumber.set(number, [...(byNumber.get(number) || []), row]);
  }
  for (const row of rows) {
    const same = row.isSaved ? [] : byNumber.get(plainNumber(row)) || [];
    row.pairWith(same.filter((other) => other !== row));
  }
}

const twinWords = (row) => `第${row.number}行 ${row.cell("name").value || "没写姓名"} ${row.cell("phone").value}`.trim();
