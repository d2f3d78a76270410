"use strict";
// ---- "Are these the same person?": the question first whose answer settles most faces
(() => {
  const { data, el, $, store, picked } = cv;
  const { tracks } = data;
  const skipped = new Set();
  const LIKELY = 0.1; // under this chance of changing anything a question is not worth the time
  let least = LIKELY;

  const sigmoid = (x) => 1 / (1 + Math.exp(-x));
  // Of a person, or of a track that is nobody's; and of two of them in one number, as there are many.
  const ALONE = 1e7;
  const groupKey = (state, track) =>
    state.labels[track] >= 0 ? state.labels[track] : ALONE + track;
  const pair = (a, b) => Math.min(a, b) * 2 * ALONE + Math.max(a, b);

  // Pairs of groups of which it is known that they are two: seen together, answered no, named.
  const known = (state) => {
    const apart = new Set();
    const join = (as, bs) =>
      as.forEach((a) => bs.forEach((b) => apart.add(pair(groupKey(state, a), groupKey(state, b)))));
    for (const [a, b] of data.together) apart.add(pair(groupKey(state, a), groupKey(state, b)));
    const vouched = new Set(state.byHand);
    for (const edit of store.edits) {
      const [who, others] = [state.find(edit.who), state.find(edit.others)];
      if (edit.action === "different people") join(who, others);
      else if (edit.action === "same person") others.forEach((track) => vouched.add(track));
      else if (edit.source?.length) join(state.find(edit.tracks), state.find(edit.source));
    }
    return { apart, vouched };
  };

  cv.questions = () => {
    const { cast } = store;
    const { state } = cast;
    const { apart, vouched } = known(state);
    const best = new Map();
    for (const [a, b, evidence] of data.questions) {
      const key = `${a} ${b}`;
      const [mine, theirs] = [state.labels[a], state.labels[b]];
      if (skipped.has(key) || mine === cv.NOT_A_FACE || theirs === cv.NOT_A_FACE) continue;
      const doubt = tracks.label[a] === tracks.label[b] && tracks.label[a] !== cv.UNKNOWN;
      const together = mine === theirs && mine >= 0;
      if (doubt !== together || (doubt && vouched.has(b))) continue;
      const groups = pair(groupKey(state, a), groupKey(state, b));
      if (!doubt && (apart.has(groups) || bothNamed(cast, mine, theirs))) continue;
      const sizes = [a, b].map((track) =>
        state.labels[track] >= 0
          ? cast.byLabel.get(state.labels[track]).faces
          : tracks.faces[track],
      );
      const chance = doubt ? 1 - sigmoid(evidence) : sigmoid(evidence);
      const settles = doubt
        ? cv.sideOf(a, b).reduce((sum, track) => sum + tracks.faces[track], 0)
        : Math.min(...sizes);
      const score = settles * chance;
      const of = doubt ? key : groups;
      if (!best.has(of) || best.get(of).score < score)
        best.set(of, { key, a, b, doubt, settles, score, chance });
    }
    return [...best.values()].sort((x, y) => y.score - x.score || x.a - y.a || x.b - y.b);
  };
  const bothNamed = (cast, a, b) => {
    const [one, other] = [cast.byLabel.get(a), cast.byLabel.get(b)];
    return one?.named && other?.named && one.name !== other.name;
  };

  // ---- the panel
  let now = null;
  let begun = false;
  const title = (track) => {
    const label = store.cast.state.labels[track];
    return label >= 0 ? store.cast.byLabel.get(label).name : `Unknown at ${tracks.start_tc[track]}`;
  };
  const stray = (group) =>
    el(
      "button",
      { class: "plain", type: "button", onclick: () => cv.notAFace(group.tracks) },
      "not a face",
    );
  const side = (group, name, chips) =>
    el(
      "div",
      { class: "side" },
      el(
        "div",
        { class: "faces-of" },
        chips.map((chip) => {
          const alt = `${name} at ${data.chips.tc[chip]}`;
          return el(
            "button",
            {
              class: "look",
              type: "button",
              "aria-label": alt,
              onclick: () => cv.view(chips, chips.indexOf(chip)),
            },
            cv.img(chip, 112),
          );
        }),
      ),
      el("p", {}, el("b", {}, name), el("span", {}, cv.plural(group.faces, "face")), stray(group)),
    );
  // Who stays with a, and who is asked about.
  const parts = ({ a, b, doubt }) => {
    const group = cv.groupOf(store.cast, a);
    if (!doubt) return [group, cv.groupOf(store.cast, b)];
    const out = cv.sideOf(a, b);
    return [new cv.Group(group.tracks.filter((track) => !out.includes(track))), new cv.Group(out)];
  };
  const asked = (question) =>
    question.doubt ? `The face at ${tracks.start_tc[question.b]}` : title(question.b);
  const sides = (question) => {
    const [one, other] = parts(question);
    return [
      side(one, title(question.a), one.portraits(2)),
      side(other, asked(question), other.portraits(2)),
    ];
  };
  const answer = (yes) => {
    if (!now || store.stopped) return;
    const [one, other] = parts(now);
    const words = `${asked(now)} is ${yes ? "" : "not "}${title(now.a)}`;
    if (now.doubt && !yes)
      return store.do(
        {
          action: "new person",
          tracks: other.tracks.map((track) => tracks.key[track]),
          source: one.keys(),
        },
        words,
      );
    const rank = (group) => (group.named ? 1e9 : 0) + (group.label >= 0 ? 1e6 : 0) + group.time;
    const [first, second] = !now.doubt && rank(other) > rank(one) ? [other, one] : [one, other];
    const said = first === one ? words : `${title(now.a)} is ${yes ? "" : "not "}${asked(now)}`;
    const others = now.doubt
      ? [tracks.key[now.b], ...second.keys([now.b])].slice(0, 5)
      : second.keys(); // b: vouched for
    store.do({ action: yes ? "same person" : "different people", who: first.keys(), others }, said);
  };
  const skip = () => {
    if (!now) return;
    skipped.add(now.key);
    cv.drawQuestion();
  };
  const button = (name, key, run, lead) =>
    el(
      "button",
      {
        class: lead ? "quiet lead" : "quiet",
        type: "button",
        "data-key": `ask-${key}`,
        "aria-keyshortcuts": key,
        onclick: run,
      },
      name,
      el("kbd", { "aria-hidden": "true" }, key),
    );
  const nothingLeft = (unlikely) => {
    const again = (words, act) =>
      el(
        "button",
        {
          class: "quiet",
          type: "button",
          "data-key": "ask-y",
          onclick: () => {
            act();
            cv.drawQuestion();
          },
        },
        words,
      );
    const more = [
      unlikely > 0 && again(`Ask ${cv.plural(unlikely, "unlikely one")}, too`, () => (least = 0)),
      skipped.size > 0 && again(`Ask the ${skipped.size} skipped again`, () => skipped.clear()),
    ].filter(Boolean);
    return el(
      "p",
      { class: "acts" },
      el("span", { class: "hint" }, "Every question that was worth asking is answered."),
      ...more,
    );
  };
  cv.drawQuestion = () => {
    const all = cv.questions();
    const list = all.filter(({ chance }) => chance >= least);
    now = list[0] ?? null;
    begun ||= now !== null;
    $("ask").hidden = !begun; // an episode without a question needs no panel that says so
    $("ask").dataset.question = now?.key ?? "";
    $("ask-left").textContent = now
      ? `${cv.plural(list.length, "question")}; this one settles ${cv.plural(now.settles, "face")}`
      : "Nothing is left to ask";
    cv.keepingFocus(() => {
      if (!now) return $("question").replaceChildren(nothingLeft(all.length));
      const words = now.doubt ? `Is this ${title(now.a)}, too?` : "Are these the same person?";
      $("question").replaceChildren(
        el("h3", { id: "ask-words" }, words),
        el("div", { class: "pair-of" }, ...sides(now)),
        el(
          "p",
          { class: "answers", role: "group", "aria-labelledby": "ask-words" },
          button("Yes", "y", () => answer(true), true),
          button("No", "n", () => answer(false)),
          button("Skip", "s", skip),
        ),
      );
    });
  };
  document.addEventListener("keydown", (event) => {
    const run = { y: () => answer(true), n: () => answer(false), s: skip }[event.key];
    const elsewhere = document.activeElement.closest?.(".card, .chip, dialog");
    if (!run || !now || elsewhere || picked.any() || cv.isTyping(event)) return;
    if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]"))
      return;
    event.preventDefault();
    run();
  });
})();
