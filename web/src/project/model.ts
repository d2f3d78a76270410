// The people of a project over all its films, as its server tells them: clusterer/review/cast/view.py.
import { plain } from "../model/filter";

/** A person of a film: id of the film, id of the person there. */
export type Pair = readonly [film: number, person: string];
/** "" = nothing was compared. */
export type Word = "confirmed" | "certain" | "likely" | "doubtful" | "";

export interface Film {
  id: number;
  name: string;
  state: "done" | "waiting" | "failed" | "quarantined" | "purged";
  error: string;
  length_s: number;
  people: number;
}
export interface Question {
  a: Pair;
  b: Pair;
  probability: number;
  gain_s: number;
}
export interface Impure {
  member: Pair;
  rows: number[];
  to: string;
}
type Row = [
  film: number,
  person: string,
  time_s: number,
  cover: number,
  word: Word,
  chance: number | null,
];
export interface PersonRow {
  id: string;
  name: string;
  named: boolean;
  hidden: boolean;
  /** Absent in payloads of tests. */
  background?: boolean;
  members: Row[];
}
export type Action = "same person" | "different people" | "name" | "hide" | "show";
/** A correction: ids of those people who are still there. */
export interface Change {
  action: Action;
  who: string[];
  others: string[];
  name: string;
}
export interface Seen {
  /** Number of changes so far; a correction states it. */
  count: number;
  films: Film[];
  people: PersonRow[];
  /** Ids of people who are on screen together in a film. */
  together: [string, string][];
  questions: Question[];
  impure: Impure[];
  /** What undoing takes back, and redoing does again. */
  undo: Change | null;
  redo: Change | null;
}

export interface Member {
  pair: Pair;
  film: number;
  time_s: number;
  cover: number;
  word: Word;
  chance: number | null;
}
export interface Person {
  id: string;
  number: number;
  /** As given; null = nobody named them. */
  given: string | null;
  hidden: boolean;
  background: boolean;
  members: readonly Member[];
  films: readonly number[];
  time_s: number;
  /** The member whose picture stands for the person. */
  best: Member;
  colour: number;
  /** As received, to see whether anything has changed. */
  text: string;
}

export const keyOf = ([film, person]: Pair): string => `${film}/${person}`;

const derive = (row: PersonRow, text: string): Person => {
  const members = row.members.map(([film, person, time_s, cover, word, chance]): Member => ({
    pair: [film, person],
    film,
    time_s,
    cover,
    word,
    chance,
  }));
  const number = Number(row.id.split("-").pop()) || 1;
  return {
    id: row.id,
    number,
    given: row.named ? row.name : null,
    hidden: row.hidden,
    background: row.background ?? false,
    members,
    films: [...new Set(members.map((one) => one.film))],
    time_s: members.reduce((sum, one) => sum + one.time_s, 0),
    best: members.reduce((a, b) => (b.time_s > a.time_s ? b : a)),
    colour: (number - 1) % 8,
    text,
  };
};

export class Project {
  readonly films: ReadonlyMap<number, Film>;
  readonly people: readonly Person[];
  readonly byId: ReadonlyMap<string, Person>;
  readonly byMember: ReadonlyMap<string, Person>;
  /** Longest screen time of anybody in one film, seconds. */
  readonly longest_s: number;
  private readonly apart: ReadonlySet<string>;

  /** People who have not changed since `before` stay the same objects. */
  constructor(
    readonly seen: Seen,
    before?: Project,
  ) {
    this.films = new Map(seen.films.map((film) => [film.id, film]));
    this.people = seen.people.map((row) => {
      const text = JSON.stringify(row);
      const old = before?.byId.get(row.id);
      return old?.text === text ? old : derive(row, text);
    });
    this.byId = new Map(this.people.map((who) => [who.id, who]));
    this.byMember = new Map(
      this.people.flatMap((who) => who.members.map((one) => [keyOf(one.pair), who] as const)),
    );
    this.longest_s = 0;
    for (const who of this.people)
      for (const one of who.members) this.longest_s = Math.max(this.longest_s, one.time_s);
    this.apart = new Set(seen.together.map(([a, b]) => `${a} ${b}`));
  }

  areTogether(a: Person, b: Person): boolean {
    return this.apart.has(`${a.id} ${b.id}`) || this.apart.has(`${b.id} ${a.id}`);
  }

  whose(pair: Pair): Person | undefined {
    return this.byMember.get(keyOf(pair));
  }
}

export const rank = (who: Person): number => (who.given === null ? 0 : 1e9) + who.time_s;
/** Of two who are joined: the one that stays, then the other. */
export const ranked = (a: Person, b: Person): [Person, Person] =>
  rank(b) > rank(a) ? [b, a] : [a, b];

export const SORTS = ["time", "films", "name"] as const;
export type Sort = (typeof SORTS)[number];
export const KINDS = ["all", "named", "unnamed", "several", "hidden"] as const;
export type Kind = (typeof KINDS)[number];
export interface Filter {
  text: string;
  kind: Kind;
  /** Id of a film; 0 = all. */
  film: number;
}

/** People in the order asked for; ties go by screen time, then by number. */
export const sorted = (
  people: readonly Person[],
  by: Sort,
  nameOf: (who: Person) => string,
): Person[] => {
  const { compare } = new Intl.Collator(undefined, { numeric: true });
  const orders: Record<Sort, (a: Person, b: Person) => number> = {
    time: () => 0,
    films: (a, b) => b.films.length - a.films.length,
    name: (a, b) =>
      Number(a.given === null) - Number(b.given === null) || compare(nameOf(a), nameOf(b)),
  };
  return [...people].sort((a, b) => orders[by](a, b) || b.time_s - a.time_s || a.number - b.number);
};

/** Whether somebody is of the kind asked for; hidden people show only where they are asked for. */
export const isOfKind = (who: Person, kind: Kind): boolean => {
  if (who.hidden !== (kind === "hidden")) return false;
  if (kind === "named") return who.given !== null;
  if (kind === "unnamed") return who.given === null;
  return kind !== "several" || who.films.length > 1;
};

export const matches = (who: Person, filter: Filter, nameOf: (who: Person) => string): boolean =>
  isOfKind(who, filter.kind) &&
  (!filter.film || who.films.includes(filter.film)) &&
  (!filter.text.trim() || plain(nameOf(who)).includes(plain(filter.text.trim())));

/** Screen time of a person in each film, seconds. */
export const timesOf = (who: Person): Map<number, number> => {
  const times = new Map<number, number>();
  for (const one of who.members) times.set(one.film, (times.get(one.film) ?? 0) + one.time_s);
  return times;
};

/**
 * The strip of a person: a bar per film, in a box of 100 by `height`. The height is the square root
 * of the screen time, so that small parts can be seen.
 */
export const strip = (
  films: readonly number[],
  times: ReadonlyMap<number, number>,
  longest_s: number,
  height: number,
): string => {
  const step = 100 / films.length;
  const gap = Math.min(step / 4, 1.2);
  return films
    .map((film, i) => {
      const time_s = times.get(film);
      if (time_s === undefined) return "";
      const tall = Math.max(2, height * Math.sqrt(time_s / (longest_s || 1)));
      return `M${(i * step).toFixed(2)} ${height}v${(-tall).toFixed(2)}h${(step - gap).toFixed(2)}V${height}z`;
    })
    .join("");
};
