// A decision in the table of a round is answered at once; everything else works without this script, by the buttons.
"use strict";
(() => {
  const form = document.getElementById("ask"), decide = document.getElementById("decide");
  let control = null;
  decide.addEventListener("change", async (event) => {
    if (!event.target.name.startsWith("ask-decision:")) return;
    if (control) control.abort();
    const mine = control = new AbortController(), found = document.getElementById("found");
    found.setAttribute("aria-busy", "true");
    let made;
    try {
      const answer = await fetch(form.action, { method: "POST", body: new FormData(form), signal: mine.signal });
      made = new DOMParser().parseFromString(await answer.text(), "text/html");
    } catch {
      if (!mine.signal.aborted) form.requestSubmit();
      return;
    }
    if (mine.signal.aborted) return;
    if (!made.getElementById("decide")) { form.requestSubmit(); return; }
    for (const id of ["told", "found"]) document.getElementById(id).replaceWith(made.getElementById(id));
    for (const cell of decide.querySelectorAll("td[id]")) cell.textContent = made.getElementById(cell.id)?.textContent ?? "–";
  });
})();
