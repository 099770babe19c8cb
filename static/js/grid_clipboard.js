// A block copied from Excel or WPS: cells divided by tabs, rows by line ends, cells with line ends or quotes in quotes.
"use strict";

function cellsOfBlock(text) {
  const source = text.replace(/\r\n?/g, "\n").replace(/\n$/, "");
  const rows = quotedCells(source) || source.split("\n").map((line) => line.split("\t"));
  return rows
    .map((row) => row.map((cell) => cell.replace(/\s+/g, " ").trim()))
    .filter((row) => row.some((cell) => cell));
}

// null when a quote is never closed: then it is a sign like any other.
function quotedCells(source) {
  const rows = [[]];
  let cell = "";
  let inside = false;
  const endCell = () => {
    rows[rows.length - 1].push(cell);
    cell = "";
  };
  for (let i = 0; i < source.length; i += 1) {
    const sign = source[i];
    if (inside && sign === '"' && source[i + 1] === '"') {
      cell += sign;
      i += 1;
    } else if (inside && sign === '"') inside = false;
    else if (inside) cell += sign;
    else if (sign === '"' && cell === "") inside = true;
    else if (sign === "\t") endCell();
    else if (sign === "\n") {
      endCell();
      rows.push([]);
    } else cell += sign;
  }
  endCell();
  return inside ? null : rows;
}

// Column keys of a header row (null for a header nobody knows); null when the first row is a person.
function columnsOfHeader(row, heads) {
  const known = new Map();
  for (const head of heads) {
    for (const name of head.dataset.headers.split("|")) known.set(plainHeader(name), head.dataset.key);
  }
  const keys = row.map((cell) => known.get(plainHeader(cell)) || null);
  return keys.filter(Boolean).length >= 2 || (row.length === 1 && keys[0]) ? keys : null;
}

function plainHeader(text) {
  return text.replace(/[((][^))]*[))]|[\s*::/、,。.·\-_]/g, "");
}

// One cell is pasted by the browser; a block goes into the rows from here on, at a header by its columns.
function pasteInto(grid, event, input, row) {
  const text = event.clipboardData.getData("text/plain");
  if (input.readOnly || !/[\t\n]/.test(text.replace(/[\r\n]+$/, ""))) return;
  event.preventDefault();
  const block = cellsOfBlock(text);
  if (!block.length) return;
  const header = columnsOfHeader(block[0], grid.heads);
  const keys = header || grid.shownHeads.slice(row.inputs.indexOf(input)).map((head) => head.dataset.key);
  const lines = header ? block.slice(1) : block;
  if (keys.some((key, n) => key && isDose(key) && lines.some((line) => line[n]))) grid.showDoses(true);
  const before = fillRows(grid, lines, keys, row);
  let words = `贴入 ${before.length} 行。`;
  if (before.length < lines.length) words += `一张表最多 ${grid.most} 行,还有 ${lines.length - before.length} 行没有贴入,请用“摸排导入”。`;
  const unknown = header ? block[0].filter((title, index) => title && !keys[index]) : [];
  if (unknown.length) words += `表里没有这些列,没有贴入:${unknown.join("、")}。`;
  if (!header && lines.some((line) => line.slice(keys.length).some(Boolean))) words += "右边多出的列没有贴入。";
  grid.note(words, () => {
    before.filter(([old]) => !old.isLocked).forEach(([old, cells]) => { old.put(cells); old.changed(); });
    grid.count();
  });
  grid.count();
  input.select();
  grid.sender.wake();
}

// Returns [row, its cells before] of every row that was filled; fewer than lines when the sheet is full.
function fillRows(grid, lines, keys, first) {
  const before = [];
  let tr = first.tr;
  for (const line of lines) {
    while (tr && tr.gridRow.isLocked) tr = tr.nextElementSibling;
    if (!tr) {
      if (grid.body.rows.length >= grid.most) break;
      tr = grid.append(grid.make());
    }
    const row = tr.gridRow;
    before.push([row, row.cells]);
    line.forEach((text, index) => {
      if (!keys[index]) return;
      const cell = row.cell(keys[index]);
      delete cell.dataset.filled;
      cell.value = text;
    });
    row.changed();
    tr = tr.nextElementSibling;
  }
  grid.ensureSpare();
  grid.renumber();
  return before;
}
