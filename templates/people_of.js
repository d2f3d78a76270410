"use strict";
// ---- people and unknown tracks as derived from the grouping and the corrections
(() => {
  const ANCHORS = 5; // tracks that stand for a person in a correction
  const JOIN_GAP_S = 1; // as JOIN_GAP_S in clusterer/people/identities.py

  const data = cv.data;
  const tracks = data && data.tracks;
  const tick_s = data && data.time_base[0] / data.time_base[1];

  cv.seconds = (pts) => (pts - data.zero_pts) * tick_s;

  const chipsOf = [];
  if (data) {
    tracks.key.forEach(() => chipsOf.push([]));
    data.chips.track.forEach((track, chip) => chipsOf[track]?.push(chip));
  }
  cv.chipsOf = chipsOf;
  cv.shown = (chip) => data.mode === "live" || chip in data.pictures;

  const appearances = (members) => {
    const spans = [];
    for (const track of members) {
      const [start, end, shot] = [
        tracks.start_pts[track],
        tracks.end_pts[track],
        tracks.shot[track],
      ];
      const last = spans.at(-1);
      if (last && last.shot === shot && (start - last.end) * tick_s <= JOIN_GAP_S) {
        if (end > last.end) [last.end, last.endTrack] = [end, track];
        last.tracks.push(track);
      } else spans.push({ shot, start, end, startTrack: track, endTrack: track, tracks: [track] });
    }
    return spans;
  };

  const byStart = (a, b) => tracks.start_pts[a] - tracks.start_pts[b] || a - b;
  const worth = (track) => tracks.quality[track] + 1e-6 * tracks.faces[track];
  const best = (members) => [...members].sort((a, b) => worth(b) - worth(a) || a - b);

  cv.confidence = (state, track) => (state.byHand.has(track) ? 1 : tracks.confidence[track]);

  class Group {
    constructor(members) {
      this.tracks = members.sort(byStart);
      this.appearances = appearances(this.tracks);
      this.faces = this.tracks.reduce((sum, track) => sum + tracks.faces[track], 0);
      this.time = this.appearances.reduce((sum, a) => sum + (a.end - a.start), 0) * tick_s;
    }

    // Tracks that stand for it, except those `without`, which are about to leave.
    anchors(without = []) {
      const leaving = new Set(without);
      return best(this.tracks.filter((track) => !leaving.has(track))).slice(0, ANCHORS);
    }

    keys(without) {
      return this.anchors(without).map((track) => tracks.key[track]);
    }

    // Its pictures in time order.
    get chips() {
      return (this.ownChips ??= this.tracks
        .flatMap((track) => chipsOf[track])
        .sort((a, b) => data.chips.pts[a] - data.chips.pts[b] || a - b));
    }

    // The best pictures of up to `count` of its tracks.
    portraits(count, among = this.tracks) {
      const found = [];
      for (const track of best(among)) {
        const own = chipsOf[track].filter(cv.shown);
        own.sort((a, b) => data.chips.quality[b] - data.chips.quality[a] || a - b);
        if (own.length) found.push(own[0]);
        if (found.length === count) break;
      }
      return found;
    }
  }
  cv.Group = Group;

  class Person extends Group {
    constructor(members, facts, state) {
      super(members);
      this.label = facts.label;
      this.number = facts.number;
      this.named = facts.name !== null;
      this.name = facts.name ?? `Person ${facts.number}`;
      this.hidden = facts.hidden;
      this.chosen = facts.cover;
      const sum = this.tracks.reduce(
        (total, track) => total + tracks.faces[track] * cv.confidence(state, track),
        0,
      );
      this.confidence = sum / this.faces;
    }

    get id() {
      return `person-${this.number}`;
    }

    get cover() {
      return (this.ownCover ??= this.#cover());
    }

    #cover() {
      const resolved = data.resolved.faces[this.chosen];
      const chosen = this.chips.find(
        (chip) => chip === resolved || data.chips.face[chip] === this.chosen,
      );
      if (chosen !== undefined && cv.shown(chosen)) return chosen;
      const quality = (chip) => data.chips.quality[chip];
      const able = this.chips.filter(cv.shown);
      return able.length ? able.reduce((a, b) => (quality(b) > quality(a) ? b : a)) : -1;
    }
  }

  const equal = (a, b) => a.length === b.length && a.every((value, i) => value === b[i]);
  const unchanged = (old, next, facts) =>
    old &&
    equal(old.tracks, next) &&
    old.named === (facts.name !== null) &&
    (!old.named || old.name === facts.name) &&
    old.hidden === facts.hidden &&
    old.chosen === facts.cover;

  // Everybody; a person that has not changed stays the same object and is not redrawn.
  cv.derive = (state, before) => {
    const members = new Map([...state.people.keys()].map((label) => [label, []]));
    const unknown = new Map();
    const notFaces = [];
    state.labels.forEach((label, track) => {
      if (label >= 0) members.get(label).push(track);
      else if (label === cv.NOT_A_FACE) notFaces.push(track);
      else {
        const reason = state.byHand.has(track) ? "by hand" : tracks.reason[track];
        if (!unknown.has(reason)) unknown.set(reason, []);
        unknown.get(reason).push(track);
      }
    });
    if (notFaces.length) unknown.set("not a face", notFaces);
    const people = [...state.people.values()].map((facts) => {
      const next = members.get(facts.label).sort(byStart);
      const old = before?.byLabel.get(facts.label);
      const hands = next.reduce((sum, track) => sum + state.byHand.has(track), 0);
      if (unchanged(old, next, facts) && old.hands === hands) return old;
      return Object.assign(new Person(next, facts, state), { hands });
    });
    people.sort(
      (a, b) =>
        b.time - a.time || a.appearances[0].start - b.appearances[0].start || a.label - b.label,
    );
    return { state, people, unknown, byLabel: new Map(people.map((who) => [who.label, who])) };
  };

  // The person of a track, or the unknown track alone; null if it is not a face.
  cv.groupOf = (result, track) => {
    const label = result.state.labels[track];
    if (label === cv.NOT_A_FACE) return null;
    return label >= 0 ? result.byLabel.get(label) : new Group([track]);
  };
})();
