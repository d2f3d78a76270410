"use strict";
// ---- a person opened in place: the films with their faces, and what can be corrected
(() => {
  const { el, project } = cv;
  cv.opened = "";

  // ---- faces of a person of a film: row and timecode, the best first
  const looks = new Map();
  cv.looks = (film, person) => {
    const key = `${project.seen.count} ${film}/${person}`;
    if (!looks.has(key)) looks.set(key, cv.get(`looks/${film}/${person}`).catch(() => []));
    return looks.get(key);
  };
  cv.placeOf = (film, person) => `film/${film}/#${person}`;
  const words = {
    confirmed: "a reviewer or a gallery said so",
    certain: "at least 99%",
    likely: "at least 90%",
    doubtful: "less than 90%",
  };
  const chance = (member) =>
    member.word === "confirmed" ? words.confirmed : `${cv.percent(member.chance)} likely`;

  const row = (who, member) => {
    const film = project.films.get(member.film);
    const faces = el("div", { class: "faces-of" });
    cv.looks(...member.pair).then((found) => {
      const alt = (tc) => `${who.name} in ${film.name} at ${tc}`;
      faces.replaceChildren(...found.map(([face, tc]) => cv.face(member.film, face, 72, alt(tc))));
    });
    const out = el(
      "button",
      {
        class: "quiet",
        type: "button",
        "data-key": `out-${cv.memberKey(member.pair)}`,
        title: `The person in ${film.name} is not ${who.name}`,
        "aria-label": `${film.name}: not the same person`,
        onclick: () => cv.takeOut(who, member.pair),
      },
      "Not the same",
    );
    return el(
      "div",
      { class: "of-film" },
      el(
        "div",
        {},
        el("a", { href: cv.placeOf(...member.pair), title: "Open in the film's own page" }, film.name),
        el(
          "p",
          {},
          cv.spoken(member.time),
          member.word && " · ",
          member.word && el("span", { class: `word ${member.word}`, title: chance(member) }, member.word),
        ),
      ),
      faces,
      who.members.length > 1 ? out : el("span"),
    );
  };
  const act = (name, key, run) =>
    el(
      "button",
      { class: "quiet", type: "button", title: `${name} (${key})`, "data-key": `open-${key}`, onclick: run },
      name,
    );
  let shown = null;
  // The panel below the person's card, or null.
  cv.openedPanel = () => {
    const who = project.byId.get(cv.opened);
    if (!who) {
      cv.opened = "";
      return (shown = null);
    }
    if (shown?.who === who) return { after: who.id, root: shown.root };
    const root = el(
      "li",
      {
        class: `panel opened c${(who.number - 1) % 8}`,
        tabindex: -1,
        "aria-label": `${who.name}, film by film`,
        "data-of": who.id,
      },
      el(
        "div",
        { class: "panel-head" },
        el("h3", {}, who.name),
        el("p", {}, `${cv.spoken(who.time)} in ${cv.inFilms(who)}`),
        el(
          "p",
          { class: "acts" },
          act("Rename", "e", () => cv.rename(who.id)),
          act("Join with…", "m", () => cv.joinWith(who.id)),
          act(who.hidden ? "Show" : "Hide", "h", () => cv.hide(who)),
          act("Close", "Esc", () => cv.toggle(who.id)),
        ),
      ),
      who.members.map((member) => row(who, member)),
    );
    shown = { who, root };
    return { after: who.id, root };
  };
  // Scroll until the panel below a card is in the window, or as much of it as fits below the card.
  const bringUp = (card) => {
    const panel = card.nextElementSibling.getBoundingClientRect();
    const beyond = panel.bottom + 16 - innerHeight;
    const bars = parseFloat(getComputedStyle(document.documentElement).scrollPaddingTop);
    const above = card.getBoundingClientRect().top - bars;
    if (beyond > 0 && above > 0) scrollBy({ top: Math.min(beyond, above) });
  };
  cv.toggle = (id) => {
    const before = cv.mugOf(cv.opened);
    const open = cv.opened !== id;
    cv.opened = open ? id : "";
    shown = null;
    before?.mark(false);
    cv.drawPeople();
    const mug = cv.mugOf(id);
    mug.mark(open);
    if (!open) mug.portrait.focus({ preventScroll: true });
    else bringUp(mug.root);
  };

  // ---- naming, joining
  cv.rename = (id) => {
    const who = project.byId.get(id);
    const button = cv.mugOf(id)?.root.querySelector(".name");
    if (!button) return;
    const names = project.people.filter((one) => one.named).map((one) => one.name);
    button.scrollIntoView({ block: "nearest" });
    cv.typeName(button, who, names, (name) => nameOrJoin(who.id, name));
  };
  const nameOrJoin = (id, name) => {
    const who = project.byId.get(id);
    if (!who) return;
    const same = (other) => other.id !== id && other.named && other.name === name;
    const namesake = name && project.people.find(same);
    if (!namesake) return cv.name(who, name);
    cv.confirm(`${name} already exists`, "Are they the same person?", "Join", () =>
      cv.joinTwo(namesake, who),
    );
  };
  cv.joinTwo = (one, other) => {
    const [first, second] = cv.rank(other) > cv.rank(one) ? [other, one] : [one, other];
    const act = () => {
      if (cv.opened === second.id) cv.opened = first.id;
      return cv.join(first, second);
    };
    if (!cv.seenTogether(one, other)) return act();
    cv.confirm(
      "On screen together",
      "Both appear in the same frame of a film. Join them only if one is a reflection, a photograph or a split-screen copy of the other.",
      "Join anyway",
      act,
    );
  };
  // Choose by likeness: the most alike come first; typing filters by name.
  cv.joinWith = async (id) => {
    const order = new Map();
    try {
      (await cv.get(`like/${id}`)).forEach((other, i) => order.set(other, i));
    } catch {
      /* then by screen time, as they come */
    }
    const who = project.byId.get(id);
    if (!who) return;
    const place = (other) => order.get(other.id) ?? 1e9;
    const others = project.people
      .filter((other) => other.id !== id && !other.hidden)
      .sort((a, b) => place(a) - place(b));
    cv.choose(`Join ${who.name} with…`, others, (other) => cv.joinTwo(who, other));
  };

  // ---- dragging a picture onto another person
  cv.draggable = (mug) => {
    const { root } = mug;
    const over = (on) => root.classList.toggle("over", on);
    root.addEventListener("dragstart", (event) => {
      event.dataTransfer.setData("text/x-person", mug.id);
      event.dataTransfer.effectAllowed = "link";
      cv.dragged = mug.id;
    });
    root.addEventListener("dragend", () => (cv.dragged = ""));
    root.addEventListener("dragover", (event) => {
      if (!cv.dragged || cv.dragged === mug.id) return;
      event.preventDefault();
      over(true);
    });
    root.addEventListener("dragleave", () => over(false));
    root.addEventListener("drop", (event) => {
      over(false);
      const [one, other] = [cv.dragged, mug.id].map((id) => project.byId.get(id));
      if (!one || !other || one === other) return;
      event.preventDefault();
      cv.joinTwo(other, one);
    });
  };
})();
