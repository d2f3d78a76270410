"use strict";
// ---- dragging: faces onto a person to move them, a cover onto another to merge
(() => {
  const { el, $, store, picked } = cv;
  const FAR = 6; // px before a press becomes a drag
  const EDGE = 60; // px from the edge of the window at which it scrolls

  const dock = $("dock");
  let drag = null;
  let cancelled = false; // until the button is released

  const load = (target) => {
    const chip = target.closest?.(".chip");
    if (chip && !target.closest("dialog")) {
      const own = chip.parentElement.facts.tracks;
      const all = own.every((track) => picked.tracks.has(track)) ? [...picked.tracks] : own;
      return {
        tracks: all,
        picture: chip.querySelector("img")?.src,
        words: all.length > own.length ? cv.plural(all.length, "track") : "",
      };
    }
    const cover = target.closest?.(".cover");
    const card = cover?.closest(".card");
    if (!card) return null;
    const label = Number(card.dataset.label);
    return {
      label,
      picture: cover.querySelector("img")?.src,
      words: store.result.byLabel.get(label).name,
    };
  };
  const home = () => (drag.label !== undefined ? drag.label : null);
  const targetAt = (x, y) => {
    const under = document.elementFromPoint(x, y);
    const place = under?.closest("[data-label], [data-drop]");
    if (!place) return null;
    if (place.dataset.drop) return place;
    const label = Number(place.dataset.label);
    return label === home() || !store.result.byLabel.has(label) ? null : place;
  };
  const begin = (event) => {
    drag.on = true;
    document.documentElement.classList.add("dragging");
    drag.ghost = el(
      "div",
      { class: "ghost" },
      drag.picture && el("img", { src: drag.picture, alt: "", width: 64, height: 64 }),
      drag.words && el("span", {}, drag.words),
    );
    document.body.append(drag.ghost);
    const people = cv
      .visible()
      .filter((who) => who.label !== home())
      .slice(0, 60);
    const places = people.map((who) =>
      el(
        "span",
        { class: `c${(who.number - 1) % 8}`, "data-label": who.label },
        el("span", { class: "thumb" }, cv.img(who.cover, 44)),
        who.name,
      ),
    );
    if (drag.tracks)
      places.push(
        el("span", { "data-drop": "new" }, "New person"),
        el("span", { "data-drop": "none" }, "Not this person"),
        el("span", { "data-drop": "not-a-face" }, "Not a face"),
      );
    dock.replaceChildren(...places);
    dock.hidden = false;
    cv.hideTip();
    event.preventDefault();
  };
  const end = () => {
    drag?.ghost?.remove();
    drag?.over?.classList.remove("over");
    document.documentElement.classList.remove("dragging");
    dock.hidden = true;
    drag = null;
  };
  const drop = (place) => {
    const { tracks, label } = drag;
    const to = Number(place.dataset.label);
    end();
    if (place.dataset.drop === "new") cv.makePerson(tracks);
    else if (place.dataset.drop === "none") cv.notThisPerson(tracks);
    else if (place.dataset.drop === "not-a-face") cv.notAFace(tracks);
    else if (tracks) cv.moveTo(tracks, to);
    else cv.merge([to, label]);
  };

  document.addEventListener("pointerdown", (event) => {
    if (event.pointerType === "touch" || event.button !== 0 || store.stopped) return;
    const loaded = load(event.target);
    if (loaded) drag = { ...loaded, x: event.clientX, y: event.clientY };
  });
  document.addEventListener("pointermove", (event) => {
    if (!drag) return;
    if (!event.buttons) return end();
    const { clientX: x, clientY: y } = event;
    if (!drag.on && Math.hypot(x - drag.x, y - drag.y) < FAR) return;
    if (!drag.on) begin(event);
    drag.ghost.style.transform = `translate(${x + 10}px, ${y + 10}px)`;
    if (y < EDGE || y > innerHeight - EDGE) scrollBy(0, y < EDGE ? -18 : 18);
    const over = targetAt(x, y);
    if (over === drag.over) return;
    drag.over?.classList.remove("over");
    over?.classList.add("over");
    drag.over = over;
  });
  document.addEventListener("pointerup", (event) => {
    if (!drag?.on && !cancelled) {
      drag = null;
      return;
    }
    const swallow = (click) => click.stopPropagation(); // ignore the click that ends a drag
    addEventListener("click", swallow, true);
    setTimeout(() => removeEventListener("click", swallow, true), 0);
    if (cancelled) {
      cancelled = false;
      return;
    }
    const place = targetAt(event.clientX, event.clientY);
    if (place) drop(place);
    else end();
  });
  document.addEventListener("dragstart", (event) => event.preventDefault());
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !drag?.on) return;
    end();
    cancelled = true;
  });
})();
