// The grid without a mouse: as in Excel, Tab goes along the row and Enter to the next one, where the row was begun.
"use strict";

class GridKeys {
  constructor(grid) {
    this.grid = grid;
    this.column = 0; // where Enter returns to
    this.tabbed = false;
    this.before = "";
    this.inside = false; // F2: the arrows move in the text of the cell
  }

  entered(input, row) {
    if (!this.tabbed) this.column = row.inputs.indexOf(input);
    this.tabbed = this.inside = false;
    this.before = input.value;
    if (row.inputs[0] === input) input.closest(".grid-wrap").scrollLeft = 0; // a new person begins at the left
  }

  pressed(event, input, row) {
    if (event.isComposing || event.altKey) return; // the input method has the keys
    if (event.key === "Tab") this.tabbed = true;
    else if (this.act(event, input, row)) event.preventDefault();
  }

  // True when the key was ours.
  act(event, input, row) {
    const column = row.inputs.indexOf(input);
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (event.ctrlKey || event.metaKey) {
      if (key === "d") return this.copyDown(row, input);
      if (key === "Delete" && !row.isLocked) return this.grid.remove(row) || true;
      return false;
    }
    const whole = input.selectionStart === 0 && input.selectionEnd === input.value.length;
    if (key === "Enter") return this.move(row, this.column, event.shiftKey ? -1 : 1);
    if (key === "Escape") return this.escape(input);
    if (key === "F2") return this.goInside(input);
    if (this.inside) return false;
    if (key === "ArrowDown") return this.move(row, column, 1);
    if (key === "ArrowUp") return this.move(row, column, -1);
    if (event.shiftKey) return false; // selects text
    if (key === "ArrowRight" && (whole || input.selectionStart === input.value.length)) return this.goTo(row, this.beside(row, column, 1));
    if (key === "ArrowLeft" && (whole || input.selectionEnd === 0)) return this.goTo(row, this.beside(row, column, -1));
    return false;
  }

  // The next column that is shown.
  beside(row, column, step) {
    let next = column + step;
    while (row.inputs[next] && !row.inputs[next].offsetParent) next += step;
    return next;
  }

  // As in Excel: the mark is behind the last sign, once more and the whole cell is chosen.
  goInside(input) {
    this.inside = !this.inside;
    if (this.inside) input.setSelectionRange(input.value.length, input.value.length);
    else input.select();
    return true;
  }

  goTo(row, column) {
    const input = row && row.inputs[column];
    if (!input) return false;
    input.focus();
    input.select();
    return true;
  }

  move(row, column, down) {
    let next = row.tr;
    do next = down > 0 ? next.nextElementSibling : next.previousElementSibling; while (next && next.gridRow.isSaved);
    if (next) this.goTo(next.gridRow, column);
    return true;
  }

  // First what stood in the cell before, then out of the grid.
  escape(input) {
    if (input.value === this.before || input.readOnly) document.querySelector("[data-grid-save]").focus();
    else {
      this.inside = false;
      input.value = this.before;
      this.grid.events.typed(input);
      input.select();
    }
    return true;
  }

  copyDown(row, input) {
    const above = row.tr.previousElementSibling;
    if (!above || input.readOnly || input.name === "number") return true; // nobody shares a number
    input.value = above.gridRow.cell(input.name).value;
    this.grid.events.typed(input);
    input.select();
    return true;
  }
}
