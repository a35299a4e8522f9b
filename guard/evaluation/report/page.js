"use strict";
// Texts come from inert JSON and are set as text, never as markup. A case's texts are parsed when it is opened.
(() => {
  const ROWS = 25;
  const read = (id) => JSON.parse(document.getElementById(id).textContent);
  const { where, part, cases } = read("index");
  const form = document.getElementById("filters");
  const list = document.getElementById("list");
  const pager = document.getElementById("pager");
  const card = document.getElementById("card").content;
  const field = (name) => form.elements.namedItem(name);
  const parts = new Map();
  let found = [];
  let page = 0;

  const whole = (n) => {
    const id = Math.floor(n / part);
    if (!parts.has(id)) parts.set(id, read(`part-${id}`));
    return parts.get(id)[n % part];
  };

  const make = (name, className, ...inside) => {
    const node = document.createElement(name);
    if (className) node.className = className;
    node.append(...inside);
    return node;
  };

  const pieces = (text) =>
    text.map(([words, label, kind]) => (label === undefined ? words : make("mark", kind, words, make("small", "", label))));

  const put = (node, place, ...inside) => node.querySelector(`[data-at="${place}"]`).replaceChildren(...inside);

  function fillSide(node, title, side) {
    put(node, "title", title);
    put(node, "said", side.said);
    put(node, "draft", ...pieces(side.draft));
    put(node, "reply", side.reply || "The draft, unchanged.");
    const shown = side.evidence.map((e) =>
      make("li", "", make("b", "", e.label.replaceAll("_", " ")), `, turn ${e.turn}: “${e.quote}”`));
    if (shown.length) put(node, "evidence", ...shown);
    return node;
  }

  function open(node, one, n) {
    const all = whole(n);
    put(node, "labelled", all.labelled);
    put(node, "now", one.error ? `error: ${one.error}` : one.said);
    put(node, "family", all.family);
    if (all.was) put(node, "was", all.was);
    put(node, "turns", ...all.turns.map((turn) =>
      make("li", `turn ${turn.role}`, make("b", "", turn.role), make("p", "text", ...pieces(turn.text)))));
    const blank = node.querySelector('[data-at="side"]');
    const sides = all.base === "same"
      ? [["Before and now, the same", all.candidate]].filter(([, side]) => side)
      : [["Before", all.base], ["Now", all.candidate]].filter(([, side]) => side);
    put(node, "sides", ...sides.map(([title, side]) => fillSide(blank.cloneNode(true), title, side)));
  }

  function row(n) {
    const one = cases[n];
    const node = card.firstElementChild.cloneNode(true);
    put(node, "id", one.id);
    const tag = (className, words) => make("span", `tag ${className}`, words);
    const flipped = new Set([...one.harmful, ...one.beneficial]);
    put(node, "tags",
      ...(one.error ? [tag("err", `error: ${one.error}`)] : []),
      ...one.harmful.map((flag) => tag("harm", `− ${flag}`)),
      ...one.beneficial.map((flag) => tag("gain", `+ ${flag}`)),
      ...one.bad.filter((flag) => !flipped.has(flag)).map((flag) => tag("", `not ${flag}`)),
      ...(one.error ? [] : [make("span", "says", one.said)]));
    let filled = false;
    node.addEventListener("toggle", () => {
      if (node.open && !filled) { filled = true; open(node, one, n); }
    });
    return node;
  }

  function draw() {
    const pages = Math.max(1, Math.ceil(found.length / ROWS));
    page = Math.min(Math.max(page, 0), pages - 1);
    list.replaceChildren(...found.slice(page * ROWS, (page + 1) * ROWS).map(row));
    if (found.length === 1) list.firstElementChild.open = true;
    form.querySelector("output").textContent = `${found.length.toLocaleString("en")} of ${cases.length.toLocaleString("en")} cases`;
    pager.hidden = pages === 1;
    pager.querySelector("span").textContent = `page ${page + 1} of ${pages}`;
    pager.querySelector('[name="back"]').disabled = page === 0;
    pager.querySelector('[name="on"]').disabled = page === pages - 1;
  }

  function choose() {
    const show = field("show").value;
    const flag = field("flag").value;
    const place = where.indexOf(field("in").value);
    const id = field("id").value.trim().toLowerCase();
    const facts = (one) => ({
      harmful: one.harmful, beneficial: one.beneficial, flips: [...one.harmful, ...one.beneficial], wrong: one.bad,
    })[show];
    found = cases.map((_, n) => n).filter((n) => {
      const one = cases[n];
      const told = facts(one);
      if (show === "error" && !one.error) return false;
      if (told && !(flag ? told.includes(flag) : told.length)) return false;
      if (show === "all" && flag && ![...one.harmful, ...one.beneficial, ...one.bad].includes(flag)) return false;
      if (place >= 0 && !one.in.includes(place)) return false;
      return !id || one.id.toLowerCase().includes(id);
    });
    page = 0;
    draw();
  }

  // A link may ask for cases: #show=wrong&flag=bad_caught&in=language%3Des, or #id=case-7.
  function follow() {
    const asked = new URLSearchParams(location.hash.slice(1));
    if (![...asked.keys()].some((name) => ["show", "flag", "in", "id"].includes(name) && asked.get(name))) return false;
    for (const [name, otherwise] of [["show", "all"], ["flag", ""], ["in", ""], ["id", ""]]) {
      field(name).value = asked.get(name) ?? otherwise;
    }
    choose();
    document.getElementById("cases").scrollIntoView();
    return true;
  }

  const groups = new Map();
  for (const name of where) {
    const dimension = name.slice(0, name.indexOf("="));
    if (!groups.has(dimension)) groups.set(dimension, make("optgroup", ""));
    groups.get(dimension).label = dimension;
    const option = make("option", "", name.slice(dimension.length + 1));
    option.value = name;
    groups.get(dimension).append(option);
  }
  field("in").append(...groups.values());

  form.hidden = false;
  form.addEventListener("input", choose);
  form.addEventListener("submit", (event) => event.preventDefault());
  const turn = (by) => { page += by; draw(); document.getElementById("cases").scrollIntoView(); };
  pager.querySelector('[name="back"]').addEventListener("click", () => turn(-1));
  pager.querySelector('[name="on"]').addEventListener("click", () => turn(1));
  addEventListener("hashchange", follow);
  if (!follow()) {
    if (cases.some((one) => one.harmful.length)) field("show").value = "harmful";
    choose();
  }
})();
