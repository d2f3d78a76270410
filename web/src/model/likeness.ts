// Whom to offer first: those who look most alike, then the others by name.
import { inOrder } from "./filter";
import type { People, Person } from "./people";

/** Answer of the server: the best track of a person or an unknown track, 0 = alike, seen together. */
export type Alike = readonly [track: number, distance: number, together: boolean][];

export interface Choice {
  who: Person;
  /** 0 to 1; null where nothing is known. */
  distance: number | null;
  together: boolean;
}

/** Order some people by likeness, then by name; without an answer by name alone. */
export const byLikeness = (
  people: People,
  offered: readonly Person[],
  alike: Alike | null,
  nameOf: (who: Person) => string,
): Choice[] => {
  const found = new Map<number, { distance: number; together: boolean }>();
  for (const [track, distance, together] of alike ?? []) {
    const label = people.state.labels[track] ?? -1;
    const before = found.get(label);
    if (label < 0) continue;
    found.set(label, {
      distance: Math.min(distance, before?.distance ?? Infinity),
      together: together || (before?.together ?? false),
    });
  }
  const choices = offered.map((who) => {
    const known = found.get(who.label);
    return { who, distance: known?.distance ?? null, together: known?.together ?? false };
  });
  const named = (a: Choice, b: Choice) =>
    Number(b.who.named) - Number(a.who.named) ||
    inOrder(nameOf(a.who), nameOf(b.who)) ||
    a.who.label - b.who.label;
  return choices.sort(
    (a, b) =>
      Number(a.distance === null) - Number(b.distance === null) ||
      (a.distance ?? 0) - (b.distance ?? 0) ||
      named(a, b),
  );
};

const plain = (text: string) =>
  text
    .normalize("NFD")
    .replace(/\p{Mn}/gu, "")
    .toLocaleLowerCase();
/** Whether a name has what was typed, whatever the case and the accents. */
export const fits = (name: string, typed: string): boolean => plain(name).includes(plain(typed));

const LONGEST_NAME = 200; // as in clusterer/edits/log.py
/** A name as it is kept: one line, no spaces around it, not too long. */
export const tidy = (name: string): string => {
  const line = name.replace(/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/gu, " ").trim();
  return Array.from(line).slice(0, LONGEST_NAME).join("").trim();
};

/** Names that nobody has yet, the likeliest first: candidates of some people, then the others. */
export const newNames = (
  people: People,
  known: readonly string[],
  candidates: readonly (readonly [name: string, score: number])[],
): string[] => {
  const taken = new Set(people.people.map((who) => who.given));
  const likely = [...candidates].sort((a, b) => b[1] - a[1]).map(([name]) => name);
  const rest = [...known].sort((a, b) => a.localeCompare(b));
  return [...new Set([...likely, ...rest])].filter((name) => name && !taken.has(name));
};
