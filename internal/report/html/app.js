
"use strict";
(() => {
  const $ = (id) => document.getElementById(id);
  const root = document.documentElement;
  const index = JSON.parse($("index").textContent);
  const say = (key, values) => index.texts[key].replace(/\{(\w+)\}/g, (_, name) => values[name].toLocaleString(root.lang));

  // Dark and light. A file has no settings of its own to remember everywhere, so that failing is fine.
  const kept = { get: () => { try { return localStorage.getItem("merlon-theme"); } catch { return null; } },
    set: (v) => { try { localStorage.setItem("merlon-theme", v); } catch { /* not kept */ } } };
  const dark = () => root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  if (kept.get() === "dark" || kept.get() === "light") root.dataset.theme = kept.get();
  $("theme").onclick = () => { root.dataset.theme = dark() ? "light" : "dark"; kept.set(root.dataset.theme); };
  $("print").onclick = () => print();
  for (const e of document.querySelectorAll("#theme, #print, .find")) e.hidden = false;

  // What is opened gets what it needs only then: the guide of a rule, and buttons to copy.
  document.addEventListener("toggle", (e) => {
    const d = e.target;
    if (!d.open) return;
    const rule = d.matches(".inline-guide") && !d.querySelector(".guide") && $(d.dataset.guide);
    if (rule) d.lastElementChild.replaceWith(rule.querySelector(".guide").cloneNode(true));
    copyable(d);
  }, true);
  document.addEventListener("click", (e) => { if (e.target.matches(".copy")) copy(e.target); });
  function copyable(within) {
    for (const pre of within.querySelectorAll("pre.code")) {
      if (pre.parentElement.matches(".copyable")) continue;
      const box = document.createElement("div"), button = document.createElement("button");
      box.className = "copyable";
      button.className = "copy";
      button.type = "button";
      button.textContent = index.texts.copy;
      pre.replaceWith(box);
      box.append(pre, button);
    }
  }
  async function copy(button) {
    const code = button.parentElement.querySelector("code");
    try {
      await navigator.clipboard.writeText(code.textContent);
    } catch {
      const range = document.createRange();
      range.selectNodeContents(code);
      getSelection().removeAllRanges();
      getSelection().addRange(range);
      document.execCommand("copy");
    }
    button.textContent = index.texts.copied;
    setTimeout(() => { button.textContent = index.texts.copy; }, 1500);
  }


  // Paper shows everything that is listed.
  let closed = [];
  addEventListener("beforeprint", () => {
    closed = [...document.querySelectorAll("details:not([open])")].filter((d) => !d.matches(".inline-guide"));
    for (const d of closed) d.open = true;
  });
  addEventListener("afterprint", () => { for (const d of closed) d.open = false; });


  if (!index.names.length) return;

  // What is listed: units in sections; a unit is one exposure, or a group of some that are alike.
  const units = [], unitOf = [];
  for (let i = 0, first = 0; i < index.units.length; i += 2) {
    const unit = { number: units.length, section: index.units[i], first, size: index.units[i + 1], limit: 50, opened: false, element: null };
    for (let k = 0; k < unit.size; k++) unitOf.push(unit);
    first += unit.size;
    units.push(unit);
  }
  const sections = index.sections.map((name, n) => {
    const element = document.querySelector(`[data-section="${n}"]`);
    return { name, element, list: element.querySelector(".units"), more: element.querySelector(":scope > .foot"),
      count: element.querySelector(".count"), units: units.filter((u) => u.section === n), limit: 50 };
  });
  const items = new Array(unitOf.length).fill(null);
  function adopt(element) {
    for (const e of element.matches(".exposure") ? [element] : element.querySelectorAll(".exposure")) items[e.dataset.index] = e;
    if (element.dataset.unit) units[element.dataset.unit].element = element;
  }
  for (const s of sections) for (const e of s.list.children) { adopt(e); s.limit = Math.max(s.limit, s.list.children.length); }

  // What is not in the page yet is in compressed chunks.
  const chunks = new Map();
  async function unpack(n) {
    const bytes = Uint8Array.from(atob($("chunk-" + n).textContent), (c) => c.charCodeAt(0));
    return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).json();
  }
  function late(i) {
    const n = Math.floor((i - index.static) / index.size);
    if (!chunks.has(n)) {
      chunks.set(n, unpack(n));
      if (chunks.size > 40) chunks.delete(chunks.keys().next().value);
    }
    return chunks.get(n).then((all) => all[(i - index.static) % index.size]);
  }
  function element(html) {
    const t = document.createElement("template");
    t.innerHTML = html;
    return t.content.firstElementChild;
  }
  // place puts an element among its siblings, which are in the order of a number that they carry.
  function place(list, e, key) {
    let after = list.lastElementChild;
    while (after && +after.dataset[key] > +e.dataset[key]) after = after.previousElementSibling;
    after ? after.after(e) : list.prepend(e);
    adopt(e);
  }
  async function showUnit(unit, first) {
    if (unit.element) return;
    const l = await late(unit.size > 1 ? unit.first : first);
    if (!unit.element) place(sections[unit.section].list, element(l.head || l.item), "unit");
  }
  async function showItem(unit, i) {
    if (items[i]) return;
    const l = await late(i);
    if (!items[i]) place(unit.element.querySelector(".members"), element(l.item), "index");
  }

  // Filters, and the address that names them: #q=checkout&severity=high&namespace=shop&trait=host-pid.
  const form = $("filters");
  form.hidden = items.length < 4;
  const empty = () => ({ q: "", severity: [], namespace: "", trait: "" });
  let wanted = empty(), haystack = null;
  function prepare() {
    const sets = index.traitSets.map((set) => set.map((t) => index.traits[t].join(" ")).join(" "));
    haystack = index.names.map((name, i) => [name, index.uids[i], index.places[i], sets[index.sets[i]]].join(" ").toLowerCase());
  }
  function matcher() {
    const words = wanted.q.toLowerCase().split(/\s+/).filter(Boolean);
    if (words.length && !haystack) prepare();
    const space = index.namespaces.indexOf(wanted.namespace);
    const sets = index.traitSets.map((set) => set.some((t) => index.traits[t][0] === wanted.trait));
    return (i) => (!wanted.severity.length || wanted.severity.includes(index.sections[unitOf[i].section])) &&
      (!wanted.namespace || index.spaces[i] === space) && (!wanted.trait || sets[index.sets[i]]) &&
      words.every((w) => haystack[i].includes(w));
  }
  const filtered = () => Boolean(wanted.q.trim() || wanted.severity.length || wanted.namespace || wanted.trait);

  let found = [], round = 0;
  function search() {
    const matches = matcher();
    found = units.map((unit) => {
      const hits = [];
      for (let i = unit.first; i < unit.first + unit.size; i++) if (matches(i)) hits.push(i);
      return hits;
    });
    for (const unit of units) unit.limit = 50;
    return draw();
  }
  async function draw() {
    const now = ++round;
    const total = found.reduce((n, hits) => n + hits.length, 0);
    $("count").textContent = say("count", { n: total, all: items.length });
    $("clear").hidden = !filtered();
    $("none").hidden = total > 0;
    for (const s of sections) {
      let hits = 0, room = s.limit, left = 0;
      for (const unit of s.units) {
        const mine = found[unit.number];
        hits += mine.length;
        if (!mine.length || room <= 0) {
          if (unit.element) unit.element.hidden = true;
          left += mine.length ? 1 : 0;
          continue;
        }
        room--;
        await showUnit(unit, mine[0]);
        if (now !== round) return;
        unit.element.hidden = false;
        if (unit.element.matches(".group")) {
          const open = filtered() && total <= 20; // Few enough to be shown at once, and only as long as they are asked for.
          if (open !== unit.opened) unit.element.open = unit.opened = open;
          unit.element.querySelector(".name").dataset.part = mine.length < unit.size ? say("part", { n: mine.length, all: unit.size }) : "";
          await drawGroup(unit);
          if (now !== round) return;
        }
      }
      const all = s.units.reduce((n, u) => n + u.size, 0);
      s.count.textContent = hits < all ? say("part", { n: hits, all }) : all.toLocaleString(root.lang);
      s.element.hidden = !hits;
      s.more.hidden = !left;
    }
    tellPaper(total);
  }
  async function drawGroup(unit) {
    const mine = found[unit.number];
    const shown = mine.slice(0, unit.limit);
    if (unit.element.open) for (const i of shown) await showItem(unit, i);
    const visible = new Set(shown);
    for (let i = unit.first; i < unit.first + unit.size; i++) if (items[i]) items[i].hidden = !visible.has(i);
    unit.element.querySelector(":scope > .foot").hidden = shown.length === mine.length;
  }
  function tellPaper(total) {
    const listed = found.reduce((n, hits) => n + hits.filter((i) => items[i] && !items[i].hidden).length, 0);
    $("paper").hidden = listed >= total;
    $("paper").textContent = say("part", { n: listed, all: total });
  }
  function fail(error) {
    $("none").textContent = typeof DecompressionStream === "undefined" ? index.texts.unpack : String(error);
    $("none").hidden = false;
  }
  const redraw = (work) => work().catch(fail);

  function read() {
    wanted = { q: form.q.value, severity: [...form.querySelectorAll("[name=severity]:checked")].map((e) => e.value),
      namespace: form.namespace.value, trait: form.trait.value };
    const address = new URLSearchParams();
    for (const [key, value] of Object.entries(wanted)) if (value.length) address.set(key, String(value));
    history.replaceState(null, "", "#" + address);
  }
  function write() {
    form.q.value = wanted.q;
    for (const e of form.querySelectorAll("[name=severity]")) e.checked = wanted.severity.includes(e.value);
    form.namespace.value = wanted.namespace;
    form.trait.value = wanted.trait;
  }
  let timer = 0;
  form.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(() => { read(); redraw(search); }, haystack ? 60 : 0); });
  form.addEventListener("submit", (e) => e.preventDefault());
  form.addEventListener("reset", (e) => { e.preventDefault(); wanted = empty(); write(); read(); redraw(search); form.q.focus(); });
  document.addEventListener("keydown", (e) => {
    if (e.key === "/" && !e.ctrlKey && !e.metaKey && !e.altKey && !/^(INPUT|SELECT|TEXTAREA)$/.test(e.target.tagName)) { e.preventDefault(); form.q.focus(); }
  });

  // The address: a filter, an exposure (#exp-…), or any other place in the page.
  async function follow() {
    const hash = location.hash.slice(1);
    const i = index.uids.indexOf(hash);
    if (i >= 0) return reveal(i);
    if (hash.includes("=")) {
      const address = new URLSearchParams(hash);
      wanted = { q: address.get("q") || "", severity: (address.get("severity") || "").split(",").filter(Boolean),
        namespace: address.get("namespace") || "", trait: address.get("trait") || "" };
      write();
      await search();
      $("exposures").scrollIntoView();
      return;
    }
    if (!found.length) await search();
    const e = hash && $(hash);
    if (e && e.matches("details")) e.open = true;
  }
  async function reveal(i) {
    const unit = unitOf[i];
    if (filtered() || !found.length) { wanted = empty(); write(); await search(); }
    await showUnit(unit, i);
    unit.element.hidden = false;
    if (unit.element !== items[i]) { unit.element.open = true; await showItem(unit, i); }
    items[i].hidden = false;
    items[i].open = true;
    items[i].scrollIntoView();
  }
  addEventListener("hashchange", () => redraw(follow));

  // Clicks: more of a list, and all exposures with a trait.
  document.addEventListener("click", (e) => {
    const button = e.target.closest("button");
    if (!button) return;
    if (button.dataset.trait) { wanted = { ...empty(), trait: button.dataset.trait }; write(); read(); redraw(search); $("exposures").scrollIntoView(); return; }
    if (!button.matches(".more")) return;
    const group = button.closest(".group");
    if (group) { const unit = units[group.dataset.unit]; unit.limit += 200; redraw(() => drawGroup(unit)); return; }
    sections[button.closest("[data-section]").dataset.section].limit += 100;
    redraw(draw);
  });
  document.addEventListener("toggle", (e) => {
    if (e.target.open && e.target.matches(".group")) redraw(() => drawGroup(units[e.target.dataset.unit]));
  }, true);
  redraw(follow);
})();
