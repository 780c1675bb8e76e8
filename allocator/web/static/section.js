// Work that takes long: the page is here before its answer. How far the work is, is shown; it can be cancelled.
"use strict";
(() => {
  const work = document.getElementById("work");
  const [status, bar, far, cancel] = ["status", "bar", "far", "cancel"].map((name) => document.getElementById("work-" + name));
  work.hidden = false;
  const page = Array.from(crypto.getRandomValues(new Uint32Array(3)), (each) => each.toString(36)).join("-");
  const leaving = new AbortController();
  const joined = (path, search) => path + (search ? search + "&" : "?") + "tab=" + page;

  const tell = async () => {
    const { text, share } = await (await fetch(joined("/job", "?lang=" + document.documentElement.lang))).json();
    if (leaving.signal.aborted || !text) return;
    far.textContent = text;
    if (share !== null) bar.value = share;
  };
  const asking = setInterval(() => tell().catch(() => {}), 700);
  const end = (text) => {
    clearInterval(asking);
    status.textContent = text;
    bar.parentNode.remove();
    const again = document.createElement("a");
    again.className = "button";
    again.href = location.href;
    again.textContent = work.dataset.again;
    cancel.replaceWith(again);
    again.focus();
  };

  cancel.addEventListener("click", () => { leaving.abort(); end(work.dataset.cancelled); });
  fetch(joined(location.pathname, location.search), { signal: leaving.signal })
    .then((answer) => answer.text())
    .then((text) => {
      clearInterval(asking);
      const made = new DOMParser().parseFromString(text, "text/html");
      document.getElementById("answer").replaceChildren(...(made.getElementById("answer") || made.getElementById("main")).childNodes);
    })
    .catch(() => { if (!leaving.signal.aborted) end(work.dataset.failed); });
})();
