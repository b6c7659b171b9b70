"use strict";
// Works on what the page has without it: sorts tables, shows samples by epoch, highlights labels.
// What is chosen is in the address, as #at=ANCHOR&sort=TABLE:COLUMN:down&all=TABLE&label=…

const state = new URLSearchParams();
const all = (selector, within = document) => [...within.querySelectorAll(selector)];

function keep(key, value) {
  if (value === null || value === "") state.delete(key);
  else state.set(key, value);
  const text = state.toString();
  history.replaceState(null, "", text ? `#${text}` : location.pathname + location.search);
}

function made(name, properties = {}, ...children) {
  const element = Object.assign(document.createElement(name), properties);
  element.append(...children);
  return element;
}

// ---------------------------------------------------------------- tables

const tables = new Map();

class Sorted {
  constructor(section) {
    this.name = section.id.replace(/^table-/, "");
    this.headings = all("thead th", section);
    this.body = section.querySelector("tbody");
    this.rows = all("tr", this.body);
    this.headings.forEach((heading, place) => {
      const button = made("button", { type: "button" }, ...heading.childNodes);
      button.addEventListener("click", () => this.next(place));
      heading.append(button);
    });
    this.select = made("select", {});
    this.select.append(made("option", { value: "" }, "order of the grid"));
    this.headings.forEach((heading, place) => {
      const title = heading.innerText.replace(/\s+/g, " ");
      this.select.append(made("option", { value: `${place}:up` }, `${title}, ascending`));
      this.select.append(made("option", { value: `${place}:down` }, `${title}, descending`));
    });
    this.select.addEventListener("change", () => {
      const [place, way] = this.select.value.split(":");
      this.by(way ? Number(place) : null, way);
    });
    const label = made("label", { className: "sorting" }, "Sort by ", this.select);
    section.querySelector(".fit").prepend(label);
    this.more = section.querySelector(".more");
    this.more?.addEventListener("change", () => keep(`all-${this.name}`, this.more.checked ? "1" : ""));
    tables.set(this.name, this);
  }

  next(place) {
    const now = this.headings[place].getAttribute("aria-sort");
    if (now === "descending") this.by(null);
    else this.by(place, now === "ascending" ? "down" : "up");
  }

  by(place, way) {
    const sign = way === "down" ? -1 : 1;
    const key = (row) => row.children[place].dataset.sort;
    const order = (a, b) => {
      const [x, y] = [key(a), key(b)];
      if (x === "" || y === "") return (x === "") - (y === "");
      const numbers = Number(x) - Number(y);
      return sign * (Number.isNaN(numbers) ? x.localeCompare(y) : numbers);
    };
    this.headings.forEach((heading) => heading.removeAttribute("aria-sort"));
    if (place !== null) {
      this.headings[place].setAttribute("aria-sort", way === "down" ? "descending" : "ascending");
    }
    this.body.append(...(place === null ? this.rows : [...this.rows].sort(order)));
    this.select.value = place === null ? "" : `${place}:${way}`;
    keep(`sort-${this.name}`, place === null ? "" : `${this.headings[place].dataset.key}:${way}`);
  }

  restore() {
    const [key, way] = (state.get(`sort-${this.name}`) ?? "").split(":");
    const place = this.headings.findIndex((heading) => heading.dataset.key === key);
    if (place >= 0) this.by(place, way === "down" ? "down" : "up");
    if (this.more && state.get(`all-${this.name}`)) this.more.checked = true;
  }
}

// ---------------------------------------------------------------- labels

function highlight(label) {
  document.body.classList.toggle("highlighting", label !== null);
  for (const element of all("[data-label]")) {
    element.classList.toggle("lit", element.dataset.label === label);
  }
}

function labels() {
  const of = (event) => event.target.closest?.("[data-label]")?.dataset.label ?? null;
  const pinned = () => state.get("label");
  for (const name of all(".name")) {
    name.tabIndex = 0;
    name.setAttribute("role", "button");
    name.title = "Highlights this configuration everywhere; click or press Enter to keep it.";
  }
  const follow = (event) => highlight(of(event) ?? pinned());
  const pin = (label) => {
    keep("label", pinned() === label ? "" : label);
    for (const name of all(".name")) name.setAttribute("aria-pressed", name.dataset.label === pinned());
    highlight(pinned());
  };
  document.addEventListener("pointerover", follow);
  document.addEventListener("focusin", follow);
  document.addEventListener("focusout", () => highlight(pinned()));
  document.addEventListener("click", (event) => {
    const name = event.target.closest(".name, svg [data-label]");
    if (name) pin(name.dataset.label);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && pinned()) pin(pinned());
    if (!event.target.matches(".name") || !["Enter", " "].includes(event.key)) return;
    event.preventDefault();
    pin(event.target.dataset.label);
  });
}

// ---------------------------------------------------------------- the address

function restore() {
  const text = location.hash.slice(1);
  if (!text.includes("=")) {
    // A link of the contents: the browser is there already; what was chosen stays in the address.
    if (text) keep("at", decodeURIComponent(text));
    return;
  }
  for (const key of [...state.keys()]) state.delete(key);
  for (const [key, value] of new URLSearchParams(text)) state.set(key, value);
  tables.forEach((table) => table.restore());
  highlight(state.get("label"));
  document.getElementById(state.get("at"))?.scrollIntoView();
}

document.documentElement.classList.add("scripted");
all("section.table").forEach((section) => new Sorted(section));
labels();
restore();
addEventListener("hashchange", restore);
