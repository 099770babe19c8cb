// The printed register has the filters that the list shows at this moment (htmx changes the address without a reload).
"use strict";

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-with-filters]");
  if (link) link.search = location.search;
});
