// Small behaviours that every page shares. No library, no inline script: the page works without it.
"use strict";

document.addEventListener("click", (event) => {
  const toggle = event.target.closest("[data-toggles]");
  if (toggle) {
    const box = document.getElementById(toggle.dataset.toggles);
    toggle.setAttribute("aria-expanded", String(box.classList.toggle("is-open")));
  }
  document.querySelectorAll("details.menu[open]").forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; });
  if (event.target.closest("[data-back]")) history.back();
  if (event.target.closest("[data-print]")) window.print();
  const row = event.target.closest("tr[data-href]");
  if (row && !event.target.closest("a, button, input, label")) location.href = row.dataset.href;
});

document.addEventListener("keydown", (event) => {
  const menu = event.key === "Escape" && document.querySelector("details.menu[open]");
  if (!menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});

// A letter or sign as a shortcut: <input data-hotkey="/"> is focused, a link or button is clicked.
document.addEventListener("keydown", (event) => {
  if (event.target.closest("input, textarea, select") || event.ctrlKey || event.altKey || event.metaKey) return;
  const wanted = document.querySelector(`[data-hotkey="${CSS.escape(event.key)}"]`);
  if (!wanted) return;
  event.preventDefault();
  if (wanted.matches("input, textarea")) wanted.focus();
  else wanted.click();
});

// A deed is sent once: the button of a posting form rests after the first click.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || form.dataset.again !== undefined) return;
  if (form.dataset.confirm && !window.confirm(form.dataset.confirm)) {
    event.preventDefault();
    return;
  }
  const button = event.submitter;
  if (button) setTimeout(() => { button.disabled = true; }, 0);
});
window.addEventListener("pageshow", () => {
  document.querySelectorAll("button[type=submit]:disabled").forEach((button) => { button.disabled = false; });
});

// What refreshes itself keeps what it shows while the server has no answer, and asks again when its time comes.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr, requestConfig } = event.detail;
  const repeats = (requestConfig.elt.getAttribute("hx-trigger") || "").startsWith("every");
  if (repeats && xhr.status >= 500) event.detail.shouldSwap = false;
});

document.addEventListener("DOMContentLoaded", () => {
  const summary = document.querySelector("[data-focus]");
  if (summary) summary.focus();
});

// A deadline counts down on the server's time: the page says what time it was there when it was made.
document.addEventListener("DOMContentLoaded", () => {
  const box = document.querySelector("[data-deadline]:not([data-over])"); // countdown.js looks after the others
  if (!box) return;
  const ahead = Date.parse(box.dataset.now) - Date.now();
  const tick = () => {
    const minutes = Math.ceil((Date.parse(box.dataset.deadline) - Date.now() - ahead) / 60000);
    const hours = Math.floor(minutes / 60);
    box.textContent = minutes > 0 ? `还有 ${hours ? `${hours} 小时 ` : ""}${minutes % 60} 分钟` : "已经截止";
    box.classList.toggle("tag-stop", minutes <= 0);
  };
  tick();
  setInterval(tick, 15000);
});

// Other windows of this browser hear who is logged in: a sheet of somebody else closes (see grid.js).
const session = "BroadcastChannel" in window ? new BroadcastChannel("vax-session") : null;
document.addEventListener("DOMContentLoaded", () => {
  const me = document.querySelector("[data-logout]");
  if (session && me) session.postMessage(me.dataset.logout);
});

// Who logs out is told what the grid has not saved yet; it stays on this computer, closed, for the next log-in.
document.addEventListener("submit", (event) => {
  const me = event.target.dataset.logout;
  if (me === undefined) return;
  const rows = unsavedRows(me);
  const words = `表格登记里还有 ${rows} 行没有保存。退出后,它们加密留在这台电脑上,别人打不开;您7天内再登录,打开表格登记就能接着填。确定退出吗?`;
  if (rows && !window.confirm(words)) {
    event.preventDefault();
    event.stopPropagation();
  } else {
    sessionStorage.clear();
    if (session) session.postMessage("");
  }
}, true);

function unsavedRows(user) {
  try { return Object.keys(localStorage).filter((name) => name.startsWith(`vax-grid:${user}:`)).length; } catch { return 0; }
}
