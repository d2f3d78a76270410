"use strict";
// ---- a card for each person, filled when it comes near the window
(() => {
  const { el, $, store } = cv;
  const NEAR = 700; // px from the window at which a card is filled

  class Card {
    constructor(label) {
      this.open = false;
      this.root = el("article", {
        class: "panel card",
        tabindex: -1,
        "data-label": label,
        "aria-labelledby": `name-${label}`,
        onfocusin: () => this.fill(), // the Tab key may outrun the observer
      });
      this.root.card = this;
      watcher.observe(this.root);
    }

    set(who) {
      if (this.who === who) return;
      this.who = who;
      this.root.id = who.id;
      this.root.className = `panel card c${(who.number - 1) % 8}`;
      cv.keepingFocus(() => {
        this.root.replaceChildren(cv.identity(who));
        this.body = null;
        if (this.near) this.fill();
      });
    }

    fill() {
      if (this.body) return;
      const { who } = this;
      const all = who.chips.filter(cv.shown);
      const folded = cv.facesOf(who, false);
      const needsAll = all.length > folded.length;
      this.strip = new cv.Strip(
        this.open && needsAll ? cv.facesOf(who, true) : folded,
        `Faces of ${who.name} in time order`,
      );
      const missing = who.chips.length - all.length;
      const more =
        needsAll &&
        el(
          "button",
          {
            class: "quiet",
            type: "button",
            "aria-expanded": String(this.open),
            "data-key": `all-${who.label}`,
            onclick: () => this.unfold(!this.open),
          },
          this.open
            ? "Show one face per appearance"
            : `Show all ${all.length.toLocaleString("en")} faces`,
        );
      const left =
        missing > 0 &&
        el(
          "span",
          {
            title:
              "Left out to keep this page small. All pictures are in the chips folder next to it.",
          },
          `+${missing.toLocaleString("en")} more`,
        );
      this.body = el(
        "div",
        { class: "body" },
        cv.bar(
          who.appearances,
          `Timeline of ${who.name}: ${cv.plural(who.appearances.length, "appearance")}; the table below lists them`,
        ),
        this.strip.root,
        (more || left) && el("p", { class: "under" }, more, left),
        cv.tableOf(who),
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
      if (store.result.byLabel.has(label)) continue;
      watcher.unobserve(card.root);
      card.root.remove();
      cards.delete(label);
    }
    cv.fill($("cards"), roots);
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
