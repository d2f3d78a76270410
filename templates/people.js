"use strict";
// ---- people: a card each, filled when it comes near the window
(() => {
  const { data, el, $, store } = cv;
  const PREVIEW = 20; // faces before one asks for all
  const NEAR = 700; // px from the window at which a card is filled

  const clothing = data.clothing;
  cv.cellOf = (chip, tracks, extra = {}) => {
    const track = data.chips.track[chip];
    const state = store.cast.state;
    const byHand = state.byHand.has(track);
    const note = byHand ? null : clothing[track];
    const sure = cv.percent(cv.confidence(state, track));
    const label = state.labels[track];
    const whose = label >= 0 ? store.cast.byLabel.get(label).name : "Unknown";
    const reason = note ? note[2] : byHand ? "Placed by you." : "";
    return {
      chip,
      tracks,
      tc: data.chips.tc[chip],
      alt: `${whose} at ${data.chips.tc[chip]}`,
      sure: label >= 0 ? sure : "",
      badge: byHand ? { kind: "hand", words: "by you" } : note && { kind: note[0], words: note[1] },
      title: label >= 0 ? `${sure} sure. ${reason}`.trim() : reason,
      ...extra,
    };
  };
  const spread = (list, count) =>
    list.length <= count ? list : list.filter((_, i) => Math.floor((i * count) / list.length) !== Math.floor(((i - 1) * count) / list.length));
  const short = (who) =>
    spread(who.appearances.filter((span) => cv.chipOfSpan(span) >= 0), PREVIEW).map((span) => {
      const kept = span.tracks.flatMap((track) => cv.chipsOf[track]).filter(cv.shown).length;
      return cv.cellOf(cv.chipOfSpan(span), span.tracks, { first: true, more: kept > 1 ? kept - 1 : 0 });
    });
  const long = (who) => {
    const begins = new Set(who.appearances.map((span) => span.tracks[0]));
    const met = new Set();
    return who.chips.filter(cv.shown).map((chip) => {
      const track = data.chips.track[chip];
      const first = begins.has(track) && !met.has(track);
      met.add(track);
      return cv.cellOf(chip, [track], { first });
    });
  };

  const table = (who) => {
    const body = el("tbody");
    const details = el(
      "details",
      { ontoggle: () => body.childElementCount || fillTable(body, who) },
      el("summary", {}, "Table of appearances"),
      el("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": `Appearances of ${who.name}` },
        el("table", {}, el("thead", {}, el("tr", {}, ["#", "In", "Out", "Duration", "Shot"].map((name) => el("th", { scope: "col" }, name)))), body)),
      el("p", { class: "hint" }, "Out is the first frame after the appearance. Click a timecode to copy it."),
    );
    return details;
  };
  const fillTable = (body, who) =>
    body.append(
      ...who.appearances.map((span, i) => {
        const tc = (text) => el("td", {}, el("button", { class: "tc", type: "button", onclick: () => cv.copy(text) }, text));
        return el("tr", {}, el("td", {}, i + 1), tc(cv.startOf(span)), tc(cv.endOf(span)), el("td", {}, cv.lengthOf(span)), el("td", {}, span.shot));
      }),
    );

  const menu = (who) => {
    const item = (name, key, act, why) =>
      el("button", { class: "quiet", type: "button", title: `${why} (${key})`, "data-key": `${key}-${who.label}`, onclick: () => act(who.label) }, name);
    return el(
      "p",
      { class: "acts" },
      item("Merge", "m", cv.mergeWith, "Put together with another person"),
      who.tracks.length > 1 && item("Split", "s", cv.splitInTwo, "Propose the best cut in two"),
      who.hidden ? item("Show", "h", cv.showAgain, "Take back among the people") : item("Hide", "h", cv.hidePerson, "Leave out of the exports"),
    );
  };
  const naming = (who) =>
    el("button", { class: "name", type: "button", "data-key": `name-${who.label}`, title: "Rename (e)", onclick: (event) => cv.rename(who.label, event.currentTarget.parentElement) }, who.name);
  const clothed = (who) => {
    const kinds = new Map();
    for (const span of who.appearances) {
      const words = new Set(span.tracks.filter((t) => clothing[t] && !store.cast.state.byHand.has(t)).map((t) => clothing[t][0]));
      for (const kind of words) kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
    }
    return [...kinds].map(([kind, n]) => el("span", {}, `${n} of ${who.appearances.length} ${kind} by clothing`));
  };
  const identity = (who) => {
    const side = el("input", { type: "checkbox", class: "pick", "aria-label": `Select ${who.name}`, "data-key": `pick-${who.label}`, onchange: (e) => cv.picked.person(who.label, e.target.checked) });
    side.checked = cv.picked.people.has(who.label);
    return el(
      "div",
      { class: "id" },
      el("div", { class: "portrait" }, el("button", { class: "cover", type: "button", "aria-label": `${who.name}, cover picture`, onclick: () => who.chips.length && cv.view(who.chips.filter(cv.shown), Math.max(0, who.chips.filter(cv.shown).indexOf(who.cover))) }, cv.img(who.cover, 160)), side),
      el(
        "div",
        {},
        el("h3", { id: `name-${who.label}` }, naming(who)),
        el("p", { class: "time" }, el("b", {}, cv.spoken(who.time)), " ", el("span", {}, `${cv.share(who.time)} of the episode`)),
        el("p", { class: "more" }, el("span", {}, cv.plural(who.appearances.length, "appearance")), clothed(who),
          el("span", { class: "sure", title: "How likely a face of this card is this person, on average. A probability, measured on labelled clips; they vouch for 95 % at most. What you placed counts as certain. Whether the person has a second card is another question." }, `confidence ${cv.percent(who.confidence)}`)),
        menu(who),
      ),
    );
  };
  cv.share = (time) => {
    const part = (100 * time) / data.length_s;
    if (part > 0 && part < 0.1) return "< 0.1 %";
    return part > 0 && part < 9.95 ? `${part.toFixed(1)} %` : `${Math.round(part)} %`;
  };

  class Card {
    constructor(label) {
      this.open = false;
      this.root = el("article", { class: "panel card", tabindex: -1, "data-label": label, "aria-labelledby": `name-${label}` });
      this.root.card = this;
      watcher.observe(this.root);
    }

    set(who) {
      if (this.who === who) return;
      this.who = who;
      this.root.id = who.id;
      this.root.className = `panel card c${(who.number - 1) % 8}`;
      cv.keepingFocus(() => {
        this.root.replaceChildren(identity(who));
        this.body = null;
        if (this.near) this.fill();
      });
    }

    fill() {
      if (this.body) return;
      const { who } = this;
      const all = who.chips.filter(cv.shown);
      const folded = short(who);
      const needsAll = all.length > folded.length;
      this.strip = new cv.Strip(this.open && needsAll ? long(who) : folded, `Faces of ${who.name} in time order`);
      const missing = who.chips.length - all.length;
      const more = needsAll && el("button", { class: "quiet", type: "button", "aria-expanded": String(this.open), "data-key": `all-${who.label}`, onclick: () => this.unfold(!this.open) }, this.open ? "Show one face an appearance" : `Show all ${all.length.toLocaleString("en")} faces`);
      const left = missing > 0 && el("span", { title: "Left out to keep this page small. Every picture is in the folder chips/ beside it." }, `+ ${missing.toLocaleString("en")} more`);
      this.body = el(
        "div",
        { class: "body" },
        cv.bar(who.appearances, `Timeline of ${who.name}: ${cv.plural(who.appearances.length, "appearance")}; the table below lists them`),
        this.strip.root,
        (more || left) && el("p", { class: "under" }, more, left),
        table(who),
      );
      this.root.append(this.body);
      this.root.style.minHeight = "";
      cv.lookAround();
    }

    empty() {
      if (!this.body || this.root.contains(document.activeElement)) return;
      this.root.style.minHeight = `${this.root.offsetHeight}px`;
      cv.forget(this.strip);
      this.body.remove();
      this.body = null;
    }

    unfold(open) {
      this.open = open;
      cv.keepingFocus(() => {
        this.body?.remove();
        this.body = null;
        this.fill();
      });
    }
  }
  const watcher = new IntersectionObserver(
    (entries) => {
      for (const { isIntersecting, target } of entries) {
        target.card.near = isIntersecting;
        if (isIntersecting) target.card.fill();
        else target.card.empty();
      }
    },
    { rootMargin: `${NEAR}px 0px` },
  );

  const cards = new Map();
  addEventListener("resize", () => {
    for (const card of cards.values()) card.root.style.minHeight = "";
  });
  cv.cardOf = (label) => cards.get(label)?.root;
  cv.drawCards = (people) => {
    const roots = people.map((who) => {
      if (!cards.has(who.label)) cards.set(who.label, new Card(who.label));
      const card = cards.get(who.label);
      card.set(who);
      return card.root;
    });
    for (const [label, card] of cards) {
      if (store.cast.byLabel.has(label)) continue;
      watcher.unobserve(card.root);
      card.root.remove();
      cards.delete(label);
    }
    const host = $("cards");
    roots.forEach((root, i) => {
      if (host.children[i] !== root) host.insertBefore(root, host.children[i] ?? null);
    });
    for (const card of cards.values()) if (!roots.includes(card.root)) card.root.remove();
  };
  cv.unfoldAll = (open) => {
    for (const card of cards.values()) {
      card.open = open;
      if (card.body) card.unfold(open);
    }
  };
  addEventListener("beforeprint", () => {
    for (const card of cards.values()) card.fill();
    cv.showPictures();
  });
})();
