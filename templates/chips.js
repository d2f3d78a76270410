"use strict";
// ---- strips of faces: long ones are drawn only near the window; one Tab stop each; selecting
(() => {
  const { data, el } = cv;
  const ALL = 150; // longest strip that is drawn whole, cells
  const AHEAD = 400; // px drawn beyond the window, above and below

  // ---- what is selected: tracks, or whole people
  const picked = (cv.picked = { tracks: new Set(), people: new Set(), listeners: [] });
  picked.any = () => picked.tracks.size + picked.people.size > 0;
  const notify = () => {
    for (const cell of document.querySelectorAll(".cell")) mark(cell);
    document.documentElement.classList.toggle("picking", picked.tracks.size > 0);
    for (const listener of picked.listeners) listener();
  };
  picked.set = (tracks, on) => {
    for (const track of tracks) picked.tracks[on ? "add" : "delete"](track);
    if (on) picked.people.clear();
    notify();
  };
  picked.person = (label, on) => {
    picked.people[on ? "add" : "delete"](label);
    if (on) picked.tracks.clear();
    notify();
  };
  picked.clear = () => {
    picked.tracks.clear();
    picked.people.clear();
    notify();
  };
  const isPicked = (cell) => cell.facts.tracks.every((track) => picked.tracks.has(track));
  const mark = (cell) => {
    const on = isPicked(cell);
    if (cell.classList.contains("picked") === on) return;
    cell.classList.toggle("picked", on);
    cell.querySelector(".tick").setAttribute("aria-pressed", String(on));
  };

  // ---- one face. facts: { chip, tracks, tc, alt, caption, badge, title }
  const draw = (strip, i) => {
    const facts = strip.cells[i];
    const { badge } = facts;
    const chip = el(
      "button",
      {
        class: "chip",
        type: "button",
        tabindex: i === strip.at ? 0 : -1,
        "aria-description": facts.title || null,
        "aria-label": facts.alt,
      },
      cv.img(facts.chip, 88),
      badge && el("span", { class: `badge ${badge.kind}` }, badge.words),
      facts.more && el("span", { class: "more-of", "aria-hidden": "true" }, `+${facts.more}`),
    );
    const cell = el(
      "li",
      { class: facts.first ? "cell first" : "cell" },
      chip,
      el("button", {
        class: "tick",
        type: "button",
        tabindex: -1,
        "aria-pressed": "false",
        "aria-label": `Select ${facts.alt}`,
      }),
      el("button", { class: "tc", type: "button", tabindex: -1, title: cv.playWords }, facts.tc),
      el("span", { class: "caption" }, facts.caption),
    );
    cell.facts = facts;
    cell.strip = strip;
    cell.at = i;
    mark(cell);
    return cell;
  };

  class Strip {
    constructor(cells, label, small = false) {
      this.cells = cells;
      this.at = 0;
      this.root = el("ol", { class: small ? "chips small" : "chips", "aria-label": label });
      this.from = this.to = 0;
      if (cells.length <= ALL) this.show(0, cells.length);
      else windows.add(this);
    }

    get columns() {
      return Math.max(1, getComputedStyle(this.root).gridTemplateColumns.split(" ").length);
    }

    show(from, to) {
      if (this.from === from && this.to === to && this.root.childElementCount) return;
      const active = this.root.contains(document.activeElement);
      [this.from, this.to] = [from, to];
      this.root.replaceChildren();
      for (let i = from; i < to; i++) this.root.append(draw(this, i));
      if (active) this.chip(this.at)?.focus({ preventScroll: true });
    }

    // Draw what is near the window and leave space for the rest.
    look() {
      const box = this.root.getBoundingClientRect();
      if (!this.root.isConnected || !box.width) return;
      if (!this.height) {
        this.show(0, 1);
        this.height = this.root.firstElementChild.getBoundingClientRect().height + 8; // the gap
      }
      const { columns, height } = this;
      const rows = Math.ceil(this.cells.length / columns);
      const row = (y) => Math.min(rows, Math.max(0, Math.floor((y - box.top) / height)));
      const [first, last] = [row(-AHEAD), Math.min(rows, row(innerHeight + AHEAD) + 1)];
      this.root.style.height = `${rows * height}px`;
      this.root.style.paddingTop = `${first * height}px`;
      this.show(first * columns, Math.min(this.cells.length, last * columns));
    }

    chip(i) {
      return i >= this.from && i < this.to
        ? this.root.children[i - this.from]?.querySelector(".chip")
        : null;
    }

    // Move the strip's Tab stop.
    stop(i) {
      this.chip(this.at)?.setAttribute("tabindex", "-1");
      this.at = i;
      this.chip(i)?.setAttribute("tabindex", "0");
    }

    go(i) {
      const to = Math.min(this.cells.length - 1, Math.max(0, i));
      this.stop(to);
      if (!this.chip(to)) {
        const top = this.root.getBoundingClientRect().top + scrollY;
        scrollTo({
          top: top + Math.floor(to / this.columns) * this.height - innerHeight / 2,
          behavior: "instant",
        });
        this.look();
      }
      const chip = this.chip(to);
      chip?.setAttribute("tabindex", "0");
      chip?.focus();
    }
  }
  cv.Strip = Strip;
  const windows = new Set();
  let waiting = false;
  cv.lookAround = () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      for (const strip of windows) {
        if (strip.root.isConnected) strip.look();
      }
    });
  };
  cv.forget = (strip) => windows.delete(strip);
  addEventListener("scroll", cv.lookAround, { passive: true });
  addEventListener("resize", cv.lookAround);

  const moves = {
    ArrowLeft: (strip) => strip.at - 1,
    ArrowRight: (strip) => strip.at + 1,
    ArrowUp: (strip) => (strip.at < strip.columns ? strip.at : strip.at - strip.columns),
    ArrowDown: (strip) =>
      strip.at + strip.columns < strip.cells.length ? strip.at + strip.columns : strip.at,
    Home: () => 0,
    End: (strip) => strip.cells.length - 1,
  };
  let from = null; // where a range begins
  const range = (cell) => {
    const [a, b] = [from.at, cell.at].sort((x, y) => x - y);
    picked.set(
      cell.strip.cells.slice(a, b + 1).flatMap((facts) => facts.tracks),
      true,
    );
  };
  const toggle = (cell, extend) => {
    if (extend && from?.strip === cell.strip) return range(cell);
    from = cell;
    picked.set(cell.facts.tracks, !isPicked(cell));
  };
  document.addEventListener("keydown", (event) => {
    const cell = event.target.closest?.(".chip")?.parentElement;
    if (!cell || event.altKey || event.ctrlKey || event.metaKey) return;
    const move = moves[event.key];
    if (move) {
      event.preventDefault();
      const next = move(cell.strip);
      if (event.shiftKey) {
        from ??= cell;
        cell.strip.go(next);
        const to = document.activeElement.closest(".cell");
        if (to && from.strip === to.strip) range(to);
      } else cell.strip.go(next);
    } else if (event.key === " " || event.key === "x") {
      event.preventDefault();
      toggle(cell, event.shiftKey);
    } else if (event.key === "c") cv.copy(cell.facts.tc);
  });
  document.addEventListener("click", (event) => {
    const cell = event.target.closest?.(".cell");
    if (!cell) return;
    if (event.target.closest(".tc")) cv.playOrCopy(data.chips.pts[cell.facts.chip], cell.facts.tc);
    else if (event.target.closest(".tick") || picked.tracks.size || event.shiftKey)
      toggle(cell, event.shiftKey);
    else if (event.target.closest(".chip"))
      cv.view(
        cell.strip.cells.map((facts) => facts.chip),
        cell.at,
      );
  });

  // ---- on hover: the torso, and the face's place on the timeline
  const hover = (event) => {
    const chip = event.target.closest?.(".chip");
    for (const mark of document.querySelectorAll(".here.on")) mark.classList.remove("on");
    if (!chip) return;
    const { facts } = chip.parentElement;
    const line = chip.closest(".card")?.querySelector(".bar .here");
    if (line && facts.chip >= 0) {
      const x = `${cv.place(data.chips.pts[facts.chip])}%`;
      line.setAttribute("x1", x);
      line.setAttribute("x2", x);
      line.classList.add("on");
    }
    const torso = cv.torso(facts.chip);
    if (event.pointerType === "touch" || (!torso && !facts.title)) return cv.hideTip();
    const box = chip.getBoundingClientRect();
    cv.tipAt(box, box.left + box.width / 2, torso ? [torso] : [], facts.title ?? facts.alt);
    const img = cv.$("tip").querySelector("img");
    if (img) img.onerror = () => img.remove();
  };
  document.addEventListener("pointerover", hover);
  document.addEventListener("focusin", hover);
  document.addEventListener("focusin", ({ target }) => {
    const cell = target.closest?.(".cell");
    if (cell) cell.strip.stop(cell.at);
  });
})();
