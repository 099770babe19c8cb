// What happens to the sheet: typing, leaving a row, clicks, keys, and the other windows of this browser.
"use strict";

class GridEvents {
  constructor(grid) {
    this.grid = grid;
    this.listenToCells();
    this.listenToButtons();
    this.listenElsewhere();
  }

  listenToCells() {
    const { grid } = this;
    const on = (name, work) => grid.body.addEventListener(name, (event) => {
      const input = event.target.closest("td input");
      if (input) work(event, input, input.closest("tr").gridRow);
    });
    on("input", (event, input) => this.typed(input));
    on("focusin", (event, input, row) => {
      grid.keys.entered(input, row);
      document.getElementById("grid-hint").textContent = document.getElementById(`hint-${input.name}`).textContent;
    });
    on("focusout", (event, input, row) => {
      this.complete(input);
      if (!row.tr.contains(event.relatedTarget)) setTimeout(() => grid.sender.wake(), 0);
    });
    on("keydown", (event, input, row) => grid.keys.pressed(event, input, row));
    on("paste", (event, input, row) => pasteInto(grid, event, input, row));
    document.addEventListener("keydown", (event) => {
      if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "s") return;
      event.preventDefault();
      grid.saveAll();
    });
  }

  listenToButtons() {
    const { grid } = this;
    const on = (name, work) => document.querySelector(`[data-grid-${name}]`).addEventListener("click", work);
    on("save", () => grid.saveAll());
    on("add", () => grid.addSome());
    on("wrong", () => grid.nextWrong());
    on("doses", () => grid.showDoses(grid.table.classList.contains("no-doses")));
    on("undo", () => {
      const undo = grid.undo;
      grid.note("已撤销。");
      undo();
      grid.sender.wake();
    });
    grid.body.addEventListener("click", (event) => {
      const row = event.target.closest("tr").gridRow;
      const pressed = (name) => event.target.closest(`[data-${name}]`);
      if (pressed("remove")) grid.remove(row);
      if (pressed("jump")) grid.keys.goTo(row.twins[0], 0);
      if (pressed("sure")) this.decide(row, "sure");
      if (pressed("fill")) this.decide(row, "fill");
    });
  }

  // Somebody looked at the people found, and says what is to become of the row.
  decide(row, what) {
    row[what] = true;
    row.want();
    this.grid.keys.goTo(row, 0);
    this.grid.sender.resume();
  }

  typed(input) {
    delete input.dataset.filled;
    input.closest("tr").gridRow.changed();
    this.grid.ensureSpare();
    this.grid.count();
  }

  // A number or the first characters of a word of the column become the word.
  complete(input) {
    const text = input.value.trim();
    const head = this.grid.heads.find((one) => one.dataset.key === input.name);
    const words = head.dataset.choices.split("|").filter(Boolean);
    if (!text || !words.length || input.dataset.filled || words.includes(text)) return;
    const fitting = words.filter((word) => word.startsWith(text));
    const word = /^[1-9]\d?$/.test(text) ? words[Number(text) - 1] : fitting.length === 1 && fitting[0];
    if (!word) return;
    input.value = word;
    input.closest("tr").gridRow.changed();
  }

  listenElsewhere() {
    const { grid } = this;
    window.addEventListener("storage", (event) => {
      if (event.key && event.key.startsWith(grid.drafts.here)) this.elsewhere(event.key.slice(grid.drafts.here.length), event.newValue);
    });
    window.addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
    if (!session) return;
    session.addEventListener("message", ({ data }) => {
      if (data !== grid.box.dataset.owner) grid.close(data ? "other" : "out");
    });
  }

  // Another window of this browser typed, saved or removed a row of this sheet.
  elsewhere(key, stored) {
    const { grid } = this;
    const mine = grid.rows.find((row) => row.key === key);
    const draft = stored && grid.drafts.open(stored);
    if (!draft) {
      if (!mine || mine.isLocked) return;
      mine.version += 1;
      mine.tr.remove();
      grid.note("有的行已在另一个窗口保存或删除。");
    } else if (!draft.cells) return;
    else if (!mine) grid.insert({ key, ...draft, wanted: false }, grid.rows.find((row) => row.state === "empty"));
    else if (!mine.hasFocus && mine.state !== "saving") {
      mine.version += 1;
      mine.put(draft.cells);
      mine.show("typing");
    }
    grid.ensureSpare();
    grid.renumber();
    grid.count();
  }
}
