// Follows the builder: shows its last good build, and over it what is wrong with the last one.
"use strict";

const BLOCKS = "h1, h2, h3, h4, h5, h6, p, li, dt, dd, tr, caption, figcaption, pre"; // as places.py has them
const STAGES = { read: "Reading", set: "Setting", beside: "Writing citations", prove: "Reading back" };
const byId = (id) => document.getElementById(id);
const pages = byId("pages");
let shown = { version: 0 };
let frame = null;
let places = []; // of what the frame shows
let printed = []; // of the web page that goes with the PDF
let drafted = false; // the frame shows a page whose PDF is still to come
let asked = 0; // pages, of which the last is to be shown
let waiting = false; // the last was such a page
let marked = null;

function make(name, text, kind) {
  const element = document.createElement(name);
  element.textContent = text;
  if (kind) element.className = kind;
  return element;
}

const count = (number, word) => `${number.toLocaleString("en")} ${word}${number === 1 ? "" : "s"}`;

// What stands at the top of the view: the block, and by how much it is scrolled out of it.
function anchor(view) {
  const blocks = [...view.document.querySelectorAll(BLOCKS)];
  const index = blocks.findIndex((block) => block.getClientRects().length && block.getBoundingClientRect().bottom > 0);
  if (index < 0 || view.scrollY === 0) return null;
  return { index, text: blocks[index].textContent, top: blocks[index].getBoundingClientRect().top, scroll: view.scrollY };
}

// The block that says the same, the nearest where several do; where none does, the page stays as far down as it was.
function restore(view, kept) {
  if (!kept) return;
  const same = [...view.document.querySelectorAll(BLOCKS)]
    .map((block, index) => ({ block, away: Math.abs(index - kept.index) }))
    .filter(({ block }) => block.textContent === kept.text)
    .sort((one, other) => one.away - other.away);
  const top = same.length ? view.scrollY + same[0].block.getBoundingClientRect().top - kept.top : kept.scroll;
  view.scrollTo({ top, behavior: "instant" });
}

function tell(index, known) {
  const place = index === null ? null : known[index];
  const footer = byId("place");
  footer.replaceChildren();
  if (!place) {
    footer.append(make("p", "These words are the program's own."));
    return;
  }
  const copy = make("button", "Copy");
  copy.type = "button";
  copy.addEventListener("click", () => navigator.clipboard.writeText(place.where));
  footer.append(make("p", place.where, "where"), make("p", place.text, "text"), copy);
}

// Lay a mark over a block of the web page; from the PDF, bring the block into view.
function mark(index, bring) {
  if (marked) marked.style.outline = "";
  marked = index === null || !frame ? null : frame.contentDocument.querySelectorAll(BLOCKS)[index];
  if (!marked) return;
  marked.style.outline = "2px solid #3b7ddd";
  if (bring) marked.scrollIntoView({ block: "center" });
}

function clicked(event) {
  const link = event.target.closest("a[href]");
  if (link && link.origin !== location.origin) {
    event.preventDefault();
    window.open(link.href, "_blank", "noopener");
    return;
  }
  const block = event.target.closest(BLOCKS);
  if (!block || link) return;
  const index = [...frame.contentDocument.querySelectorAll(BLOCKS)].indexOf(block);
  mark(index, false);
  tell(index, places);
}

async function pointed(event, number) {
  const box = event.target.getBoundingClientRect();
  const x = (event.clientX - box.left) / box.width;
  const y = (event.clientY - box.top) / box.height;
  const index = await (await fetch(`pages/${number}?x=${x}&y=${y}`)).json();
  if (!drafted) mark(index, true);
  tell(index, printed);
}

// The new page is laid out behind the old one, brought to the same place, and only then shown.
function showPage(address, placesAddress, shownAs) {
  const number = ++asked;
  const next = document.createElement("iframe");
  next.title = "Web page";
  next.sandbox = "allow-same-origin allow-scripts"; // neither forms nor popups; scripts as the server's policy says
  next.className = "waiting";
  next.src = address;
  next.addEventListener("load", async () => {
    if (number !== asked) { next.remove(); return; }
    const found = await (await fetch(placesAddress)).json();
    await next.contentDocument.fonts.ready;
    if (number !== asked) { next.remove(); return; }
    places = found;
    const kept = frame ? anchor(frame.contentWindow) : null;
    restore(next.contentWindow, kept);
    next.contentDocument.addEventListener("click", clicked);
    frame?.remove();
    frame = next;
    marked = null;
    next.className = "";
    shownAs();
  });
  byId("page").append(next);
}

function showDraft(state) {
  waiting = true;
  showPage(`draft?v=${state.draft}`, "draft/places", () => {
    drafted = true;
    document.body.dataset.draft = state.draft;
  });
}

function showBuilt(state) {
  waiting = false;
  showPage(`dist/${encodeURIComponent(state.files.html)}?v=${state.version}`, "places", () => {
    drafted = false;
    printed = places;
    document.body.dataset.version = state.version;
  });
}

function showPages(state) {
  state.pages.forEach(([width, height], index) => {
    let image = pages.children[index];
    if (!image) {
      image = document.createElement("img");
      image.loading = "lazy";
      image.addEventListener("click", (event) => pointed(event, index + 1));
      pages.append(image);
    }
    image.alt = `Page ${index + 1}`;
    image.width = Math.round(width);
    image.height = Math.round(height);
    const wide = Math.ceil(Math.min(900, pages.clientWidth || 900) * devicePixelRatio);
    image.src = `pages/${index + 1}?width=${wide}&v=${state.version}`;
  });
  while (pages.children.length > state.pages.length) pages.lastChild.remove();
}

function showProblems(state) {
  const errors = state.problems.filter((problem) => problem.severity === "error").length;
  const warnings = state.problems.length - errors;
  const said = [errors && count(errors, "error"), warnings && count(warnings, "warning")].filter(Boolean).join(", ");
  const list = state.problems.map((problem) => {
    const item = document.createElement("li");
    const head = make("p", "");
    head.append(make("span", problem.where, "where"), " ", make("span", problem.severity, problem.severity), ` [${problem.code}]`);
    item.append(head, make("p", problem.text), make("p", problem.hint, "hint"));
    return item;
  });
  const panel = byId("problems");
  panel.querySelector("h2").textContent = said;
  panel.querySelector("ol").replaceChildren(...list);
  byId("kept").hidden = state.ok || !state.version;
  const button = byId("warnings");
  button.hidden = !said;
  button.textContent = said;
  button.className = errors ? "fail" : "";
  open(errors > 0 || (!panel.hidden && warnings > 0 && shown.errors === 0));
  shown.errors = errors;
}

function open(yes) {
  byId("problems").hidden = !yes;
  byId("warnings").setAttribute("aria-expanded", String(yes));
}

function showWords(state) {
  const limit = (state.requirements ?? []).find((item) => item.name === "words");
  const words = state.counts?.words;
  const asked = limit && `${limit.found} words (asked: ${limit.asked.split(" (")[0]})`;
  byId("words").textContent = asked ?? (words === undefined ? "" : count(words, "word"));
  byId("words").title = limit?.asked ?? "";
  byId("words").className = limit?.state ?? "";
}

function show(state) {
  byId("status").textContent = state.building ? `${STAGES[state.building] ?? `Printing ${state.building.toUpperCase()}`} …` : state.ok ? "" : "Not built";
  if (state.building) {
    if (state.version && state.version === shown.version && state.draft !== shown.draft) showDraft(state);
    shown = { ...shown, draft: state.draft };
    return;
  }
  if (state.version && state.version !== shown.version) {
    shown = { ...shown, version: state.version };
    document.title = state.files.pdf.replace(/\.pdf$/, "");
    byId("name").textContent = document.title;
    showPages(state);
    showBuilt(state);
  } else if (waiting) { // the build came to nothing
    showBuilt(state);
  }
  if (state.ok) showWords(state);
  showProblems(state);
  document.body.dataset.builds = Number(document.body.dataset.builds ?? 0) + 1;
}

document.querySelectorAll(".views button").forEach((button) => {
  button.addEventListener("click", () => {
    document.body.dataset.view = button.dataset.view;
    document.querySelectorAll(".views button").forEach((other) => other.setAttribute("aria-pressed", String(other === button)));
  });
});
byId("warnings").addEventListener("click", () => open(byId("problems").hidden));
byId("close").addEventListener("click", () => open(false));
document.addEventListener("keydown", (event) => { if (event.key === "Escape") open(false); });

const news = new EventSource("events");
news.addEventListener("message", (event) => show(JSON.parse(event.data)));
news.addEventListener("error", () => { byId("status").textContent = "The builder has stopped"; });
