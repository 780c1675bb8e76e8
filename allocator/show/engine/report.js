/* The report's own page: levers, what they change at once, what was sent beside it, and the check of what was sent. */
(() => {
  "use strict";
  const { problem, texts, language, start, table, corrected, title } = JSON.parse(document.getElementById("problem").textContent);
  const vietnamese = language === "vi", at = (id) => document.getElementById(id);
  const COMMON = [...document.querySelectorAll("#levers [data-kind]")].map((each) => each.name);
  const sentLots = problem.quotas.map((each) => each / problem.lot);

  /* Words and numbers as the report writes them. */
  const grouped = (digits) => digits.replace(/\B(?=(\d{3})+$)/g, vietnamese ? "." : ",");
  const number = (value) => (value === null ? "–" : (value < 0 ? "−" : "") + grouped(String(Math.abs(value))));
  const signed = (value) => (value > 0 ? "+" : "") + number(value);
  const comma = (text) => (vietnamese ? text.replace(".", ",") : text);
  const percent = (share) => {
    if (share === null) return "–";
    const value = share * 100, whole = Math.floor(value); // a quarter is half-way between tenths: to the even one
    const [head, tail] = (value - whole === 0.25 ? `${whole}.2` : value.toFixed(1)).split(".");
    return `${grouped(head)}${vietnamese ? "," : "."}${tail}%`;
  };
  const listed = (names) => (names.length > 1
    ? `${names.slice(0, -1).join(", ")} ${texts["list.and"]} ${names.at(-1)}` : names[0] ?? "–");
  const FORMS = { n: number, "+n": signed, p1: percent, list: listed };
  const say = (key, values = {}) => texts[key].replace(/\{(\w+)(?::([^{}]*))?\}/g, (_, name, form = "") => {
    if (form.startsWith("plural:")) return form.slice(7).split("|")[values[name] === 1 ? 0 : 1];
    return (FORMS[form] ?? String)(values[name]);
  });
  const unitName = (unit) => problem.units[unit];
  const ruleName = (rule) => say(`rulename.${rule.word}`, { name: rule.word === "lock" ? unitName(rule.units[0]) : rule.name });

  /* What a person types, as the model takes it: a whole number, a fraction "3/10", null for a blank; or what is wrong. */
  const LIMITS = { target: [0, 9e9], lot: [1, 9e9], min_quota: [0, 9e9], realisation: [0, 1], floor: [0, 1e6],
    ceiling: [0, 1e6], max_share: [0, 1e6], exponent: [-10, 10] };
  const THOUSANDS = /^[1-9]\d{0,2}(?:\.\d{3})+$|^[1-9]\d{0,2}(?:,\d{3})+$|^[1-9]\d{0,2}(?: \d{3})+$/;
  const wrong = (key, values) => { throw new Error(say(`device.wrong.${key}`, values)); };
  function fraction(text, shift) {
    const [head, tail = ""] = text.split(/[.,]/), places = tail.length + shift;
    let [top, bottom] = [BigInt(head + tail), 10n ** BigInt(places)];
    const common = (a, b) => (b ? common(b, a % b) : a < 0n ? -a : a), by = common(top, bottom) || 1n;
    return bottom / by === 1n ? String(top / by) : `${top / by}/${bottom / by}`;
  }
  function read(name, typed) {
    const kind = kindOf(name), text = typed.replace(/[−–]/g, "-").replace(/[\s\u00a0\u202f]+/g, " ").trim();
    const [low, high] = LIMITS[name] ?? [0, 9e9];
    if (kind === "choice") return text;
    if (!text) return name === "max_share" || name.startsWith("lock:") ? null : wrong("blank");
    if (kind === "whole") {
      const plain = THOUSANDS.test(text) ? text.replace(/[., ]/g, "") : text;
      if (!/^\d{1,10}$/.test(plain)) wrong("whole");
      if (Number(plain) < low || Number(plain) > high) wrong("range", { least: number(low), most: number(high) });
      return Number(plain);
    }
    const shown = text.replace(/ ?%$/, ""), shift = kind === "share" && shown !== text ? 2 : 0;
    if (!/^-?\d{1,10}(?:[.,]\d{1,10})?$/.test(shown)) wrong(kind);
    const value = Number(shown.replace(",", ".")) / 10 ** shift, plain = kind === "share" ? Math.min(high, 10) : high;
    const meant = kind === "share" && !shift && value > plain && value <= 100 * high;
    if (meant) wrong("percent", { percent: `${comma(shown.replace(",", "."))}%` });
    if (value < low || value > high) wrong("range", { least: written(kind, `${low}`), most: written(kind, `${high}`) });
    const made = fraction(shown, shift);
    if (name === "exponent" && !/^-?\d+(\/2)?$/.test(made)) wrong("halves");
    return made;
  }

  /* A value as a field shows it. */
  function written(kind, value) {
    if (value === null) return "";
    if (kind === "choice" || kind === "whole") return kind === "whole" ? number(Number(value)) : value;
    const [top, bottom = "1"] = value.split("/"), scale = kind === "share" ? 100n : 1n;
    let [n, d, places] = [BigInt(top) * scale, BigInt(bottom), 0];
    for (; n % d && places < 20; places += 1) n *= 10n;
    const digits = String(n < 0n ? -n / d : n / d).padStart(places + 1, "0"), cut = digits.length - places;
    const sign = n < 0n ? "−" : "", tail = places ? `.${digits.slice(cut)}` : "";
    return sign + comma(digits.slice(0, cut) + tail) + (kind === "share" ? "%" : "");
  }

  /* The state: a text for each field; what was sent is its beginning. */
  const kindOf = (name) => (name.startsWith("lock:") ? "whole" : at(`d-${name}`).dataset.kind);
  const sentValue = (name) => (name.startsWith("lock:") ? problem.locks[name.slice(5)] ?? null : problem[name]);
  const nameOf = (name) => (name.startsWith("lock:")
    ? say("device.lock_of", { unit: unitName(name.slice(5)) }) : texts[`page.field.${name}`]);
  const shown = (name, value) => (name === "basis"
    ? texts[`page.basis.${value}`] : written(kindOf(name), value) || texts["device.none"]);
  const fields = [...COMMON, ...problem.units.map((_, unit) => `lock:${unit}`)];
  const inputs = {};

  function element(tag, values = {}, ...inside) {
    const made = Object.assign(document.createElement(tag), values);
    made.append(...inside);
    return made;
  }
  /* A text that is there is written over: a new one in its place costs a browser's layout half as much again. */
  function put(where, text) {
    const held = where.firstChild;
    if (!held || !text) where.textContent = text;
    else if (held.data !== text) held.data = text;
  }

  const rows = problem.units.map((unit, index) => {
    const lock = element("input", { type: "text", inputMode: "numeric", autocomplete: "off", size: 6, name: `lock:${index}` });
    lock.setAttribute("aria-label", say("device.lock_of", { unit }));
    inputs[`lock:${index}`] = lock;
    const figures = ["quota", "change", "sent", "published", "beside", "effort"].map((key) => [key, element("td")]);
    const cells = Object.fromEntries(figures);
    cells.quota.className = "main";
    cells.why = element("td", { className: "text why" });
    put(cells.sent, number(problem.quotas[index]));
    put(cells.published, number(problem.published[index]));
    const name = element("th", { scope: "row", className: "text" }, unit), note = element("small", { className: "wrong" });
    const own = element("td", { className: "own" }, lock, note);
    at("device-rows").append(element("tr", {}, name, ...figures.map(([, cell]) => cell), own, cells.why));
    return cells;
  });
  COMMON.forEach((name) => { inputs[name] = at(`d-${name}`); });

  /* Values of the fields; those that hold nothing usable are told at their place, and have none. */
  function values() {
    const made = {};
    fields.forEach((name) => {
      const input = inputs[name], note = input.parentNode.querySelector(".wrong");
      let text = "";
      try {
        made[name] = read(name, input.value);
      } catch (error) {
        text = error.message;
      }
      put(note, text);
      if (text) input.setAttribute("aria-invalid", "true");
      else input.removeAttribute("aria-invalid");
    });
    return made;
  }
  const usable = (now) => fields.every((name) => name in now);
  const changesOf = (now) => fields.filter((name) => now[name] !== sentValue(name));
  const posed = (now) => {
    const locks = problem.units.map((_, unit) => [unit, now[`lock:${unit}`]]).filter(([, quota]) => quota !== null);
    const common = COMMON.map((name) => [name, now[name]]);
    return { ...problem, ...Object.fromEntries(common), locks: Object.fromEntries(locks) };
  };

  function told(fault, now) {
    const named = { ...fault, lot: now.lot, unit: fault.unit === undefined ? "" : unitName(fault.unit) };
    for (const name of ["floor_rule", "cap_rule", "group"]) if (fault[name]) named[name] = ruleName(fault[name]);
    if (fault.rules) named.rules = [...new Set(fault.rules.map(ruleName))];
    return say(`infeasible.${fault.key}` in texts ? `infeasible.${fault.key}` : `device.fault.${fault.key}`, named);
  }

  function blank() {
    rows.forEach((cells) => ["quota", "change", "beside", "effort", "why"].forEach((key) => put(cells[key], "–")));
    put(at("device-total"), "–");
    put(at("device-change"), "–");
  }

  function draw(s, now) {
    const proof = engine.certify(s, s.given);
    s.given.forEach((each, unit) => {
      const quota = each * now.lot, cells = rows[unit], published = problem.published[unit];
      const persons = Number(s.available[unit]), reason = reasons(s, proof, unit);
      const key = reason.key === "claim" && !quota && s.claims[unit] === 0n ? "nothing" : reason.key;
      put(cells.quota, number(quota));
      put(cells.change, signed(quota - problem.quotas[unit]));
      put(cells.beside, published === null ? "–" : signed(quota - published));
      put(cells.effort, percent(persons ? (quota * 1e6) / persons : null));
      put(cells.why, say(`device.reason.${key}`, { quota, rule: reason.rule ? ruleName(reason.rule) : "" }));
    });
    put(at("device-total"), number(now.target));
    put(at("device-change"), signed(now.target - problem.quotas.reduce((a, b) => a + b, 0)));
    return !proof.why;
  }

  /* Everything that follows from the fields, at once. */
  function follow() {
    const now = values(), changed = changesOf(now), all = usable(now);
    const s = all && engine.decide(posed(now)), made = all && !s.faults.length;
    const faults = all ? s.faults.map((each) => told(each, now)) : [say("device.not_yet")];
    at("device-faults").replaceChildren(...faults.map((each) => element("li", {}, each)));
    put(at("device-cannot"), all && !made ? say("device.cannot") : "");
    const proved = made ? draw(s, now) : blank();
    put(at("device-proved"), made && changed.length ? say(proved ? "device.checked_changed" : "device.failed_changed") : "");
    mark(changed, now);
    at("device-copy").disabled = !all || !changed.length;
    at("device-reset").disabled = !changed.length;
  }

  function mark(changed, now) {
    const typed = (name) => (name in now ? shown(name, now[name]) : say("device.unusable", { text: inputs[name].value.trim() }));
    const items = changed.map((name) =>
      say("device.change", { name: nameOf(name), from: shown(name, sentValue(name)), to: typed(name) }));
    at("device-changes").replaceChildren(...items.map((each) => element("li", {}, each)));
    put(at("device-unchanged"), changed.length ? say("device.changes") : say("device.no_changes"));
    put(at("altered"), changed.length ? `(${say("device.changed", { count: changed.length })})` : "");
    document.querySelectorAll(".as-sent").forEach((each) => { each.hidden = !changed.length; });
    at("device-copied").hidden = true;
  }

  /* The changes as a text that people read and the planner's page opens. */
  function copied() {
    const fieldName = (name) => (name.startsWith("lock:") ? `lock:${unitName(name.slice(5))}` : name);
    const changed = changesOf(values());
    const given = { ...corrected, ...Object.fromEntries(changed.map((name) => [fieldName(name), inputs[name].value.trim()])) };
    const bytes = new TextEncoder().encode(JSON.stringify(given));
    const packed = btoa(String.fromCharCode(...bytes)).replace(/\+/g, "-").replace(/\//g, "_").replace(/=/g, "");
    const lines = [...at("device-changes").children].map((each) => `- ${each.textContent}`);
    const code = `allocator1.${table}.${start}.${packed}.`;
    return [say("device.copy_head", { title }), ...lines, say("device.copy_tail"), code].join("\n");
  }
  function copy() {
    const text = at("device-text");
    at("device-copied").hidden = false;
    text.value = copied();
    text.focus();
    text.select();
    put(at("device-copy-said"), say(document.execCommand("copy") ? "device.copied" : "device.copy_by_hand"));
  }

  /* What was sent is checked as it came: its proof, and that the printed table says the same. */
  function failing() {
    const s = engine.decide(problem);
    if (s.faults.length) return told(s.faults[0], problem);
    const { why } = engine.certify(s, sentLots), named = (unit) => (unit === undefined ? "" : unitName(unit));
    if (why) {
      const figures = { ...why, from: named(why.from), to: named(why.to), unit: named(why.unit) };
      if (why.group) figures.group = ruleName(why.group);
      if (why.key === "total") [figures.held, figures.target] = [why.held * problem.lot, problem.target];
      return say(`device.why.${why.key}`, figures);
    }
    const lines = [...document.querySelectorAll("#allocation tbody tr")];
    const printed = lines.map((row) => row.querySelector("td.main")?.textContent);
    const unit = problem.quotas.findIndex((each, index) => printed[index] !== number(each));
    const figures = { unit: unitName(unit), printed: printed[unit] ?? "–", quota: problem.quotas[unit] };
    return unit < 0 ? "" : say("device.why.printed", figures);
  }

  function begin() {
    fields.forEach((name) => {
      inputs[name].value = written(kindOf(name), sentValue(name));
      slide(name);
    });
    follow();
  }
  /* The slider of a field stands at its value; dimmed where there is none it could stand at. */
  function slide(name) {
    const slider = at(`s-${name}`);
    if (!slider) return;
    let value = NaN;
    try {
      const [top, bottom = 1] = String(read(name, inputs[name].value) ?? "").split("/");
      if (top) slider.value = value = Number(top) / Number(bottom);
    } catch { /* what is wrong is told at the field */ }
    slider.classList.toggle("off", !(value >= Number(slider.min) && value <= Number(slider.max)));
    slider.setAttribute("aria-valuetext", inputs[name].value.trim() || texts["device.none"]);
  }

  document.querySelectorAll("main > p:not(.note), main > section:not(#device) :is(h2, caption)").forEach((each) =>
    each.append(element("span", { className: "as-sent", hidden: true }, ` – ${say("device.as_sent")}`)));
  at("levers").addEventListener("submit", (event) => event.preventDefault());
  at("levers").addEventListener("input", ({ target }) => {
    const name = target.id.startsWith("s-") ? target.id.slice(2) : target.name;
    const slid = () => (kindOf(name) === "whole" ? target.value : fraction(target.value, 0));
    if (name !== target.name) inputs[name].value = written(kindOf(name), slid());
    slide(name);
    follow();
  });
  at("device-reset").addEventListener("click", begin);
  at("device-copy").addEventListener("click", copy);
  const failed = failing();
  put(at("device-checked"), failed ? say("device.failed", { why: failed }) : say("device.checked"));
  at("device-checked").classList.add(failed ? "failed" : "held");
  at("device").hidden = false;
  begin();
})();
