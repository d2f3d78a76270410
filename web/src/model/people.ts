// People and unknown tracks as derived from the grouping and the corrections.
import { NOT_A_FACE } from "./data";
import type { Film } from "./film";
import type { Facts, State } from "./replay";

/** Tracks that stand for a person in a correction. */
const ANCHORS = 5;
/** As JOIN_GAP_S in clusterer/core/appearances.py. */
export const JOIN_GAP_S = 1;

export interface Appearance {
  shot: number;
  start: number;
  end: number;
  startTrack: number;
  endTrack: number;
  tracks: number[];
}

const appearances = (film: Film, members: readonly number[]): Appearance[] => {
  const { start_pts, end_pts, shot: shots } = film.data.tracks;
  const spans: Appearance[] = [];
  for (const track of members) {
    const [start, end, shot] = [start_pts[track]!, end_pts[track]!, shots[track]!];
    const last = spans.at(-1);
    if (last?.shot === shot && (start - last.end) * film.tick_s <= JOIN_GAP_S) {
      if (end > last.end) [last.end, last.endTrack] = [end, track];
      last.tracks.push(track);
    } else spans.push({ shot, start, end, startTrack: track, endTrack: track, tracks: [track] });
  }
  return spans;
};

/** Some tracks that belong together: a person, or an unknown face alone. */
export class Group {
  readonly tracks: number[];
  #appearances: Appearance[] | undefined;
  #faces: number | undefined;
  #time_s: number | undefined;
  #chips: number[] | undefined;

  constructor(
    protected readonly film: Film,
    members: readonly number[],
  ) {
    const { start_pts } = film.data.tracks;
    this.tracks = [...members].sort((a, b) => start_pts[a]! - start_pts[b]! || a - b);
  }

  // Questions make hundreds of groups, of which most are never shown: the rest is made when asked for.
  get appearances(): Appearance[] {
    return (this.#appearances ??= appearances(this.film, this.tracks));
  }
  get faces(): number {
    const { faces } = this.film.data.tracks;
    return (this.#faces ??= this.tracks.reduce((sum, track) => sum + faces[track]!, 0));
  }
  get time_s(): number {
    const { tick_s } = this.film;
    return (this.#time_s ??=
      this.appearances.reduce((sum, a) => sum + (a.end - a.start), 0) * tick_s);
  }

  #best(members: readonly number[]): number[] {
    const { quality, faces } = this.film.data.tracks;
    const worth = (track: number) => quality[track]! + 1e-6 * faces[track]!;
    return [...members].sort((a, b) => worth(b) - worth(a) || a - b);
  }

  /** Tracks that stand for it, except those `without`, which are about to leave. */
  anchors(without: readonly number[] = []): number[] {
    const leaving = new Set(without);
    return this.#best(this.tracks.filter((track) => !leaving.has(track))).slice(0, ANCHORS);
  }

  keys(without: readonly number[] = []): string[] {
    return this.anchors(without).map((track) => this.film.data.tracks.key[track]!);
  }

  /** Its pictures in time order. */
  get chips(): number[] {
    const { pts } = this.film.data.chips;
    this.#chips ??= this.tracks
      .flatMap((track) => this.film.chipsOf[track]!)
      .sort((a, b) => pts[a]! - pts[b]! || a - b);
    return this.#chips;
  }

  /** The best picture of each of its best tracks, at most `count`. */
  portraits(count: number, among: readonly number[] = this.tracks): number[] {
    const { quality } = this.film.data.chips;
    const found: number[] = [];
    for (const track of this.#best(among)) {
      const own = this.film.chipsOf[track]!.filter((chip) => this.film.isShown(chip));
      own.sort((a, b) => quality[b]! - quality[a]! || a - b);
      if (own[0] !== undefined) found.push(own[0]);
      if (found.length === count) break;
    }
    return found;
  }
}

export class Person extends Group {
  readonly label: number;
  readonly number: number;
  /** Given name; null = "Person N" in the reader's language. */
  readonly given: string | null;
  readonly hidden: boolean;
  /** In the background: a reviewer said so, or it has no name and never stands in front. */
  readonly background: boolean;
  readonly chosen: string | null;
  /** Face-weighted, 0 to 1; corrections by hand count as 1. */
  readonly confidence: number;
  /** Number of tracks that a correction put here. */
  readonly hands: number;
  #cover: number | undefined;

  constructor(film: Film, members: readonly number[], facts: Facts, state: State) {
    super(film, members);
    this.label = facts.label;
    this.number = facts.number;
    this.given = facts.name;
    this.hidden = facts.hidden;
    this.background = isBackground(facts, isInFront(film, members));
    this.chosen = facts.cover;
    const { faces, confidence } = film.data.tracks;
    const sum = this.tracks.reduce(
      (total, track) => total + faces[track]! * (state.byHand.has(track) ? 1 : confidence[track]!),
      0,
    );
    this.confidence = this.faces ? sum / this.faces : 0;
    this.hands = handsIn(this.tracks, state);
  }

  get named(): boolean {
    return this.given !== null;
  }

  /** As in tables: English; the page shows `words().person(n)` where it has no name. */
  get name(): string {
    return this.given ?? `Person ${this.number}`;
  }

  get id(): string {
    return `person-${this.number}`;
  }

  /** Index of the colour of bars and boxes, 0 to 7. */
  get colour(): number {
    return (this.number - 1) % 8;
  }

  /** The chip that stands for it; -1 if no picture is kept. */
  get cover(): number {
    this.#cover ??= this.#findCover();
    return this.#cover;
  }

  #findCover(): number {
    const { resolved, chips } = this.film.data;
    const { chosen } = this;
    if (chosen !== null) {
      const found = this.chips.find(
        (chip) => chip === resolved.faces[chosen] || chips.face[chip] === chosen,
      );
      if (found !== undefined && this.film.isShown(found)) return found;
    }
    const able = this.chips.filter((chip) => this.film.isShown(chip));
    return able.reduce((a, b) => (a < 0 || chips.quality[b]! > chips.quality[a]! ? b : a), -1);
  }
}

/** Whether any of some tracks stands in the foreground. */
const isInFront = (film: Film, members: readonly number[]): boolean => {
  const { front } = film.data.tracks;
  return !front || members.some((track) => front[track]);
};
/** Whether a person is in the background; as in clusterer/people/background.py. */
export const isBackground = (
  { background, name }: Pick<Facts, "background" | "name">,
  inFront: boolean,
): boolean => background ?? (name === null && !inFront);

const handsIn = (tracks: readonly number[], state: State): number =>
  tracks.reduce((sum, track) => sum + Number(state.byHand.has(track)), 0);

/** Everybody under the present corrections. */
export interface People {
  state: State;
  /** Longest on screen first. */
  people: Person[];
  byLabel: Map<number, Person>;
  /** Reason → unknown tracks; "not a face" is the last. */
  unknown: Map<string, number[]>;
}

const isEqual = (a: readonly number[], b: readonly number[]) =>
  a.length === b.length && a.every((value, i) => value === b[i]);

/** Derive everybody; a person that has not changed stays the same object and is not drawn again. */
export const derive = (film: Film, state: State, before?: People): People => {
  const { start_pts, reason } = film.data.tracks;
  const members = new Map<number, number[]>([...state.people.keys()].map((label) => [label, []]));
  const unknown = new Map<string, number[]>();
  const notFaces: number[] = [];
  state.labels.forEach((label, track) => {
    if (label >= 0) members.get(label)?.push(track);
    else if (label === NOT_A_FACE) notFaces.push(track);
    else {
      const why = state.byHand.has(track) ? "by hand" : reason[track]!;
      const list = unknown.get(why);
      if (list) list.push(track);
      else unknown.set(why, [track]);
    }
  });
  if (notFaces.length) unknown.set("not a face", notFaces);
  const people = [...state.people.values()].map((facts) => {
    const next = members.get(facts.label)!.sort((a, b) => start_pts[a]! - start_pts[b]! || a - b);
    const old = before?.byLabel.get(facts.label);
    const isSame =
      old !== undefined &&
      isEqual(old.tracks, next) &&
      old.given === facts.name &&
      old.hidden === facts.hidden &&
      old.background === isBackground(facts, isInFront(film, next)) &&
      old.chosen === facts.cover &&
      old.hands === handsIn(next, state);
    return isSame ? old : new Person(film, next, facts, state);
  });
  people.sort(
    (a, b) =>
      b.time_s - a.time_s || a.appearances[0]!.start - b.appearances[0]!.start || a.label - b.label,
  );
  return { state, people, unknown, byLabel: new Map(people.map((who) => [who.label, who])) };
};

/** The person of a track; null if it is unknown or not a face. */
export const ownerOf = ({ byLabel, state }: People, track: number): Person | null =>
  byLabel.get(state.labels[track]!) ?? null;

/** The person of a track, or the unknown track alone; null if it is not a face. */
export const groupOf = (film: Film, people: People, track: number): Person | Group | null => {
  const label = people.state.labels[track]!;
  if (label === NOT_A_FACE) return null;
  return label >= 0 ? people.byLabel.get(label)! : new Group(film, [track]);
};
