"use strict";
// ---- "Are these the same person?", first the question whose answer affects the most faces
(() => {
  const { data, el, $, store, picked } = cv;
  const { tracks } = data;
  const skipped = new Set();
  const LIKELY = 0.1; // a question less likely than this to change anything is asked only on request
  let least = LIKELY;

  const sigmoid = (x) => 1 / (1 + Math.exp(-x));
  // One number for a person or an unknown track, and one for a pair of them: there are many pairs.
  const ALONE = 1e7;
  const groupKey = (state, track) =>
    state.labels[track] >= 0 ? state.labels[track] : ALONE + track;
  const pair = (a, b) => Math.min(a, b) * 2 * ALONE + Math.max(a, b);

  // Pairs of groups known to be different people: on screen together, answered no, named.
  const known = (state) => {
    const apart = new Set();
    const join = (as, bs) =>
      as.forEach((a) => bs.forEach((b) => apart.add(pair(groupKey(state, a), groupKey(state, b)))));
    for (const [a, b] of data.together) apart.add(pair(groupKey(state, a), groupKey(state, b)));
    const confirmed = new Set(state.byHand);
    for (const edit of store.edits) {
      const [who, others] = [state.find(edit.who), state.find(edit.others)];
      if (edit.action === "different people") join(who, others);
      else if (edit.action === "same person") others.forEach((track) => confirmed.add(track));
      else if (edit.source?.length) join(state.find(edit.tracks), state.find(edit.source));
    }
    return { apart, confirmed };
  };

  cv.questions = () => {
    const { result } = store;
    const { state } = result;
    const { apart, confirmed } = known(state);
    const best = new Map();
    for (const [a, b, evidence] of data.questions) {
      const key = `${a} ${b}`;
      const [mine, theirs] = [state.labels[a], state.labels[b]];
      if (skipped.has(key) || mine === cv.NOT_A_FACE || theirs === cv.NOT_A_FACE) continue;
      const doubt = tracks.label[a] === tracks.label[b] && tracks.label[a] !== cv.UNKNOWN;
      const together = mine === theirs && mine >= 0;
      if (doubt !== together || (doubt && confirmed.has(b))) continue;
      const groups = pair(groupKey(state, a), groupKey(state, b));
      if (!doubt && (apart.has(groups) || bothNamed(result, mine, theirs))) continue;
      const sizes = [a, b].map((track) =>
        state.labels[track] >= 0
          ? result.byLabel.get(state.labels[track]).faces
          : tracks.faces[track],
      );
      const chance = doubt ? 1 - sigmoid(evidence) : sigmoid(evidence);
      const affected = doubt
        ? cv.sideOf(a, b).reduce((sum, track) => sum + tracks.faces[track], 0)
        : Math.min(...sizes);
      const score = affected * chance;
      const of = doubt ? key : groups;
      if (!best.has(of) || best.get(of).score < score)
        best.set(of, { key, a, b, doubt, affected, score, chance });
    }
    return [...best.values()].sort((x, y) => y.score - x.score || x.a - y.a || x.b - y.b);
  };
  const bothNamed = (result, a, b) => {
    const [one, other] = [result.byLabel.get(a), result.byLabel.get(b)];
    return one?.named && other?.named && one.name !== other.name;
  };

  // ---- the panel
  let now = null;
  let everAsked = false;
  const title = (track) => {
    const label = store.result.state.labels[track];
    return label >= 0
      ? store.result.byLabel.get(label).name
      : `Unknown at ${tracks.start_tc[track]}`;
  };
  const notAFaceButton = (group) =>
    el(
      "button",
      { class: "plain", type: "button", onclick: () => cv.notAFace(group.tracks) },
      "Not a face",
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
      el(
        "p",
        {},
        el("b", {}, name),
        el("span", {}, cv.plural(group.faces, "face")),
        notAFaceButton(group),
      ),
    );
  // The tracks on either side of a question.
  const parts = ({ a, b, doubt }) => {
    const group = cv.groupOf(store.result, a);
    if (!doubt) return [group, cv.groupOf(store.result, b)];
    const out = cv.sideOf(a, b);
    return [new cv.Group(group.tracks.filter((track) => !out.includes(track))), new cv.Group(out)];
  };
  const asked = (question) =>
    question.doubt ? `Face at ${tracks.start_tc[question.b]}` : title(question.b);
  const sides = (question) => {
    const [one, other] = parts(question);
    return [
      side(one, title(question.a), one.portraits(2)),
      side(other, asked(question), other.portraits(2)),
    ];
  };
  // What the answers do, in words.
  const isUnknown = (track) => store.result.state.labels[track] < 0;
  const inText = (track) =>
    isUnknown(track) ? `the unknown face at ${tracks.start_tc[track]}` : title(track);
  const joined = (a, b) => {
    // a is unknown only if b is, too
    if (!isUnknown(b)) return `Merged ${title(b)} into ${title(a)}`;
    if (!isUnknown(a)) return `Added ${inText(b)} to ${title(a)}`;
    return `Made one person of the unknown faces at ${tracks.start_tc[a]} and ${tracks.start_tc[b]}`;
  };
  const parted = (a, b) => `Marked ${inText(a)} and ${inText(b)} as different people`;
  const answer = (yes) => {
    if (!now || store.stopped) return;
    const [one, other] = parts(now);
    if (now.doubt && !yes)
      return store.do(
        {
          action: "new person",
          tracks: other.tracks.map((track) => tracks.key[track]),
          source: one.keys(),
        },
        `Moved ${cv.which(other.tracks)} from ${title(now.a)} to a new person`,
      );
    const rank = (group) => (group.named ? 1e9 : 0) + (group.label >= 0 ? 1e6 : 0) + group.time;
    const [first, second] = !now.doubt && rank(other) > rank(one) ? [other, one] : [one, other];
    const [a, b] = first === one ? [now.a, now.b] : [now.b, now.a];
    // In doubt, b comes first, so that it is not asked about again.
    const others = now.doubt
      ? [tracks.key[now.b], ...second.keys([now.b])].slice(0, 5)
      : second.keys();
    const note = now.doubt
      ? `Confirmed the face at ${tracks.start_tc[now.b]} as ${title(now.a)}`
      : (yes ? joined : parted)(a, b);
    store.do({ action: yes ? "same person" : "different people", who: first.keys(), others }, note);
  };
  const skip = () => {
    if (!now) return;
    skipped.add(now.key);
    cv.drawQuestion();
  };
  const nothingLeft = (unlikely) => {
    const more = [
      unlikely > 0 &&
        cv.againButton(`Ask ${cv.plural(unlikely, "unlikely question")}`, () => (least = 0)),
      skipped.size > 0 &&
        cv.againButton(`Ask ${cv.plural(skipped.size, "skipped question")} again`, () =>
          skipped.clear(),
        ),
    ].filter(Boolean);
    return el(
      "p",
      { class: "acts" },
      !more.length && el("span", { class: "hint" }, "You have answered all questions."),
      unlikely > 0 &&
        el("span", { class: "hint" }, "The others are unlikely to change the result."),
      ...more,
    );
  };
  cv.drawQuestion = () => {
    const all = cv.questions();
    const list = all.filter(({ chance }) => chance >= least);
    now = list[0] ?? null;
    everAsked ||= now !== null;
    $("ask").hidden = !everAsked; // no panel where there was never a question
    $("ask").dataset.question = now?.key ?? "";
    $("ask-left").textContent = now
      ? `${list.length} left; this answer affects ${cv.plural(now.affected, "face")}`
      : "No more questions";
    cv.keepingFocus(() => {
      if (!now) return $("question").replaceChildren(nothingLeft(all.length));
      const words = now.doubt ? `Is this also ${title(now.a)}?` : "Are these the same person?";
      $("question").replaceChildren(
        el("h3", { id: "ask-words" }, words),
        el("div", { class: "pair-of" }, ...sides(now)),
        el(
          "p",
          { class: "answers", role: "group", "aria-labelledby": "ask-words" },
          cv.answerButton("Yes", "y", () => answer(true), true),
          cv.answerButton("No", "n", () => answer(false)),
          cv.answerButton("Skip", "s", skip),
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
