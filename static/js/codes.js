// A scanner ends each code with Enter: it goes on to the next field instead of sending half a range.
"use strict";

document.addEventListener("keydown", (event) => {
  const next = { id_first: "id_last", id_last: "id_codes" }[event.target.id];
  if (event.key !== "Enter" || !next) return;
  event.preventDefault();
  document.getElementById(next).focus();
});
