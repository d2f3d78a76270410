// Replaying corrections. The rules are those of clusterer/edits/replay.py; a test compares the two.
import { NOT_A_FACE, OF_TRACKS, UNKNOWN, type Action, type Edit, type Retracked } from "./data";

export interface Base {
  labels: ArrayLike<number>;
  people: [label: number, number: number][];
  /** Key → track. */
  index: Map<string, number>;
  /** Keys of kept pictures. */
  faces: Set<string>;
  /** In place of labels, people and index, if corrections have changed tracks. */
  retracked?: Retracked | undefined;
}

/** What keys refer to, and the parts of tracks that have several. */
interface Step {
  index: ReadonlyMap<string, number>;
  whole: ReadonlyMap<number, readonly number[]>;
}
const stepsOf = ({ retracked, index }: Base): Step[] =>
  retracked?.steps.map((step) => ({
    index: new Map(Object.entries(step.index)),
    whole: new Map(step.whole.flatMap((parts) => parts.map((part) => [part, parts] as const))),
  })) ?? [{ index, whole: new Map() }];

export interface Facts {
  label: number;
  number: number;
  name: string | null;
  hidden: boolean;
  cover: string | null;
  /** Whether a reviewer put the person in the background, or out of it; null = neither. */
  background: boolean | null;
}

interface At {
  who: number[];
  others: number[];
  tracks: number[];
  source: number[];
  face: string[];
}

export class State {
  /** Of tracks once all is replayed; before, of their parts. */
  labels: Int32Array;
  readonly people = new Map<number, Facts>();
  byHand = new Set<number>();
  readonly #sizes = new Map<number, number>();
  readonly #steps: readonly Step[];
  #at = 0;
  readonly #faces: Set<string>;
  #nextLabel: number;
  #nextNumber: number;

  constructor(base: Base) {
    this.#steps = stepsOf(base);
    this.#faces = base.faces;
    const { labels, people } = base.retracked ?? base;
    this.labels = Int32Array.from(labels);
    for (const label of this.labels) this.#count(label, 1);
    for (const [label, number] of people) this.#enter(label, number);
    this.#nextLabel = Math.max(UNKNOWN, ...this.people.keys()) + 1;
    this.#nextNumber = Math.max(0, ...people.map(([, number]) => number)) + 1;
  }

  get #step(): Step {
    return this.#steps[this.#at]!;
  }

  /** All parts of the track that a part belongs to. */
  whole(part: number): readonly number[] {
    return this.#step.whole.get(part) ?? [part];
  }

  /** After the last correction: from parts to tracks. */
  finish(trackOfPart: readonly number[]): void {
    const first = new Map<number, number>();
    trackOfPart.forEach((track, part) => first.has(track) || first.set(track, part));
    this.byHand = new Set([...this.byHand].map((part) => trackOfPart[part]!));
    this.labels = Int32Array.from(
      { length: first.size },
      (_, track) => this.labels[first.get(track)!]!,
    );
  }

  /** The tracks of a list of keys; keys without a track are dropped. */
  find(keys: readonly string[] = []): number[] {
    return keys.map((key) => this.#step.index.get(key)).filter((track) => track !== undefined);
  }

  /** The person with most of the tracks, the first on a tie; null if all are unknown. */
  resolve(tracks: readonly number[]): number | null {
    const counts = new Map<number, number>();
    for (const track of tracks) {
      const label = this.labels[track]!;
      if (label >= 0) counts.set(label, (counts.get(label) ?? 0) + 1);
    }
    let best: number | null = null;
    for (const [label, count] of counts) {
      if (best === null || count > counts.get(best)!) best = label;
    }
    return best;
  }

  tracksOf(label: number): number[] {
    const found: number[] = [];
    this.labels.forEach((other, track) => other === label && found.push(track));
    return found;
  }

  /** Replay one correction; it has no effect if something it needs is missing. */
  apply(edit: Edit): void {
    const at: At = {
      who: this.find(edit.who),
      others: this.find(edit.others),
      tracks: this.find(edit.tracks),
      source: this.find(edit.source),
      face: edit.face && this.#faces.has(edit.face) ? [edit.face] : [],
    };
    if (OF_TRACKS.has(edit.action)) this.#at = Math.min(this.#at + 1, this.#steps.length - 1);
    const [needs, act] = ACTIONS[edit.action];
    if (needs.some((list) => !at[list].length)) return;
    act(this, at, edit);
    for (const label of this.people.keys()) if (!this.#sizes.get(label)) this.people.delete(label);
  }

  assign(tracks: readonly number[], label: number, byHand = true): void {
    for (const track of tracks.flatMap((first) => this.whole(first))) {
      this.#count(this.labels[track]!, -1);
      this.#count(label, 1);
      this.labels[track] = label;
      if (byHand) this.byHand.add(track);
    }
  }

  create(tracks: readonly number[]): number {
    const label = this.#nextLabel++;
    this.#enter(label, this.#nextNumber++);
    this.assign(tracks, label);
    return label;
  }

  #count(label: number, by: number): void {
    this.#sizes.set(label, (this.#sizes.get(label) ?? 0) + by);
  }

  #enter(label: number, number: number): void {
    this.people.set(label, {
      label,
      number,
      name: null,
      hidden: false,
      cover: null,
      background: null,
    });
  }
}

type Act = (state: State, at: At, edit: Edit) => void;

const same: Act = (state, { who, others }) => {
  const [a, b] = [state.resolve(who), state.resolve(others)];
  if (a === null && b === null) state.create([...who, ...others]);
  else if (b === null) state.assign(others, a!);
  else if (a === null) state.assign(who, b);
  else if (a !== b) {
    const [stays, goes] = [state.people.get(a)!, state.people.get(b)!];
    state.assign(state.tracksOf(b), a, false);
    stays.name ??= goes.name;
    stays.cover ??= goes.cover;
    stays.background ??= goes.background;
  }
};
const different: Act = (state, { who, others }) => {
  const a = state.resolve(who);
  if (a === null || a !== state.resolve(others)) return;
  const out = others.filter((track) => state.labels[track] === a && !who.includes(track));
  if (out.length) state.create(out);
};
const move: Act = (state, { who, tracks }) => {
  const there = who.filter((track) => state.labels[track] !== NOT_A_FACE);
  state.assign(tracks, state.resolve(who) ?? state.create(there));
};
const makeNew: Act = (state, { tracks, source }) => {
  const sources = new Set(source.map((track) => state.labels[track]));
  const elsewhere = tracks.filter((track) => !sources.has(state.labels[track]));
  const already = state.resolve(elsewhere);
  if (already === null) state.create(tracks);
  else state.assign(tracks, already);
};
const remove: Act = (state, { tracks, source }, edit) => {
  const sources = new Set(source.map((track) => state.labels[track]!).filter((l) => l >= 0));
  const all = !edit.source?.length;
  state.assign(
    tracks.filter((track) => all || sources.has(state.labels[track]!)),
    UNKNOWN,
  );
};
const flag =
  (hidden: boolean): Act =>
  (state, at) => {
    const label = state.resolve(at.who);
    if (label !== null) state.people.get(label)!.hidden = hidden;
  };
const place =
  (background: boolean): Act =>
  (state, at) => {
    const label = state.resolve(at.who);
    if (label !== null) state.people.get(label)!.background = background;
  };
const cover: Act = (state, at, edit) => {
  const label = state.resolve(at.who);
  if (label !== null) state.people.get(label)!.cover = edit.face ?? null;
};
const name: Act = (state, at, edit) => {
  const label = state.resolve(at.who) ?? state.create(at.who);
  state.people.get(label)!.name = edit.name ?? null;
  if (!edit.name) state.people.get(label)!.name = null;
};

/** All parts of the joined track go to the person of the first that has one. */
const join: Act = (state, { tracks }) => {
  const own = tracks.map((track) => state.labels[track]!);
  const label = own.find((each) => each >= 0) ?? own[0]!;
  const parts = state.whole(tracks[0]!);
  const moved = parts.filter((part) => state.labels[part] !== label);
  if (!moved.length) return;
  state.assign(parts.slice(0, 1), label, false);
  for (const part of moved) state.byHand.add(part);
};

/** Action → the lists that must not be empty, and its effect. */
const ACTIONS: Record<Action, [(keyof At)[], Act]> = {
  "same person": [["who", "others"], same],
  "different people": [["who", "others"], different],
  move: [["who", "tracks"], move],
  "new person": [["tracks"], makeNew],
  "not this person": [["tracks"], remove],
  "not a face": [["tracks"], (state, { tracks }) => state.assign(tracks, NOT_A_FACE)],
  name: [["who"], name],
  hide: [["who"], flag(true)],
  show: [["who"], flag(false)],
  "main person": [["who"], place(false)],
  background: [["who"], place(true)],
  cover: [["who", "face"], cover],
  "group again": [[], () => undefined],
  "cut track": [[], () => undefined],
  "join tracks": [["tracks"], join],
  "add a face": [[], () => undefined],
};

export const replay = (base: Base, edits: readonly Edit[]): State => {
  const state = new State(base);
  for (const edit of edits) state.apply(edit);
  if (base.retracked) state.finish(base.retracked.track);
  return state;
};
