// The desk at hand: paste and drop anywhere, pairs of cells marked, what is changed read at once. Works without it, too.
"use strict";
(() => {
  let asked = 0;
  const byId = (id) => document.getElementById(id);

  const send = async (form, button) => {
    const data = new FormData(form, button), number = ++asked, fix = byId("fix-to");
    const focused = document.activeElement === fix ? "d-" + byId("fix-at").value : document.activeElement.id;
    if (fix && fix.value === fix.dataset.was) data.delete("fix_at");  // a cell that was only looked at
    document.body.classList.add("busy");
    const body = form.id === "bring" ? data : new URLSearchParams(data);
    const answer = await fetch(form.action, { method: "POST", body }).catch(() => null);
    if (number !== asked) return;
    byId("gone").hidden = Boolean(answer);
    if (!answer) return;
    const made = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (answer.redirected) { location.assign(answer.url); return; }
    const scrolled = [...document.querySelectorAll(".pane")].map((pane) => [pane.scrollTop, pane.scrollLeft]);
    byId("main").replaceChildren(...made.getElementById("main").childNodes);
    document.querySelectorAll(".pane").forEach((pane, n) => { if (form.id === "desk" && scrolled[n]) [pane.scrollTop, pane.scrollLeft] = scrolled[n]; });
    document.body.classList.remove("busy");
    document.documentElement.dataset.read = String(asked);
    if (byId(focused)) byId(focused).focus({ preventScroll: true });
  };
  const pair = (cell) => {
    for (const old of document.querySelectorAll(".paired")) old.classList.remove("paired");
    if (!cell || !cell.dataset.cell) return;
    for (const each of document.querySelectorAll(`[data-cell="${cell.dataset.cell}"]`)) {
      each.classList.add("paired");
      const pane = each.closest(".pane"), box = each.getBoundingClientRect(), frame = pane.getBoundingClientRect();
      if (cell !== each && document.activeElement === cell && (box.top < frame.top + 40 || box.bottom > frame.bottom))
        pane.scrollTop += box.top - frame.top - frame.height / 2;
    }
  };
  const cellOf = (event) => event.target.closest && event.target.closest("[data-cell]");

  document.addEventListener("mouseover", (event) => { if (cellOf(event)) pair(cellOf(event)); });
  document.addEventListener("focusin", (event) => {
    const cell = cellOf(event);
    if (!cell || !byId("fix-at")) return;
    pair(cell);
    byId("fix-at").value = cell.dataset.cell;
    const text = byId("d-" + cell.dataset.cell) || cell;
    byId("fix-to").value = (text.querySelector("ins") || text).textContent.trim();
    byId("fix-to").dataset.was = byId("fix-to").value;  // which has no line ends
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-to]"), cell = link && byId("d-" + link.dataset.to);
    if (cell) { event.preventDefault(); cell.focus(); }
  });
  document.addEventListener("dblclick", (event) => { if (cellOf(event)) byId("fix-to").select(); });
  document.addEventListener("keydown", (event) => {
    const cell = cellOf(event), steps = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
    if (!cell || event.target !== cell) return;
    if (event.key === "Enter" || event.key === "F2") { event.preventDefault(); byId("fix-to").focus(); byId("fix-to").select(); }
    if (!steps[event.key]) return;
    const [down, right] = steps[event.key], rows = [...cell.closest("tbody").rows];
    const cells = [...(rows[rows.indexOf(cell.parentNode) + down] || cell.parentNode).querySelectorAll("[data-cell]")];
    const next = cells[[...cell.parentNode.querySelectorAll("[data-cell]")].indexOf(cell) + right];
    event.preventDefault();
    if (next) { cell.tabIndex = -1; next.tabIndex = 0; next.focus(); }
  });
  document.addEventListener("change", (event) => {
    const field = event.target;
    if (field.id === "file" && field.files.length) send(byId("bring"));
    else if (field.matches("#desk select, #desk input[type=checkbox]")) send(byId("desk"));
  });
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("#desk, #bring")) return;
    event.preventDefault();
    send(event.target, event.submitter);
  });
  const bring = (files, text) => {
    if (files.length) byId("file").files = files;
    else byId("pasted").value = text;
    send(byId("bring"));
  };
  document.addEventListener("paste", (event) => {
    const text = event.clipboardData.getData("text/plain");
    if (event.target.closest("input, select") || !(event.clipboardData.files.length || text.includes("\n"))) return;
    event.preventDefault();
    bring(text ? [] : event.clipboardData.files, text);
  });
  for (const [name, over] of [["dragover", true], ["dragleave", false], ["drop", false]])
    document.addEventListener(name, (event) => {
      event.preventDefault();
      byId("bring").classList.toggle("over", over);
      if (name === "drop" && event.dataTransfer.files.length) bring(event.dataTransfer.files, "");
    });
})();
