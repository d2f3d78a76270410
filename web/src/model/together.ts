// How long two people are on screen together.
import type { Appearance } from "./people";

export interface Shared {
  /** Ticks of the time base. */
  ticks: number;
  /** First common frame, pts; null = never together. */
  first: number | null;
}

/** What two lists of appearances, each in time order, have in common. */
export const shared = (
  a: readonly Pick<Appearance, "start" | "end">[],
  b: readonly Pick<Appearance, "start" | "end">[],
): Shared => {
  const found: Shared = { ticks: 0, first: null };
  for (let i = 0, j = 0; i < a.length && j < b.length;) {
    const [one, other] = [a[i]!, b[j]!];
    const start = Math.max(one.start, other.start);
    const end = Math.min(one.end, other.end);
    if (end > start) {
      found.ticks += end - start;
      found.first ??= start;
    }
    if (one.end < other.end) i += 1;
    else j += 1;
  }
  return found;
};
