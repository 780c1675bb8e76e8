// The desk's levers: what is typed or dragged is asked of the server, and what it answers is put in place.
// Everything else works without this script: the form is a plain GET, every button a submit of it.
"use strict";
(() => {
  const root = document.documentElement, $ = (id) => document.getElementById(id), form = $("state");
  root.classList.add("with-script");
  document.cookie = "script=1; SameSite=Strict; Path=/";  // a page may be here before its answer: section.js fetches it
  const address = new URL(location.href);
  if (address.searchParams.has("token")) {  // the cookie has it from here on
    address.searchParams.delete("token");
    history.replaceState(null, "", address);
  }
  if (!form) return;
  const PAUSE = 700, RETRY = 2000, LATE = 4000;
  const comma = root.lang === "vi" ? "," : ".";

  // What the form says now; blank fields of a unit's own say nothing.
  // `instead`: texts of fields that were typed in since the figures were asked for.
  const said = (submitter, instead = {}) => {
    const query = new URLSearchParams();
    for (const [name, now] of new FormData(form, submitter)) {
      const value = instead[name] ?? now;
      if (name && (value !== "" || !/[:]|^(find|kind|asks|open)$/.test(name))) query.append(name, value);
    }
    return query.toString();
  };
  const linked = (link) => "/?" + link + "&lang=" + root.lang;

  // The stack of states, one entry a gesture; kept for this tab, so that a reload loses none.
  const store = ["states", form.elements.table.value, form.elements.start.value].join(" ");
  let states = [], at = -1;
  try { ({ states, at } = JSON.parse(sessionStorage.getItem(store)) || { states, at }); } catch { /* a private window */ }
  const stacked = () => {
    $("undo").disabled = at <= 0 && !drafted();
    $("redo").disabled = at >= states.length - 1;
    try { sessionStorage.setItem(store, JSON.stringify({ states, at })); } catch { /* full, or private */ }
  };
  const entered = (state) => {
    if (states[at] === state) return;
    states = [...states.slice(0, at + 1), state].slice(-200);
    at = states.length - 1;
  };

  // `held`: what the form said when the figures shown were true; anything else makes them old.
  let held = "", state = $("save-query").value, look = "", asked = 0, waiting = 0, last = null, timer = 0, again = 0;
  let placing = false, sliding = false, ahead = false;  // parts are being replaced; a slider is not let go; the figures are those of one
  const drafted = () => ahead || said() !== held;
  const aged = () => {
    const old = waiting > 0 || drafted() || !good;
    for (const part of ["live", "outcome", "changes", "rules"]) $(part).classList.toggle("old", old);
    $("outcome").setAttribute("aria-busy", String(old));
    stacked();
  };
  let good = $("outcome").dataset.good !== "no", control = null;

  const ask = async (query, how) => {
    clearTimeout(timer);
    if (control) control.abort();
    control = new AbortController();
    const number = ++asked, typed = values();
    if (how !== "preview") sliding = false;
    last = [query, how];
    waiting = 1;
    aged();
    let made;
    const late = setTimeout(() => { $("gone").hidden = false; }, LATE);  // who hangs up is told at once, who is silent not
    try {
      const was = how === "commit" ? "&was=" + encodeURIComponent(state) : "";
      const [known, wanted] = [state, query].map((each) => new URLSearchParams(each));
      const brief = ["table", "start"].every((each) => known.get(each) === wanted.get(each));
      const head = brief ? state.match(/^table=[^&]*&start=[^&]*&/)[0] : "";
      const answer = await fetch("/state.json?" + query + was + (brief ? "&brief=1" : ""), { signal: control.signal });
      if (!answer.ok && answer.status >= 500) throw new Error(answer.status);
      if (!answer.ok) { location.assign(linked(state)); return; }  // the table is another by now: the page says so
      made = await answer.json();
      if (made.parts && !made.state.startsWith("table=")) made.state = head + made.state;
    } catch (error) {
      if (number !== asked) return;
      $("gone").hidden = false;
      timer = setTimeout(() => ask(query, how), RETRY);
      return;
    } finally { clearTimeout(late); }
    if (number !== asked) return;
    $("gone").hidden = true;
    waiting = 0;
    place(made, how, typed);
  };
  $("retry").addEventListener("click", () => last && ask(...last));

  const values = () => Object.fromEntries([...form.querySelectorAll("input:not([data-for]), select")].map((each) => [each.name, each.value]));
  const place = (made, how, typed) => {
    for (const each of form.querySelectorAll("[aria-invalid]")) each.removeAttribute("aria-invalid");
    for (const each of form.querySelectorAll(".wrong")) each.textContent = "";
    if (!made.parts) {
      const named = Object.entries(made.wrong);
      for (const [name, text] of named) {
        const field = form.elements[name], told = $("w-" + name);
        if (field && field.setAttribute) field.setAttribute("aria-invalid", "true");
        if (told) told.textContent = text;
      }
      $("draft").textContent = made.faults.join(" ");
      root.dataset.updated = String(asked);
      good = false;
      aged();
      return;
    }
    $("draft").textContent = "";
    const carried = [...new URLSearchParams(made.state)].filter(([name]) => !(name in made.texts) && name !== "ref");
    const texts = { ...made.texts, ...looked(made.look), ...Object.fromEntries(carried) };
    const focus = document.activeElement, kept = focus && focus.name && $("rows").contains(focus) &&
      { name: focus.name, value: focus.value, at: focus.selectionStart ?? null, other: focus.value !== typed[focus.name] };
    const newer = Object.entries(values()).filter(([name, value]) => value !== (typed[name] ?? value)), since = {};
    const reasons = $("why"), answer = $("asked"), theirs = form.querySelector("details.theirs[open]");
    placing = true;  // a field that goes away with its part tells a change
    for (const [id, text] of Object.entries(made.parts)) $(id).innerHTML = text;
    placing = false;
    if (theirs && $("why")?.dataset.unit === reasons.dataset.unit) form.querySelector("details.theirs").open = true;
    if (how !== "preview" && !("rows" in made.parts)) owned(texts, typed);
    for (const [name, text] of Object.entries(texts)) {
      const field = form.elements[name];
      if (how !== "preview" && field && field.value === (typed[name] ?? field.value)) field.value = text;  // not what was typed since
    }
    for (const [name, value] of newer)
      if (form.elements[name]?.value === value) since[name] = texts[name] ?? typed[name];
    slid();
    if (kept) {
      const again = form.querySelector(`[name="${CSS.escape(kept.name)}"]`);
      if (again && again.type !== "hidden") {
        since[kept.name] = again.value;
        if (kept.other) again.value = kept.value;
        again.focus({ preventScroll: true });
        if (kept.at !== null && again.setSelectionRange) again.setSelectionRange(kept.at, kept.at);
      }
    }
    if ($("why") && reasons && reasons.dataset.unit === $("why").dataset.unit) {  // as old, until theirs come
      $("why").replaceChildren(...reasons.childNodes);
      $("asked").replaceChildren(...answer.childNodes);
    }
    good = "rows" in made.parts;
    ahead = how === "preview";
    root.dataset.updated = String(asked);
    if (how === "preview") { aged(); return; }
    state = made.state;
    look = made.look;
    const link = state + look;
    held = said(null, since);
    $("save-query").value = state;
    if (how !== "undo") entered(state);
    const method = how === "commit" ? "pushState" : "replaceState";
    if (location.search !== new URL(linked(link), location.href).search) history[method](null, "", linked(link));
    spoken(link);
    aged();
    if (good) explain(link, asked);
  };

  // The same state in the other language.
  const spoken = (link) => {
    for (const each of document.querySelectorAll("#languages a")) each.href = "/?" + link + "&lang=" + each.lang;
  };

  // The order, the kind and so on of a link; what it does not say is as at first.
  const looked = (look) => {
    const query = new URLSearchParams(look);
    const fields = [...form.querySelectorAll(".looks [data-look]")];
    return Object.fromEntries(fields.map(({ name, options }) => [name, query.get(name) ?? (options ? options[0].value : "")]));
  };

  // A state without figures keeps the rows there are; what units have of their own is in the form all the same.
  const owned = (texts, typed) => {
    for (const field of form.querySelectorAll("input[name*=':']"))
      if (field.value === (typed[field.name] ?? field.value)) field.value = texts[field.name] ?? "";
    for (const [name, value] of Object.entries(texts))
      if (!form.elements[name]) $("pages").append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
  };

  // The reasons of the opened unit follow the figures; until they are there, the old ones are marked as old.
  const explain = async (link, number) => {
    const here = $("why");
    clearTimeout(again);
    if (!here) return;
    for (const part of [here, $("asked")]) part.classList.add("old");
    here.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch("/why.json?" + link + "&lang=" + root.lang);
      if (!answer.ok && answer.status < 500) { location.assign(linked(link)); return; }  // the page says what changed
      const made = await answer.json();
      if (number !== asked || $("why") !== here) return;
      for (const [id, text] of Object.entries(made)) {
        $(id).innerHTML = text;
        $(id).classList.remove("old");
      }
      here.removeAttribute("aria-busy");
      $("gone").hidden = true;
    } catch {
      if (number !== asked) return;
      $("gone").hidden = false;
      again = setTimeout(() => explain(link, number), RETRY);
    }
  };

  // A gesture: a pause, Enter, leaving a field, letting a slider go, a button.
  const commit = (how = "commit") => { clearTimeout(timer); if (drafted() || !good || waiting) ask(said(), how); };
  const later = (pause, how) => { clearTimeout(timer); timer = setTimeout(() => commit(how), pause); };

  const slid = () => {
    for (const range of form.querySelectorAll("[data-for]")) {
      const field = form.elements[range.dataset.for], value = number(field.value);
      if (value !== null) range.value = value;
    }
    for (const lever of form.querySelectorAll(".lever"))
      lever.classList.toggle("moved", !!document.querySelector(`[data-changed="${lever.id.slice(6)}"]`));
  };
  const number = (text) => {
    const value = parseFloat(text.replace(",", "."));
    return Number.isNaN(value) ? null : text.includes("%") ? value / 100 : value;
  };
  const written = (range) => {
    const share = range.dataset.share !== undefined, value = Number((range.value * (share ? 100 : 1)).toFixed(4));
    return String(value).replace(".", comma) + (share ? "%" : "");
  };

  form.addEventListener("input", (event) => {
    const field = event.target;
    if (field.matches("[data-local]")) return;
    if (field.matches("[data-for]")) {
      form.elements[field.dataset.for].value = written(field);
      sliding = true;
      aged();
      if (!waiting) ask(said(), "preview"); else later(40, "preview");
      return;
    }
    aged();
    later(field.matches("[data-look]") ? 250 : PAUSE, field.matches("[data-look]") ? "look" : "commit");
  });
  form.addEventListener("change", (event) => {
    const field = event.target;
    if (placing || field.matches("[data-local]")) return;
    if (field.matches("[data-for]")) form.elements[field.dataset.for].value = written(field);
    commit(field.matches("[data-look]") ? "look" : "commit");
  });
  document.addEventListener("pointerup", () => setTimeout(() => { if (sliding) commit(); }));  // back where it was, none changes
  form.addEventListener("submit", (event) => {
    const button = event.submitter;
    if (button && button.hasAttribute("formaction")) {  // goes on from a state: what is being typed becomes one first
      if (!drafted() && !waiting && $("draft").textContent === "") return;
      event.preventDefault();
      ask(said(), "commit").then(() => { if (!waiting && $("draft").textContent === "") form.requestSubmit(button); });
      return;
    }
    event.preventDefault();
    if (!button || !button.name) commit();
    else ask(said(button), ["show", "page"].includes(button.name) ? "look" : "commit");
  });
  form.addEventListener("click", (event) => {
    const bar = event.target.closest("td.bar, td.quota, td.change, td.effort");
    if (bar) bar.parentNode.querySelector("button[name=show]")?.click();
  });

  const go = (step) => {
    if (step < 0 && (drafted() || !good) && states[at] !== undefined && said() !== held) { ask(states[at] + look, "undo"); return; }
    if (states[at + step] === undefined) return;
    at += step;
    ask(states[at] + look, "undo");
  };
  $("undo").addEventListener("click", () => go(-1));
  $("redo").addEventListener("click", () => go(1));
  addEventListener("popstate", () => {
    const query = location.search.slice(1);
    const same = states.filter((each) => query.startsWith(each)).sort((a, b) => b.length - a.length);
    const found = same.length ? states.lastIndexOf(same[0]) : -1;
    if (found >= 0) at = found;
    $("save-query").value = found >= 0 ? states[at] : query;
    ask(query, found >= 0 ? "undo" : "commit");
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href*='take=']");
    if (!link || link.origin !== location.origin || link.pathname !== "/" || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    ask(new URL(link.href).search.slice(1), "commit");
  });
  $("print").addEventListener("click", async () => {  // paper has no pages to turn to
    const whole = document.querySelector("#pages button[value='0']");
    if (whole) await ask(said(whole), "look");
    print();
  });

  // On a phone one lever is at the foot of the screen, chosen here.
  const chosen = () => {
    for (const each of form.querySelectorAll(".lever")) each.classList.toggle("chosen", each.id === "lever-" + $("which").value);
  };
  $("which").addEventListener("change", chosen);
  $("all").addEventListener("click", () => {
    const open = $("controls").classList.toggle("whole");
    $("all").setAttribute("aria-expanded", String(open));
  });
  chosen();

  const first = form.dataset.link;
  state = $("save-query").value;
  look = first.slice(state.length);
  held = said();
  entered(state);
  history.replaceState(null, "", linked(first));
  spoken(first);
  slid();
  aged();
})();
