// A text that is pasted into the group chat: selected and copied by one click.
"use strict";

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copies]");
  if (!button) return;
  const box = document.getElementById(button.dataset.copies);
  box.focus();
  box.select();
  try {
    await navigator.clipboard.writeText(box.value);
    button.textContent = "已复制,去微信群粘贴";
  } catch {
    button.textContent = "文字已选中,请按 Ctrl+C 复制"; // a page without https may not write the clipboard
  }
});

// "All on this page are as they were": ticks the first answer of every person who has none.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-same-for-all]");
  if (!button) return;
  document.querySelectorAll(".recheck tbody tr").forEach((row) => {
    if (!row.querySelector("input[type=radio]:checked")) row.querySelector("input[value=same]").checked = true;
  });
});
