// The printed register has the filters that the list shows at this moment (htmx changes the address without a reload).
"use strict";

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-with-filters]");
  if (link) link.search = location.search;
});

// A lot that is known fills in what is known of it; what was typed already stays.
document.addEventListener("change", (event) => {
  const input = event.target.closest("input[data-lot]");
  if (!input) return;
  input.value = input.value.trim().toUpperCase();
  const known = document.querySelector(`#lots option[value="${CSS.escape(input.value)}"]`);
  if (!known) return;
  const fills = { presentation: "presentation", expires_on: "expires", release_no: "release", approval_no: "approval" };
  for (const [field, name] of Object.entries(fills)) {
    const other = document.getElementById(input.id.replace("lot_no", field));
    if (other && !other.value) other.value = known.dataset[name];
  }
});
