// Ticking people on the booking page: whole rows, ranges with Shift, arrows between rows, a live count. Who was ticked
// and is not in the list any more (another filter, another page) stays ticked in a list of its own above it.
"use strict";

(() => {
  const ticks = () => [...document.querySelectorAll("input[name=people]")];
  const boxes = () => [...document.querySelectorAll(".tick-list input[name=people]")];
  const kept = () => document.querySelector("[data-kept]");
  let last = null;

  const keep = () => {
    boxes().filter((box) => box.checked).forEach((box) => {
      const line = document.createElement("li");
      line.append(box.closest("label").cloneNode(true));
      line.querySelector("input").checked = true;
      line.querySelector("span").className = "";
      kept().querySelector("ul").append(line);
    });
  };

  const bringBack = () => {
    const shown = new Map(boxes().map((box) => [box.value, box]));
    kept().querySelectorAll("li").forEach((line) => {
      const tick = line.querySelector("input");
      const box = shown.get(tick.value);
      if (box) box.checked = tick.checked;
      if (box || !tick.checked) line.remove();
    });
    kept().hidden = !kept().querySelector("li");
  };

  const count = () => {
    const ticked = ticks().filter((box) => box.checked).length;
    const slot = document.querySelector("input[name=slot]:checked");
    const number = document.querySelector("[data-ticked]");
    if (!number) return;
    number.textContent = ticked;
    const over = document.querySelector("[data-over-free]");
    if (over) over.hidden = !slot || ticked <= Number(slot.dataset.free);
  };

  document.addEventListener("click", (event) => {
    const row = event.target.closest(".tick-list tbody tr");
    if (!row) return;
    const box = row.querySelector("input[name=people]");
    if (!event.target.closest("label, input, a")) box.checked = !box.checked;
    else if (event.target !== box) return; // the label's own click on the box follows
    const all = boxes();
    if (event.shiftKey && last && all.includes(last)) {
      const [from, to] = [all.indexOf(last), all.indexOf(box)].sort((a, b) => a - b);
      all.slice(from, to + 1).forEach((other) => { other.checked = box.checked; });
    }
    last = box;
    box.focus();
    count();
  });

  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-tick-all]")) boxes().forEach((box) => { box.checked = event.target.checked; });
    count();
  });

  document.addEventListener("keydown", (event) => {
    if (!event.target.matches("input[name=people]")) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      const all = boxes();
      const next = all[all.indexOf(event.target) + step];
      if (next) next.focus();
      event.preventDefault();
    } else if (event.key === "Enter") {
      event.preventDefault();
      document.getElementById("booking")?.requestSubmit();
    }
  });

  // 清除 empties the filters in place; a link to the bare page would forget the ticks.
  document.addEventListener("click", (event) => {
    const clear = event.target.closest("[data-clear]");
    if (!clear) return;
    event.preventDefault();
    clear.form.querySelectorAll("input:not([type=hidden]), select").forEach((field) => {
      field.value = "";
      field.dispatchEvent(new Event("input", { bubbles: true })); // htmx remembers what it last sent
    });
    clear.form.requestSubmit();
  });

  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.target.id === "people" && event.detail.shouldSwap) keep();
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.target.id !== "people") return;
    bringBack();
    count();
  });
  document.addEventListener("DOMContentLoaded", count);
})();
