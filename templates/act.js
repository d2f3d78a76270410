"use strict";
// ---- corrections as a reviewer makes them; the bar for what is selected
(() => {
  const { data, el, $, store, picked } = cv;
  const { tracks } = data;
  const person = (label) => store.result.byLabel.get(label);
  const keys = (list) => list.map((track) => tracks.key[track]);
  const some = (list) => cv.plural(list.length, "track");
  // Some tracks in a sentence: what they are and where they begin.
  cv.which = (list) => {
    const start = tracks.start_tc[Math.min(...list)];
    return list.length === 1 ? `the track at ${start}` : `${some(list)} starting at ${start}`;
  };

  // The people that some tracks belong to, and the tracks that stand for them without these.
  const owners = (list) =>
    [...new Set(list.map((track) => store.result.state.labels[track]))].map(person).filter(Boolean);
  const left = (list) => owners(list).flatMap((who) => who.keys(list));
  const from = (list) =>
    owners(list)
      .map((who) => who.name)
      .join(", ") || "Unknown";

  cv.name = (label, name) => {
    const who = person(label);
    const namesake =
      name &&
      store.result.people.find((other) => other !== who && other.named && other.name === name);
    const act = () =>
      store.do(
        { action: "name", who: who.keys(), name },
        name ? `Renamed ${who.name} to ${name}` : `Removed the name ${who.name}`,
      );
    if (!namesake) return act();
    cv.confirm(
      `${name} already exists`,
      "Are they the same person?",
      "Merge",
      () => cv.merge([namesake.label, label]),
      { words: "Keep both", act },
    );
  };
  const seenTogether = (a, b) => {
    const [mine, theirs] = [new Set(a.tracks), new Set(b.tracks)];
    const pair = data.together.find(
      ([s, t]) => (mine.has(s) && theirs.has(t)) || (mine.has(t) && theirs.has(s)),
    );
    return pair && tracks.start_tc[Math.max(...pair)];
  };
  // Merge the others into the first.
  cv.merge = (labels) => {
    const [first, ...others] = labels.map(person);
    const clash = others.map((who) => seenTogether(first, who)).find(Boolean);
    const act = () => {
      for (const who of others)
        store.do(
          { action: "same person", who: first.keys(), others: who.keys() },
          `Merged ${who.name} into ${first.name}`,
        );
      picked.clear();
      cv.reveal(first.label);
    };
    if (!clash) return act();
    cv.confirm(
      "On screen together",
      `Both appear in the same frame at ${clash}. Merge them only if one is a reflection, a photograph or a split-screen copy of the other.`,
      "Merge anyway",
      act,
    );
  };
  cv.mergeWith = (label) => {
    const who = person(label);
    const others = cv.visible().filter((other) => other !== who);
    cv.choose(`Merge ${who.name} with…`, others, (other) => {
      const [a, b] = [who, other].sort((x, y) => cv.rank(y) - cv.rank(x));
      cv.merge([a.label, b.label]);
    });
  };
  cv.mergePicked = () => {
    const labels = [...picked.people]
      .filter(person)
      .sort((a, b) => cv.rank(person(b)) - cv.rank(person(a)));
    if (labels.length > 1) cv.merge(labels);
  };
  cv.moveTo = (list, label) => {
    const who = person(label);
    const going = list.filter((track) => store.result.state.labels[track] !== label);
    if (going.length)
      store.do(
        { action: "move", who: who.keys(), tracks: keys(going), source: left(going) },
        `Moved ${cv.which(going)} from ${from(going)} to ${who.name}`,
      );
    picked.clear();
  };
  cv.makePerson = (
    list,
    name,
    note = `Moved ${cv.which(list)} from ${from(list)} to a new person`,
  ) => {
    store.do({ action: "new person", tracks: keys(list), source: left(list) }, note);
    picked.clear();
    const label = store.result.state.labels[list[0]];
    if (name)
      store.do(
        { action: "name", who: person(label).keys(), name },
        `Renamed ${person(label).name} to ${name}`,
      );
    cv.reveal(label);
  };
  cv.moveTracks = (list) => {
    if (!list.length) return;
    const own = owners(list);
    const others = cv.visible().filter((who) => own.length !== 1 || who !== own[0]);
    cv.choose(
      `Move ${some(list)} to…`,
      others,
      (who, name) => (who ? cv.moveTo(list, who.label) : cv.makePerson(list, name)),
      "New person",
    );
  };
  cv.notThisPerson = (list) => {
    const picks = new Set(list);
    const known = list.filter((track) => store.result.state.labels[track] >= 0);
    // A person whose every track is removed has none left to stand for it, so these go without a
    // source: with the source of others they would stay where they are.
    const leaving = owners(known)
      .filter((who) => who.tracks.every((track) => picks.has(track)))
      .map((who) => who.label);
    const isLeaving = (track) => leaving.includes(store.result.state.labels[track]);
    for (const part of [known.filter(isLeaving), known.filter((track) => !isLeaving(track))]) {
      if (part.length)
        store.do(
          { action: "not this person", tracks: keys(part), source: left(part) },
          `Removed ${cv.which(part)} from ${from(part)}`,
        );
    }
    picked.clear();
  };
  cv.notAFace = (list) => {
    if (list.length)
      store.do(
        { action: "not a face", tracks: keys(list) },
        `Marked ${cv.which(list)} as not a face`,
      );
    picked.clear();
  };
  const flag = (action, done) => (label) => {
    const who = person(label);
    store.do({ action, who: who.keys() }, `${done} ${who.name}`);
  };
  cv.hidePerson = flag("hide", "Hid");
  cv.showAgain = flag("show", "Unhid");
  cv.setCover = (chip) => {
    const who = person(store.result.state.labels[data.chips.track[chip]]);
    if (who)
      store.do(
        { action: "cover", who: who.keys(), face: data.chips.face[chip] },
        `Changed the cover of ${who.name}`,
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
  const selection = (list) =>
    owners(list).length
      ? `${some(list)} of ${from(list)}`
      : cv.plural(list.length, "unknown track");
  const drawBar = () => {
    const list = [...picked.tracks];
    const people = [...picked.people].map(person).filter(Boolean);
    bar.hidden = !list.length && !people.length;
    document.documentElement.classList.toggle("barred", !bar.hidden);
    if (bar.hidden) return;
    const words = list.length ? selection(list) : people.map((who) => who.name).join(", ");
    const whole = owners(list).some((who) => who.tracks.every((track) => picked.tracks.has(track)));
    const known = list.some((track) => store.result.state.labels[track] >= 0);
    const items = list.length
      ? [
          act("Move to…", "m", () => cv.moveTracks(list), true),
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
    const { labels } = store.result.state;
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
    cv.step(cards, cards.indexOf(document.activeElement.closest?.(".card")), by);
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
  cv.onKeys(store.undo, store.redo, plain);
})();
