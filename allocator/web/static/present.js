// Keys of a presenter; each follows a link of the page.
"use strict";
const KEYS = { ArrowRight: "next", PageDown: "next", " ": "next", ArrowLeft: "back", PageUp: "back", Escape: "leave" };
addEventListener("keydown", (event) => {
  const link = !(event.altKey || event.ctrlKey || event.metaKey) && document.getElementById(KEYS[event.key]);
  if (!link) return;
  event.preventDefault();
  link.click();
});
