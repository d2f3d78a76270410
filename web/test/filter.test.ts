import { expect, test } from "vitest";
import { folded, isDoubtful, keepOrder, matches, sorted, step, sureOf } from "../src/model/filter";
import type { Listed } from "../src/model/filter";

const who = (label: number, time_s: number, start: number, more: Partial<Listed> = {}): Listed => ({
  label,
  given: null,
  hidden: false,
  time_s,
  confidence: 0.9,
  appearances: [{ shot: 0, start, end: start + 1, startTrack: 0, endTrack: 0, tracks: [0] }],
  ...more,
});
const nameOf = (one: Listed) => one.given ?? `Person ${one.label}`;
const cast = [
  who(1, 10, 50),
  who(2, 30, 90, { given: "Zoë", confidence: 0.5 }),
  who(10, 20, 10, { hidden: true }),
];
const labels = (list: readonly Listed[]) => list.map((one) => one.label);
const all = { text: "", kind: "all", least_s: 0 } as const;
const found = (filter: Parameters<typeof matches>[1]) =>
  labels(cast.filter((one) => matches(one, filter, nameOf, (two) => isDoubtful(undefined, two))));

test("people are sorted by each order", () => {
  expect(labels(sorted(cast, "time", nameOf))).toEqual([2, 10, 1]);
  expect(labels(sorted(cast, "first", nameOf))).toEqual([10, 1, 2]);
  expect(labels(sorted(cast, "confidence", nameOf))).toEqual([2, 10, 1]);
  expect(labels(sorted(cast, "count", nameOf))).toEqual([2, 10, 1]);
  expect(labels(sorted(cast, "name", nameOf))).toEqual([1, 10, 2]); // 10 after 1, not after "1"
});

test("known people keep their places and a new one comes at its own", () => {
  expect(keepOrder([3, 1, 2], [1, 2, 3])).toEqual([3, 1, 2]);
  expect(keepOrder([3, 1, 2], [1, 4, 2, 3])).toEqual([3, 1, 4, 2]);
  expect(keepOrder([3, 1, 2], [5, 1, 3])).toEqual([5, 3, 1]);
  expect(keepOrder([], [2, 1])).toEqual([2, 1]);
});

test("hidden people show only where they are asked for", () => {
  expect(found(all)).toEqual([1, 2]);
  expect(found({ ...all, kind: "hidden" })).toEqual([10]);
});

test("filters go by name, kind and screen time", () => {
  expect(found({ ...all, text: " zoe" })).toEqual([2]);
  expect(found({ ...all, kind: "named" })).toEqual([2]);
  expect(found({ ...all, kind: "unnamed" })).toEqual([1]);
  expect(found({ ...all, kind: "doubtful" })).toEqual([2]);
  expect(found({ ...all, least_s: 10.5 })).toEqual([2]);
});

test("the word is the one that half of the clear faces reach", () => {
  const data = {
    tracks: { faces: [6, 4, 2, 20] },
    sure: {
      tracks: [
        ["likely", "few_views", true],
        ["doubtful", "unlike", true],
        ["certain", "close_match", true],
        ["doubtful", "small_or_blurred", false],
      ],
    },
  } as unknown as Parameters<typeof sureOf>[0];
  const none = new Set<number>();
  expect(sureOf(data, [0, 1, 2], none)).toEqual({ level: "likely", reason: "few_views" });
  expect(sureOf(data, [0, 1, 2, 3], none)?.level).toBe("likely"); // blurred faces say little
  expect(sureOf(data, [3], none)).toEqual({ level: "doubtful", reason: "small_or_blurred" });
  expect(sureOf(data, [0, 3], new Set([3]))).toEqual({ level: "certain", reason: "by_hand" });
  expect(sureOf(data, [1, 2], none)?.level).toBe("doubtful");
  expect(sureOf(data, [1, 2], new Set([1]))?.level).toBe("certain"); // put there by hand
  expect(sureOf({ tracks: data.tracks }, [0], none)).toBeNull();
});

test("the background is last, and folded away unless somebody of it is asked for", () => {
  const [main, behind, hid] = [
    { background: false, hidden: false },
    { background: true, hidden: false },
    { background: true, hidden: true }, // hidden counts before the background
  ];
  const found = [behind, main, hid];
  const away = { list: [main, hid], main: 2, behind: 1, isFolded: true };
  const all = { list: [main, hid, behind], main: 2, behind: 1, isFolded: false };
  expect(folded(found, false, " ", (who) => who === main)).toEqual(away);
  expect(folded(found, true, "", () => false)).toEqual(all);
  expect(folded(found, false, "an", () => false)).toEqual(all);
  expect(folded(found, false, "", (who) => who === behind)).toEqual(all);
});

test("arrows stay inside the grid", () => {
  expect(step("ArrowDown", 1, 7, 3)).toBe(4);
  expect(step("ArrowDown", 5, 7, 3)).toBe(5);
  expect(step("ArrowUp", 4, 7, 3)).toBe(1);
  expect(step("ArrowLeft", 0, 7, 3)).toBe(0);
  expect(step("End", 0, 7, 3)).toBe(6);
});
