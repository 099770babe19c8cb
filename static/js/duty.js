// One box ticks all boxes of a name on the page.
"use strict";

document.addEventListener("change", (event) => {
  const name = event.target.dataset.tickAll;
  if (!name) return;
  document.querySelectorAll(`input[type=checkbox][name="${CSS.escape(name)}"]`).forEach((box) => { box.checked = event.target.checked; });
});
