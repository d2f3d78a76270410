"use strict";
// ---- replaying corrections. The rules are those of clusterer/edits/replay.py, and a test compares
// the two. This file works without a page.
globalThis.cv = {};
cv.data = JSON.parse(globalThis.document?.getElementById("data").textContent ?? "null");
(() => {
  const UNKNOWN = -1;
  const NOT_A_FACE = -2;

  class State {
    // base: { labels, people: [[label, number]], index: key → track, faces: keys of kept pictures }
    constructor(base) {
      this.index = base.index;
      this.faces = base.faces;
      this.labels = Int32Array.from(base.labels);
      this.sizes = new Map();
      for (const label of this.labels) this.#count(label, 1);
      this.people = new Map();
      for (const [label, number] of base.people) this.#enter(label, number);
      this.byHand = new Set();
      this.nextLabel = Math.max(UNKNOWN, ...this.people.keys()) + 1;
      this.nextNumber = Math.max(0, ...base.people.map(([, number]) => number)) + 1;
    }

    // The tracks of a list of keys; keys without a track are dropped.
    find(keys = []) {
      return keys.map((key) => this.index.get(key)).filter((track) => track !== undefined);
    }

    // The person with most of the tracks, the first on a tie; null if all are unknown.
    resolve(tracks) {
      const counts = new Map();
      for (const track of tracks) {
        const label = this.labels[track];
        if (label >= 0) counts.set(label, (counts.get(label) ?? 0) + 1);
      }
      let best = null;
      for (const [label, count] of counts) {
        if (best === null || count > counts.get(best)) best = label;
      }
      return best;
    }

    tracksOf(label) {
      const found = [];
      this.labels.forEach((other, track) => other === label && found.push(track));
      return found;
    }

    // Replay one correction; it has no effect if something it needs is missing.
    apply(edit) {
      const at = {
        who: this.find(edit.who),
        others: this.find(edit.others),
        tracks: this.find(edit.tracks),
        source: this.find(edit.source),
        face: this.faces.has(edit.face) ? [edit.face] : [],
      };
      const [needs, act] = ACTIONS[edit.action];
      if (needs.some((list) => !at[list].length)) return;
      act(this, at, edit);
      for (const label of this.people.keys()) if (!this.sizes.get(label)) this.people.delete(label);
    }

    assign(tracks, label, byHand = true) {
      for (const track of tracks) {
        this.#count(this.labels[track], -1);
        this.#count(label, 1);
        this.labels[track] = label;
        if (byHand) this.byHand.add(track);
      }
    }

    create(tracks) {
      const label = this.nextLabel++;
      this.#enter(label, this.nextNumber++);
      this.assign(tracks, label);
      return label;
    }

    #count(label, by) {
      this.sizes.set(label, (this.sizes.get(label) ?? 0) + by);
    }

    #enter(label, number) {
      this.people.set(label, { label, number, name: null, hidden: false, cover: null });
    }
  }

  const same = (state, { who, others }) => {
    const [a, b] = [state.resolve(who), state.resolve(others)];
    if (a === null && b === null) state.create([...who, ...others]);
    else if (b === null) state.assign(others, a);
    else if (a === null) state.assign(who, b);
    else if (a !== b) {
      const [stays, goes] = [state.people.get(a), state.people.get(b)];
      state.assign(state.tracksOf(b), a, false);
      stays.name ??= goes.name;
      stays.cover ??= goes.cover;
    }
  };
  const different = (state, { who, others }) => {
    const a = state.resolve(who);
    if (a === null || a !== state.resolve(others)) return;
    const out = others.filter((track) => state.labels[track] === a && !who.includes(track));
    if (out.length) state.create(out);
  };
  const move = (state, { who, tracks }) => {
    const there = who.filter((track) => state.labels[track] !== NOT_A_FACE);
    state.assign(tracks, state.resolve(who) ?? state.create(there));
  };
  const makeNew = (state, { tracks, source }) => {
    const sources = new Set(source.map((track) => state.labels[track]));
    const elsewhere = tracks.filter((track) => !sources.has(state.labels[track]));
    const already = state.resolve(elsewhere);
    if (already === null) state.create(tracks);
    else state.assign(tracks, already);
  };
  const remove = (state, { tracks, source }, edit) => {
    const sources = new Set(source.map((track) => state.labels[track]).filter((l) => l >= 0));
    const all = !edit.source?.length;
    state.assign(
      tracks.filter((track) => all || sources.has(state.labels[track])),
      UNKNOWN,
    );
  };
  const who = (state, tracks) => state.people.get(state.resolve(tracks) ?? state.create(tracks));
  const flag = (hidden) => (state, at) => {
    const label = state.resolve(at.who);
    if (label !== null) state.people.get(label).hidden = hidden;
  };
  const cover = (state, at, edit) => {
    const label = state.resolve(at.who);
    if (label !== null) state.people.get(label).cover = edit.face;
  };
  const name = (state, at, edit) => {
    who(state, at.who).name = edit.name || null;
  };

  // Action → the lists that must not be empty, and its effect.
  const ACTIONS = {
    "same person": [["who", "others"], same],
    "different people": [["who", "others"], different],
    move: [["who", "tracks"], move],
    "new person": [["tracks"], makeNew],
    "not this person": [["tracks"], remove],
    "not a face": [["tracks"], (state, { tracks }) => state.assign(tracks, NOT_A_FACE)],
    name: [["who"], name],
    hide: [["who"], flag(true)],
    show: [["who"], flag(false)],
    cover: [["who", "face"], cover],
    "group again": [[], () => {}],
  };

  cv.UNKNOWN = UNKNOWN;
  cv.NOT_A_FACE = NOT_A_FACE;
  cv.State = State;
  cv.replay = (base, edits) => {
    const state = new State(base);
    for (const edit of edits) state.apply(edit);
    return state;
  };
})();
