// Reads a screen of the page in one piece, and keeps every frame that shows something new.
(() => {
  if (!location.protocol.startsWith("http")) return;
  const read = (document) => {
    const $ = (id) => document.getElementById(id), all = (css, at = document) => [...at.querySelectorAll(css)];
    const text = (each) => each ? each.textContent.replace(/\s+/g, " ").trim() : null;
    const form = $("state"), outcome = $("outcome");
    if (!form || !outcome || document.readyState === "loading")
      return { form: false, alert: !!document.querySelector(".alert"), text: text(document.body)?.slice(0, 300) };
    const old = (id) => !!$(id) && ($(id).classList.contains("old") || $(id).getAttribute("aria-busy") === "true");
    return {
      form: true,
      script: document.documentElement.classList.contains("with-script"),
      language: document.documentElement.lang,
      old: ["outcome", "live", "changes", "rules"].filter(old),
      unread: old("why") || old("asked"),
      why: $("why") && [$("why").dataset.unit, text($("why"))],
      asked: text($("asked")) || "",
      rows: all("#rows > tr[data-unit]").map((row) => [row.dataset.unit, text(row.querySelector("small")) || "",
        ...["quota", "change", "effort"].map((name) => text(row.querySelector("td." + name))),
        all("rect", row).map((each) => ["class", "x", "width"].map((name) => each.getAttribute(name) || "")),
      ]),
      head: all("#headline p").map(text),
      total: all("#total th, #total td").map(text).filter(Boolean),
      measures: all("#steps > p").map(text),
      steps: all("#steps li").map(text),
      pages: text($("pages").querySelector("nav")),
      alert: text($("said").querySelector(".alert")),
      remedies: all("#said .remedies button").map(text),
      info: text($("said").querySelector(".info")),
      draft: text($("draft")),
      wrong: all("[aria-invalid=true]", form).map((each) => each.name),
      changes: all("[data-changed]").map((each) => [each.dataset.changed, text(each)]),
      rules: text($("rules")),
      ref: [$("ref").value, text($("ref").selectedOptions[0])],
      fields: [...new FormData(form)].filter(([name, value]) => name !== "lang" && typeof value === "string"),
      slides: all("[data-for]", form).map((each) => [each.dataset.for, each.value, each.min, each.max]),
      moved: all(".lever.moved", form).map((each) => each.id.slice(6)),
      stack: [$("undo").disabled, $("redo").disabled],
      save: $("save-query").value,
      gone: !$("gone").hidden,
      languages: all("#languages a").map((each) => each.getAttribute("href")),
      title: text(document.querySelector("h1")),
    };
  };
  const seen = [];
  let last = "", stirred = true;
  const screen = () => JSON.stringify({ url: location.href, ...read(document),
    states: Object.fromEntries(Object.entries(sessionStorage).filter(([key]) => key.startsWith("states "))) });
  window.screenNow = screen;
  window.screensSeen = () => seen.splice(0);
  window.screenDrawn = (text) => read(new DOMParser().parseFromString(text, "text/html"));
  for (const name of ["input", "change", "popstate"]) addEventListener(name, () => { stirred = true; }, true);
  new MutationObserver(() => { stirred = true; }).observe(document,
    { subtree: true, childList: true, attributes: true, characterData: true });
  const frame = () => {
    if (stirred && document.readyState !== "loading") {
      stirred = false;
      const here = screen();
      if (here !== last) seen.push(last = here);
    }
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
})();
