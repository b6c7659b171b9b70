"use strict";
// Works on what the page has without it: sorts tables, shows samples by epoch, highlights labels.
// What is chosen is in the address, as #at=ANCHOR&sort=TABLE:COLUMN:down&all=TABLE&label=…

// Its texts are in the page, in the page's language.
const texts = JSON.parse(document.getElementById("texts").text);
const said = (key, values = {}) => texts[key].replace(/{(\w+)}/g, (_, name) => values[name]);

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
    this.select.append(made("option", { value: "" }, said("grid-order")));
    this.headings.forEach((heading, place) => {
      const title = heading.innerText.replace(/\s+/g, " ");
      this.select.append(made("option", { value: `${place}:up` }, said("ascending", { title })));
      this.select.append(made("option", { value: `${place}:down` }, said("descending", { title })));
    });
    this.select.addEventListener("change", () => {
      const [place, way] = this.select.value.split(":");
      this.by(way ? Number(place) : null, way);
    });
    const label = made("label", { className: "sorting" }, `${said("sort-by")} `, this.select);
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

// ---------------------------------------------------------------- samples

const viewers = [];

class Viewer {
  constructor(section, place) {
    this.key = place ? `${place + 1}` : "";
    Object.assign(this, JSON.parse(section.querySelector('script[type="application/json"]').text));
    this.figures = all(".sheets figure", section);
    this.grid = section.querySelector(".sheets");
    this.slider = section.querySelector("input[type=range]");
    this.output = section.querySelector("output");
    this.seed = section.querySelector(".seed");
    this.sides = all(".side", section);
    this.play = section.querySelector(".play");
    this.timer = null;
    section.querySelector(".controls").hidden = false;
    for (const of of [this.play, this.slider.parentElement]) of.hidden = this.epochs.length < 2;
    this.slider.addEventListener("input", () => this.chosen());
    this.seed.addEventListener("change", () => this.chosen());
    this.sides.forEach((side) => side.addEventListener("change", () => this.chosen(side)));
    this.play.addEventListener("click", () => this.playing(this.timer === null));
    viewers.push(this);
    this.draw();
  }

  playing(on) {
    clearInterval(this.timer);
    this.timer = null;
    this.play.textContent = said(on ? "pause" : "play");
    if (!on) return;
    const last = this.epochs.length - 1;
    if (Number(this.slider.value) === last) this.at(0);
    this.timer = setInterval(() => {
      this.at(Number(this.slider.value) + 1);
      if (Number(this.slider.value) === last) this.playing(false);
    }, 700);
  }

  at(epoch) {
    this.slider.value = epoch;
    this.chosen();
  }

  chosen(side) {
    // A alone has nothing beside it: B is then the next configuration; without A, none is compared.
    const [a, b] = this.sides;
    if (side === a && a.value !== "" && (b.value === "" || b.value === a.value)) {
      b.value = String((Number(a.value) + 1) % this.labels.length);
    } else if (side === a && a.value === "") b.value = "";
    else if (side === b && b.value === "") a.value = "";
    else if (side === b && a.value === "") a.value = b.value === "0" ? "1" : "0";
    keep(`epoch${this.key}`, String(this.epochs[this.slider.value]));
    keep(`seed${this.key}`, String(this.seeds[this.seed.value]));
    for (const each of this.sides) keep(each.dataset.side + this.key, this.labels[each.value] ?? "");
    this.draw();
  }

  draw() {
    const [epoch, seed] = [Number(this.slider.value), Number(this.seed.value)];
    this.output.value = this.epochs[epoch];
    this.slider.setAttribute("aria-valuetext", said("epoch", { epoch: this.epochs[epoch] }));
    const two = this.sides.map((side) => side.value).filter((value) => value !== "").map(Number);
    this.grid.classList.toggle("two", two.length === 2);
    this.figures.forEach((figure, label) => {
      figure.hidden = two.length === 2 && !two.includes(label);
      figure.style.order = two.length === 2 ? two.indexOf(label) : "";
      const sheet = this.sheets[label][seed][epoch];
      const values = { label: this.labels[label], seed: this.seeds[seed], epoch: this.epochs[epoch] };
      const which = said("which", values);
      const image = figure.querySelector("img");
      image.style.visibility = sheet ? "" : "hidden";
      if (sheet) image.src = `data:image/webp;base64,${sheet[0]}`;
      image.alt = sheet ? said("alt", values) : "";
      figure.querySelector(".which").textContent = sheet
        ? [which, sheet[1]].filter(Boolean).join(", ")
        : said("no-samples", values);
    });
  }

  restore() {
    const place = (list, key) => list.map(String).indexOf(state.get(key + this.key) ?? "");
    const [epoch, seed] = [place(this.epochs, "epoch"), place(this.seeds, "seed")];
    if (epoch >= 0) this.slider.value = epoch;
    if (seed >= 0) this.seed.value = seed;
    for (const side of this.sides) {
      const label = place(this.labels, side.dataset.side);
      side.value = label < 0 ? "" : label;
    }
    this.draw();
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
    name.title = said("highlight");
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
  viewers.forEach((viewer) => viewer.restore());
  highlight(state.get("label"));
  document.getElementById(state.get("at"))?.scrollIntoView();
}

document.documentElement.classList.add("scripted");
all("section.table").forEach((section) => new Sorted(section));
all(".viewer").forEach((section, place) => new Viewer(section, place));
labels();
restore();
addEventListener("hashchange", restore);
