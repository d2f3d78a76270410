// Which people the cast shows, in which order, and how sure it is of them in one word.
import type { Data, Sureness } from "./data";
import type { Person } from "./people";

export const SORTS = ["time", "first", "count", "confidence", "name"] as const;
export type Sort = (typeof SORTS)[number];
export const KINDS = ["all", "named", "unnamed", "hidden", "doubtful"] as const;
export type Kind = (typeof KINDS)[number];

export interface Filter {
  /** Part of a name. */
  text: string;
  kind: Kind;
  /** Least screen time, seconds. */
  least_s: number;
}

/** What is needed of a person to sort and filter. */
export type Listed = Pick<
  Person,
  "label" | "given" | "hidden" | "time_s" | "confidence" | "appearances"
>;

/** Order of names: "Person 2" before "Person 10". */
export const inOrder = new Intl.Collator(undefined, { numeric: true }).compare;

const start = (who: Listed) => who.appearances[0]?.start ?? 0;

/** People in the order asked for; ties go by screen time, then by label. */
export const sorted = <P extends Listed>(
  people: readonly P[],
  by: Sort,
  nameOf: (who: P) => string,
): P[] => {
  const orders: Record<Sort, (a: P, b: P) => number> = {
    time: (a, b) => b.time_s - a.time_s,
    first: (a, b) => start(a) - start(b),
    count: (a, b) => b.appearances.length - a.appearances.length,
    confidence: (a, b) => a.confidence - b.confidence,
    name: (a, b) => inOrder(nameOf(a), nameOf(b)),
  };
  return [...people].sort(
    (a, b) => orders[by](a, b) || b.time_s - a.time_s || start(a) - start(b) || a.label - b.label,
  );
};

/**
 * An order for people who would now be sorted otherwise: those who are known keep their places, so
 * that nobody jumps; somebody new comes after the one before them.
 */
export const keepOrder = (order: readonly number[], now: readonly number[]): number[] => {
  const there = new Set(now);
  const kept = order.filter((label) => there.has(label));
  const known = new Set(kept);
  now.forEach((label, i) => {
    if (known.has(label)) return;
    kept.splice(i ? kept.indexOf(now[i - 1]!) + 1 : 0, 0, label);
  });
  return kept;
};

/** Of the background, and not hidden, which is a class of its own. */
export const isBehind = (who: Pick<Person, "background" | "hidden">): boolean =>
  who.background && !who.hidden;

/** A list with the people of the background at its end, or without them if they are folded away. */
export interface Folded<P> {
  list: readonly P[];
  /** Number of people before the background, and in it. */
  main: number;
  behind: number;
  isFolded: boolean;
}
/** Whoever is searched for, or `isOpen` elsewhere, is shown, folded away or not. */
export const folded = <P extends Pick<Person, "background" | "hidden">>(
  found: readonly P[],
  isUnfolded: boolean,
  text: string,
  isOpen: (who: P) => boolean,
): Folded<P> => {
  const main = found.filter((who) => !isBehind(who));
  const behind = found.filter(isBehind);
  const isFolded = !isUnfolded && text.trim() === "" && !behind.some(isOpen);
  return {
    list: isFolded ? main : [...main, ...behind],
    main: main.length,
    behind: behind.length,
    isFolded,
  };
};

/** Letters as they are searched for: no capitals, no accents. */
export const plain = (text: string): string =>
  text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

/** Whether a filter lets a person through; hidden people show only where they are asked for. */
export const matches = <P extends Listed>(
  who: P,
  filter: Filter,
  nameOf: (who: P) => string,
  isDoubtful: (who: P) => boolean,
): boolean => {
  if (who.hidden !== (filter.kind === "hidden")) return false;
  if (filter.kind === "named" && who.given === null) return false;
  if (filter.kind === "unnamed" && who.given !== null) return false;
  if (filter.kind === "doubtful" && !isDoubtful(who)) return false;
  return who.time_s >= filter.least_s && plain(nameOf(who)).includes(plain(filter.text.trim()));
};

export const LEVELS = ["certain", "likely", "doubtful"] as const;
export type Level = (typeof LEVELS)[number];
/** Below this a person is doubtful where the page has no words of confidence. */
const DOUBTFUL = 0.6;

const BY_HAND: Sureness = ["certain", "by_hand", true];
const NOT_KNOWN: Sureness = ["", "", false];
const levelOf = (word: string): number => Math.max(0, LEVELS.indexOf(word as Level));

/**
 * How sure the page is of some tracks: the word that at least half of their clear faces reach, and
 * the most frequent reason of those tracks that have it. Other faces count only where none is clear.
 * Null where the page has no words. Python's `overall` decides alike, for the tables.
 */
export const sureOf = (
  data: Pick<Data, "sure" | "tracks">,
  tracks: readonly number[],
  byHand: ReadonlySet<number>,
): { level: Level; reason: string } | null => {
  const { sure } = data;
  if (!sure) return null;
  const all = tracks.map((track): [number, Sureness] => [
    data.tracks.faces[track]!,
    byHand.has(track) ? BY_HAND : (sure.tracks[track] ?? NOT_KNOWN),
  ]);
  const clear = all.filter(([, kind]) => kind[2]);
  const faces = [0, 0, 0];
  const reasons = [0, 1, 2].map(() => new Map<string, number>());
  for (const [count, [word, reason]] of clear.length ? clear : all) {
    const level = levelOf(word);
    faces[level]! += count;
    reasons[level]!.set(reason, (reasons[level]!.get(reason) ?? 0) + count);
  }
  const half = faces.reduce((sum, count) => sum + count, 0) / 2;
  let level = 0;
  for (let sum = faces[0]!; level < 2 && sum < half; sum += faces[level]!) level += 1;
  const found = [...reasons[level]!].sort((a, b) => b[1] - a[1])[0]?.[0] ?? "";
  return { level: LEVELS[level]!, reason: found };
};

/** Whether a person should be looked at again. */
export const isDoubtful = (level: Level | undefined, who: Pick<Person, "confidence">): boolean =>
  level ? level === "doubtful" : who.confidence < DOUBTFUL;

/** The tile that an arrow key leads to; tiles lie in rows of `columns`. */
export const step = (key: string, at: number, count: number, columns: number): number => {
  const to =
    key === "ArrowLeft"
      ? at - 1
      : key === "ArrowRight"
        ? at + 1
        : key === "ArrowUp"
          ? at - columns
          : key === "ArrowDown"
            ? at + columns
            : key === "Home"
              ? 0
              : key === "End"
                ? count - 1
                : at;
  return to < 0 || to >= count ? at : to;
};
