// The sheet: its rows and what is said about them. Cells are plain inputs, so that Chinese input methods and screen readers work as ever.
"use strict";

const SPARE_ROWS = 10;

class Grid {
  constructor(box) {
    this.box = box;
    this.body = box.querySelector("tbody");
    this.template = document.getElementById("grid-row");
    this.heads = [...box.querySelectorAll("thead th[data-key]")];
    this.most = Number(box.dataset.most);
    this.drafts = new GridDrafts(box.dataset.user, box.dataset.village);
    this.order = 0;
    this.keys = new GridKeys(this);
    const drafts = this.drafts.all();
    this.order = Math.max(0, ...drafts.map((draft) => draft.order));
    this.add(drafts.map((draft) => this.make(draft)));
    this.add(Array.from({ length: Math.max(1, SPARE_ROWS - drafts.length) }, () => this.make()));
    this.sender = new GridSender(this, box);
    this.listen();
    if (drafts.length) this.note(`接着上次:这台电脑上有 ${drafts.length} 行还没有保存。`);
    this.noteElsewhere();
    this.count();
    this.keys.goTo(this.rows.find((row) => row.state === "empty"), 0);
    this.sender.wake();
  }

  // rows
  get rows() { return Array.from(this.body.rows, (tr) => tr.gridRow); }
  make(draft) {
    if (!draft) this.order += 1;
    return new GridRow(this.template, this.drafts, this.order, draft);
  }
  add(rows) {
    const fragment = document.createDocumentFragment();
    rows.forEach((row) => fragment.append(row.tr));
    this.body.append(fragment);
    this.renumber();
  }
  append(row) {
    this.body.append(row.tr);
    return row.tr;
  }
  renumber() { this.rows.forEach((row, index) => { row.tr.cells[0].textContent = index + 1; }); }
  ensureSpare() {
    const last = this.rows.at(-1);
    if ((!last || last.state !== "empty") && this.rows.length < this.most) this.add([this.make()]);
  }
  addSome() {
    const free = Math.min(SPARE_ROWS, this.most - this.rows.length);
    if (free <= 0) return this.note(`一张表最多 ${this.most} 行。请先保存,再刷新页面接着填。`);
    const rows = Array.from({ length: free }, () => this.make());
    this.add(rows);
    return rows[0].inputs[0].focus();
  }
  remove(row) {
    const { cells, key, order } = row;
    const after = row.tr.nextElementSibling || row.tr.previousElementSibling;
    const said = row.number;
    const column = Math.max(0, row.inputs.indexOf(document.activeElement));
    const held = row.hasFocus;
    row.version += 1;
    row.tr.remove();
    this.drafts.remove(key);
    this.ensureSpare();
    this.renumber();
    this.note(`已删除第 ${said} 行。`, () => {
      const again = this.make({ key, order, cells });
      this.body.insertBefore(again.tr, this.body.rows[said - 1] || null);
      again.keep();
      this.renumber();
      again.inputs[0].focus();
    });
    if (held && after) this.keys.goTo(after.gridRow, column);
    this.count();
  }

  unsaved() { return this.rows.filter((row) => row.state !== "empty" && !row.isSaved); }

  // sending
  nextToSend() {
    const rows = this.rows;
    return rows.find((row) => row.wanted && row.state === "waiting") || rows.find((row) => row.state === "typing" && !row.hasFocus);
  }
  saveAll() {
    const held = document.activeElement;
    if (held && held.matches(".grid input")) this.complete(held);
    const rows = this.unsaved().filter((row) => !row.isLocked);
    if (!rows.length) return this.note("没有要保存的行。");
    rows.forEach((row) => row.want());
    this.saving = true;
    this.note("");
    this.count();
    return this.sender.resume();
  }
  idle() {
    if (!this.saving) return;
    this.saving = false;
    const left = this.unsaved().length;
    this.note(left ? `还有 ${left} 行没有存上,原因写在行的右边。` : "全部存好了。");
  }
  twinOf(row) {
    const plain = (one) => one.cell("number").value.replace(/[\s-]/g, "").toUpperCase();
    const mine = plain(row);
    return mine && this.rows.find((other) => other !== row && !other.isSaved && plain(other) === mine);
  }

  // words
  count() {
    const of = (...states) => this.rows.filter((row) => states.includes(row.state)).length;
    const wrong = of("error", "failed", "alike", "differs");
    const parts = [`已保存 ${of("saved")} 行`, `没保存 ${this.unsaved().length} 行`];
    if (wrong) parts.push(`其中要改或核对 ${wrong} 行`);
    const text = parts.join(" · ");
    const box = document.getElementById("grid-count");
    if (box.textContent !== text) box.textContent = text;
    this.box.querySelector("[data-grid-wrong]").hidden = !wrong;
    if (!this.drafts.works) this.note("注意:这个浏览器不能存草稿,关掉页面会丢失没保存的内容。请及时保存。");
  }
  note(words, undo) {
    document.getElementById("grid-notice").textContent = words;
    this.undo = undo;
    this.box.querySelector("[data-grid-undo]").hidden = !undo;
  }
  tell(row) {
    document.getElementById("grid-live").textContent = `第${row.number}行 ${row.part("tag").textContent} ${row.part("words").textContent}`;
  }
  noteElsewhere() {
    const names = new Map([...document.querySelectorAll("#village option")].map((option) => [option.value, option.textContent]));
    const others = Object.entries(this.drafts.elsewhere()).map(([code, rows]) => `${names.get(code) || code} ${rows} 行`);
    if (others.length) this.note(`别的村也有没保存的内容:${others.join(",")}。`);
  }
  nextWrong() {
    const wrong = this.rows.filter((row) => ["error", "failed", "alike", "differs"].includes(row.state));
    const now = document.activeElement.closest("tr");
    const row = wrong.find((one) => now && one.tr.rowIndex > now.rowIndex) || wrong[0];
    if (row) (row.tr.querySelector("[aria-invalid]") || row.inputs[0]).focus();
  }

  // cells
  // A number or the first characters of a word of the column become the word.
  complete(input) {
    const text = input.value.trim();
    const words = (this.heads.find((head) => head.dataset.key === input.name).dataset.choices || "").split("|").filter(Boolean);
    if (!text || !words.length || input.dataset.filled || words.includes(text)) return;
    const fitting = words.filter((word) => word.startsWith(text));
    const word = /^[1-9]\d?$/.test(text) ? words[Number(text) - 1] : fitting.length === 1 && fitting[0];
    if (!word) return;
    input.value = word;
    input.closest("tr").gridRow.changed();
  }
  typed(input) {
    delete input.dataset.filled;
    input.closest("tr").gridRow.changed();
    this.ensureSpare();
    this.count();
  }

  // keys, delegated
  listen() {
    const on = (name, work) => this.body.addEventListener(name, (event) => {
      const input = event.target.closest("td input");
      if (input) work(event, input, input.closest("tr").gridRow);
    });
    on("input", (event, input) => this.typed(input));
    on("focusin", (event, input, row) => {
      this.keys.entered(input, row);
      document.getElementById("grid-hint").textContent = document.getElementById(`hint-${input.name}`).textContent;
    });
    on("focusout", (event, input, row) => {
      this.complete(input);
      if (!row.tr.contains(event.relatedTarget)) setTimeout(() => this.sender.wake(), 0);
    });
    on("keydown", (event, input, row) => this.keys.pressed(event, input, row));
    on("paste", (event, input, row) => pasteInto(this, event, input, row));
    this.body.addEventListener("click", (event) => {
      const row = event.target.closest("tr").gridRow;
      if (event.target.closest("[data-remove]")) this.remove(row);
      if (event.target.closest("[data-sure]")) {
        row.sure = true;
        row.want();
        this.keys.goTo(row, 0);
        this.sender.resume();
      }
    });
    document.querySelector("[data-grid-save]").addEventListener("click", () => this.saveAll());
    document.querySelector("[data-grid-add]").addEventListener("click", () => this.addSome());
    this.box.querySelector("[data-grid-wrong]").addEventListener("click", () => this.nextWrong());
    this.box.querySelector("[data-grid-undo]").addEventListener("click", () => {
      const undo = this.undo;
      this.note("已撤销。");
      undo();
      this.sender.wake();
    });
    document.addEventListener("keydown", (event) => {
      if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "s") return;
      event.preventDefault();
      this.saveAll();
    });
    window.addEventListener("storage", (event) => this.elsewhere(event));
    window.addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
  }
  // Another window of this browser typed, saved or removed a row of this sheet.
  elsewhere(event) {
    if (!event.key || !event.key.startsWith(this.drafts.here)) return;
    const key = event.key.slice(this.drafts.here.length);
    const mine = this.rows.find((row) => row.key === key);
    if (!event.newValue) {
      if (!mine || mine.isLocked) return;
      mine.version += 1;
      mine.tr.remove();
      this.note("有的行已在另一个窗口保存或删除。");
    } else if (!mine) {
      const draft = { key, ...JSON.parse(event.newValue) };
      this.order = Math.max(this.order, draft.order);
      this.body.insertBefore(this.make({ ...draft, wanted: false }).tr, this.rows.find((row) => row.state === "empty")?.tr || null);
    } else if (!mine.hasFocus && mine.state !== "saving") {
      mine.version += 1;
      mine.put(JSON.parse(event.newValue).cells);
      mine.show("typing");
    }
    this.ensureSpare();
    this.renumber();
    this.count();
  }
}

document.addEventListener("DOMContentLoaded", () => {
  const box = document.getElementById("grid");
  if (box) new Grid(box);
});
