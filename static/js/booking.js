// Ticking people on the booking page: whole rows, ranges with Shift, arrows between rows, a live count.
"use strict";

(() => {
  const boxes = () => [...document.querySelectorAll("input[name=people]")];
  let last = null;

  const count = () => {
    const ticked = boxes().filter((box) => box.checked).length;
    const slot = document.querySelector("input[name=slot]:checked");
    const number = document.querySelector("[data-ticked]");
    if (!number) return;
    number.textContent = ticked;
    document.querySelector("[data-over-free]").hidden = !slot || ticked <= Number(slot.dataset.free);
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
      document.getElementById("booking").requestSubmit();
    }
  });

  document.addEventListener("htmx:afterSwap", count);
  document.addEventListener("DOMContentLoaded", count);
})();
