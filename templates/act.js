"use strict";
// ---- corrections as a reviewer makes them; the bar for what is selected
(() => {
  const { data, el, $, store, picked } = cv;
  const { tracks } = data;
  const person = (label) => store.cast.byLabel.get(label);
  const keys = (list) => list.map((track) => tracks.key[track]);
  const some = (list) => cv.plural(list.length, "track");
  const when = (list) => `${some(list)} at ${tracks.start_tc[Math.min(...list)]}`;

  // People who hold some of these tracks, and who stands for what is left of them.
  const owners = (list) =>
    [...new Set(list.map((track) => store.cast.state.labels[track]))].map(person).filter(Boolean);
  const left = (list) => owners(list).flatMap((who) => who.keys(list));
  const from = (list) =>
    owners(list)
      .map((who) => who.name)
      .join(", ") || "the unknown";

  cv.name = (label, name) => {
    const who = person(label);
    const twin =
      name &&
      store.cast.people.find((other) => other !== who && other.named && other.name === name);
    const act = () =>
      store.do(
        { action: "name", who: who.keys(), name },
        name ? `${who.name} is ${name}` : `${who.name} has no name again`,
      );
    if (!twin) return act();
    cv.confirm(
      `${name} is here already`,
      `Are both the same person?`,
      "Merge the two",
      () => cv.merge([twin.label, label]),
      { words: "Two people of one name", act },
    );
  };
  const seenTogether = (a, b) => {
    const [mine, theirs] = [new Set(a.tracks), new Set(b.tracks)];
    const pair = data.together.find(
      ([s, t]) => (mine.has(s) && theirs.has(t)) || (mine.has(t) && theirs.has(s)),
    );
    return pair && tracks.start_tc[Math.max(...pair)];
  };
  // The first takes in the others.
  cv.merge = (labels) => {
    const [first, ...others] = labels.map(person);
    const clash = others.map((who) => seenTogether(first, who)).find(Boolean);
    const act = () => {
      for (const who of others)
        store.do(
          { action: "same person", who: first.keys(), others: who.keys() },
          `${who.name} is ${first.name}`,
        );
      picked.clear();
      cv.reveal(first.label);
    };
    if (!clash) return act();
    cv.confirm(
      "Seen at the same time",
      `Both are in the picture at ${clash}. Are they one person all the same, as in a mirror or on a split screen?`,
      "Merge",
      act,
    );
  };
  const rank = (who) => (who.named ? 1e9 : 0) + who.time;
  cv.mergeWith = (label) => {
    const who = person(label);
    const others = cv.visible().filter((other) => other !== who);
    cv.choose(`Who is ${who.name}?`, others, (other) => {
      const [a, b] = [who, other].sort((x, y) => rank(y) - rank(x));
      cv.merge([a.label, b.label]);
    });
  };
  cv.mergePicked = () => {
    const labels = [...picked.people]
      .filter(person)
      .sort((a, b) => rank(person(b)) - rank(person(a)));
    if (labels.length > 1) cv.merge(labels);
  };
  cv.moveTo = (list, label) => {
    const who = person(label);
    const going = list.filter((track) => store.cast.state.labels[track] !== label);
    if (going.length)
      store.do(
        { action: "move", who: who.keys(), tracks: keys(going), source: left(going) },
        `${when(going)} moved from ${from(going)} to ${who.name}`,
      );
    picked.clear();
  };
  cv.makePerson = (list, name) => {
    store.do(
      { action: "new person", tracks: keys(list), source: left(list) },
      `${when(list)} of ${from(list)}: a new person`,
    );
    picked.clear();
    const label = store.cast.state.labels[list[0]];
    if (name)
      store.do(
        { action: "name", who: person(label).keys(), name },
        `${person(label).name} is ${name}`,
      );
    cv.reveal(label);
  };
  cv.moveTracks = (list) => {
    if (!list.length) return;
    const own = owners(list);
    const others = cv.visible().filter((who) => own.length !== 1 || who !== own[0]);
    cv.choose(
      `Move ${some(list)} to …`,
      others,
      (who, name) => (who ? cv.moveTo(list, who.label) : cv.makePerson(list, name)),
      "New person",
    );
  };
  cv.notThisPerson = (list) => {
    const picks = new Set(list);
    const known = list.filter((track) => store.cast.state.labels[track] >= 0);
    // Nobody stands for people who are taken whole: these apart, as a source would leave them where they are.
    const gone = owners(known)
      .filter((who) => who.tracks.every((track) => picks.has(track)))
      .map((who) => who.label);
    const isGone = (track) => gone.includes(store.cast.state.labels[track]);
    for (const part of [known.filter(isGone), known.filter((track) => !isGone(track))]) {
      if (part.length)
        store.do(
          { action: "not this person", tracks: keys(part), source: left(part) },
          `${when(part)}: not ${from(part)}`,
        );
    }
    picked.clear();
  };
  cv.notAFace = (list) => {
    if (list.length)
      store.do({ action: "not a face", tracks: keys(list) }, `${when(list)}: not a face`);
    picked.clear();
  };
  const flag = (action, words) => (label) => {
    const who = person(label);
    store.do({ action, who: who.keys() }, `${who.name} ${words}`);
  };
  cv.hidePerson = flag("hide", "hidden");
  cv.showAgain = flag("show", "shown again");
  cv.setCover = (chip) => {
    const who = person(store.cast.state.labels[data.chips.track[chip]]);
    if (who)
      store.do(
        { action: "cover", who: who.keys(), face: data.chips.face[chip] },
        `Cover of ${who.name} chosen`,
      );
  };

  // ---- the bar at the bottom
  const bar = $("bar");
  const act = (name, key, run, lead) =>
    el(
      "button",
      {
        class: lead ? "quiet lead" : "quiet",
        type: "button",
        title: `${name} (${key})`,
        onclick: run,
      },
      name,
    );
  const drawBar = () => {
    const list = [...picked.tracks];
    const people = [...picked.people].map(person).filter(Boolean);
    bar.hidden = !list.length && !people.length;
    document.documentElement.classList.toggle("barred", !bar.hidden);
    if (bar.hidden) return;
    const words = list.length
      ? `${some(list)} of ${from(list)}`
      : people.map((who) => who.name).join(", ");
    const whole = owners(list).some((who) => who.tracks.every((track) => picked.tracks.has(track)));
    const known = list.some((track) => store.cast.state.labels[track] >= 0);
    const items = list.length
      ? [
          act("Move to …", "m", () => cv.moveTracks(list), true),
          (!whole || owners(list).length > 1 || !known) &&
            act("New person", "n", () => cv.makePerson(list)),
          known && act("Not this person", "r", () => cv.notThisPerson(list)),
          act("Not a face", "f", () => cv.notAFace(list)),
        ]
      : [
          people.length > 1 && act("Merge", "m", cv.mergePicked, true),
          act("Hide", "h", () => {
            people.forEach((who) => cv.hidePerson(who.label));
            picked.clear();
          }),
        ];
    bar.replaceChildren(
      el("span", { class: "chosen", role: "status" }, words),
      ...items.filter(Boolean),
      act("Clear", "Esc", picked.clear),
    );
    document.documentElement.style.setProperty("--bar", `${bar.offsetHeight}px`); // the toast lies above it
  };
  picked.listeners.push(() => {
    for (const box of document.querySelectorAll(".pick"))
      box.checked = picked.people.has(Number(box.closest(".card").dataset.label));
    drawBar();
  });
  store.listeners.push(() => {
    const { labels } = store.cast.state;
    for (const label of [...picked.people]) if (!person(label)) picked.people.delete(label);
    for (const track of [...picked.tracks])
      if (labels[track] === undefined) picked.tracks.delete(track);
    drawBar();
  });

  // ---- keys
  const onTracks = {
    m: cv.moveTracks,
    n: (list) => cv.makePerson(list),
    r: cv.notThisPerson,
    f: cv.notAFace,
  };
  const onPerson = {
    e: (label) => cv.rename(label, cv.cardOf(label).querySelector("h3")),
    F2: (label) => cv.rename(label, cv.cardOf(label).querySelector("h3")),
    m: cv.mergeWith,
    s: cv.splitInTwo,
    h: (label) => (person(label).hidden ? cv.showAgain : cv.hidePerson)(label),
    x: (label) => picked.person(label, !picked.people.has(label)),
  };
  const nextCard = (by) => {
    const cards = [...document.querySelectorAll(".card")];
    const now = cards.indexOf(document.activeElement.closest?.(".card"));
    const next = cards[Math.min(cards.length - 1, Math.max(0, now + by))];
    next?.focus({ preventScroll: true });
    next?.scrollIntoView({ block: "nearest" });
  };
  const withModifier = (event) => {
    if (event.altKey || !(event.ctrlKey || event.metaKey)) return;
    const key = event.key.toLowerCase();
    const back = key === "z" && !event.shiftKey;
    if (!back && key !== "y" && !(key === "z" && event.shiftKey)) return;
    event.preventDefault();
    (back ? store.undo : store.redo)();
  };
  const plain = (event) => {
    if (event.key === "Escape") picked.clear();
    else if (event.key === "?") cv.help();
    else if (event.key === "/") $("by-name").focus();
    else if (event.key === "j" || event.key === "k") nextCard(event.key === "j" ? 1 : -1);
    else if (picked.tracks.size && onTracks[event.key]) onTracks[event.key]([...picked.tracks]);
    else if (picked.people.size && event.key === "m") cv.mergePicked();
    else {
      const card = document.activeElement.closest?.(".card");
      const chip = document.activeElement.closest?.(".chip");
      if (chip && onTracks[event.key]) onTracks[event.key](chip.parentElement.facts.tracks);
      else if (card && !chip && onPerson[event.key])
        onPerson[event.key](Number(card.dataset.label));
      else return;
    }
    event.preventDefault();
  };
  document.addEventListener("keydown", (event) => {
    if (cv.isTyping(event) && event.target.type !== "checkbox") return;
    if (event.ctrlKey || event.metaKey || event.altKey) return withModifier(event);
    if (!event.defaultPrevented && !document.querySelector("dialog[open]")) plain(event);
  });
})();
