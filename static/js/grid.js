// The sheet: its rows and what is said about them. Cells are plain inputs, so that Chinese input methods and screen readers work as ever.
"use strict";

const SPARE_ROWS = 10;
const CLOSED = {
  out: "已退出登录,表格已合上。没有保存的内容加密留在这台电脑上,您再登录后打开表格登记就在。",
  other: "这台电脑上现在登录的是另一个帐号,表格已合上。没有保存的内容加密留着,用原来的帐号再登录就在。",
};

class Grid {
  constructor(box) {
    this.box = box;
    this.table = box.querySelector("table");
    this.body = box.querySelector("tbody");
    this.template = document.getElementById("grid-row");
    this.heads = [...box.querySelectorAll("thead th[data-key]")];
    this.most = Number(box.dataset.most);
    this.drafts = new GridDrafts(box.dataset.owner, box.dataset.secret, box.dataset.village);
    const drafts = this.drafts.all();
    this.order = Math.max(0, ...drafts.map((draft) => draft.order));
    this.keys = new GridKeys(this);
    this.add(drafts.map((draft) => this.make(draft)));
    this.add(Array.from({ length: Math.max(1, SPARE_ROWS - drafts.length) }, () => this.make()));
    this.showDoses(drafts.some((draft) => Object.keys(draft.cells).some(isDose)));
    this.sender = new GridSender(this, box);
    this.events = new GridEvents(this);
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
  // Returns the row of ``draft``, before another one or at the end.
  insert(draft, before) {
    this.order = Math.max(this.order, draft.order);
    const row = this.make(draft);
    this.body.insertBefore(row.tr, before ? before.tr : null);
    return row;
  }
  renumber() {
    this.rows.forEach((row, index) => {
      const cell = row.tr.cells[0], number = String(index + 1);
      if (cell.textContent !== number) cell.textContent = number; // a full sheet is not drawn anew for one more row
    });
  }
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
      const again = this.insert({ key, order, cells }, this.rows[said - 1]);
      again.keep();
      this.renumber();
      this.count();
      again.inputs[0].focus();
    });
    if (held && after) this.keys.goTo(after.gridRow, column);
    this.count();
    this.sender.wake(); // its twin may go now
  }
  // Nobody but the one who typed sees the sheet: the log-in ended or changed in another window.
  close(why) {
    this.sender.stopForGood(CLOSED[why]);
    this.body.replaceChildren();
    this.note("");
    this.box.querySelectorAll(".grid-wrap, .grid-line, .hint").forEach((part) => { part.hidden = true; });
    document.querySelectorAll("[data-grid-save], [data-grid-add], [data-grid-doses]").forEach((button) => { button.disabled = true; });
  }

  unsaved() { return this.rows.filter((row) => row.state !== "empty" && !row.isSaved); }

  // sending
  nextToSend() {
    const rows = this.rows;
    return rows.find((row) => row.wanted && row.state === "waiting" && !row.twins.length) || rows.find((row) => row.state === "typing" && !row.hasFocus);
  }
  saveAll() {
    const held = document.activeElement;
    if (held && held.matches(".grid input")) this.events.complete(held);
    const rows = this.unsaved().filter((row) => !row.isLocked);
    if (!rows.length) return this.note("没有要保存的行。");
    rows.filter((row) => !row.twins.length).forEach((row) => row.want());
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

  // words
  count() {
    pairUp(this.rows);
    const saved = this.rows.filter((row) => row.isSaved).length;
    const wrong = this.rows.filter((row) => row.isWrong).length;
    const parts = [`已保存 ${saved} 行`, `没保存 ${this.unsaved().length} 行`];
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
    const wrong = this.rows.filter((row) => row.isWrong);
    const now = document.activeElement.closest("tr");
    const row = wrong.find((one) => now && one.tr.rowIndex > now.rowIndex) || wrong[0];
    if (row) (row.tr.querySelector("[aria-invalid]") || row.inputs[0]).focus();
  }

  // The columns of earlier doses are many and seldom needed.
  get shownHeads() { return this.table.classList.contains("no-doses") ? this.heads.filter((head) => !isDose(head.dataset.key)) : this.heads; }
  showDoses(shown) {
    this.table.classList.toggle("no-doses", !shown);
    document.querySelector("[data-grid-doses]").setAttribute("aria-pressed", String(shown));
  }
}

function isDose(key) { return key.startsWith("dose"); }

document.addEventListener("DOMContentLoaded", () => {
  const box = document.getElementById("grid");
  if (box) new Grid(box);
});
