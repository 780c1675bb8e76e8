// Instant updates: the page of the changed state is fetched and its live parts are put in place of the old ones.
// Everything else works without this script: the form is a plain GET, every link a plain link.
"use strict";
(() => {
  const form = document.getElementById("state");
  document.documentElement.classList.add("with-script");
  const address = new URL(location.href);
  if (address.searchParams.has("token")) {  // the cookie has it from here on
    address.searchParams.delete("token");
    history.replaceState(null, "", address);
  }
  if (!form) return;
  let asked = 0;

  const queryOf = () => {
    const query = new URLSearchParams();
    for (const [name, value] of new FormData(form)) if (value !== "" || !name.includes(":")) query.append(name, value);
    return query.toString();
  };
  const stateOf = (search) => { const query = new URLSearchParams(search); query.delete("was"); query.delete("reset"); return query.toString(); };
  if (!new URLSearchParams(location.search).has("start"))
    history.replaceState(null, "", "/?lang=" + document.documentElement.lang + "&" + document.getElementById("save-query").value);
  let current = queryOf();

  const read = async (link) => new DOMParser().parseFromString(await (await fetch(link)).text(), "text/html");
  const swap = (part) => {
    const here = document.getElementById(part.id);
    if (!here) return;
    if (here.innerHTML !== part.innerHTML) here.replaceChildren(...part.childNodes);
    if (part.href) here.href = part.getAttribute("href");
    if (part.value) here.value = part.value;
  };
  let drawing = 0;
  const place = (made, withValues) => {
    for (const part of made.querySelectorAll("[data-live]:not(.chart)")) swap(part);
    clearTimeout(drawing);  // charts take longer than figures: they follow once no more changes come
    drawing = setTimeout(() => made.querySelectorAll(".chart[data-live]").forEach(swap), 500);
    for (const input of form.querySelectorAll("input[name], select[name]")) {
      const other = made.getElementsByName(input.name)[0];
      if (other && withValues) input.value = other.value;
      if (other && other.getAttribute("aria-invalid")) input.setAttribute("aria-invalid", "true");
      else input.removeAttribute("aria-invalid");
    }
    document.documentElement.dataset.updated = String(asked);
  };

  const go = async (query, withValues) => {
    const was = current, number = ++asked;
    current = query;
    const made = await read("/?" + query + "&was=" + encodeURIComponent(was));
    if (number !== asked) return;
    if (made.getElementById("state")) place(made, withValues);
    else location.reload();
  };
  let timer = 0;
  const changed = () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      const query = queryOf();
      if (query === current) return;
      history.pushState(null, "", "/?" + query);
      go(query, false);
    }, 40);
  };
  form.addEventListener("input", changed);
  form.addEventListener("submit", (event) => {
    if (event.submitter && event.submitter.name === "reset") return;
    event.preventDefault();
    changed();
  });

  addEventListener("popstate", () => go(stateOf(location.search), true));
  for (const button of document.querySelectorAll("[data-go]"))
    button.addEventListener("click", () => history.go(Number(button.dataset.go)));

  document.addEventListener("click", async (event) => {
    const link = event.target.closest("a[data-unit]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const row = link.closest("tr"), open = row.nextElementSibling;
    if (open && open.classList.contains("reason")) { open.remove(); link.setAttribute("aria-expanded", "false"); return; }
    const made = await read(link.href);
    const cell = document.createElement("td");
    cell.colSpan = row.children.length;
    cell.append(...(made.getElementById("answer") || made.getElementById("main")).childNodes);
    const reason = document.createElement("tr");
    reason.className = "reason";
    reason.append(cell);
    row.after(reason);
    link.setAttribute("aria-expanded", "true");
  });
})();
