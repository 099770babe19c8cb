// A page that refreshes a part of itself says when the server does not answer.
"use strict";

(() => {
  const offline = document.querySelector("[data-offline]");
  const show = (lost) => () => { offline.hidden = !lost; };
  document.addEventListener("htmx:afterSettle", show(false));
  document.addEventListener("htmx:sendError", show(true));
  document.addEventListener("htmx:responseError", show(true));
})();
