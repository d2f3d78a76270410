import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { Edit, Retracked } from "../src/model/data";
import { isBackground } from "../src/model/people";
import { replay } from "../src/model/replay";

interface Case {
  labels: number[];
  numbers: Record<string, number>;
  keys: string[];
  faces: [key: string, track: number][];
  edits: Edit[];
  front: number[];
  expected: unknown;
}
// Made by tests/page/test_replay.py.
const cases = JSON.parse(
  readFileSync(new URL("./replay.json", import.meta.url), "utf-8"),
) as Case[];

const after = ({ labels, numbers, keys, faces, edits, front }: Case) => {
  const track = new Map(faces);
  const state = replay(
    {
      labels,
      people: Object.entries(numbers).map(([label, number]) => [Number(label), number]),
      index: new Map(keys.map((key, i) => [key, i])),
      faces: new Set(track.keys()),
    },
    edits,
  );
  return {
    labels: [...state.labels],
    // A cover counts while its track is with the person; `Person.cover` asks its pictures.
    people: Object.fromEntries(
      [...state.people].map(([label, who]) => [
        label,
        [
          who.number,
          who.name,
          who.hidden,
          who.cover !== null && state.labels[track.get(who.cover)!] === label ? who.cover : null,
          isBackground(
            who,
            front.some((one) => state.labels[one] === label),
          ),
        ],
      ]),
    ),
    by_hand: [...state.byHand].sort((a, b) => a - b),
  };
};

test("corrections have the effect that they have in Python", () => {
  expect(cases.length).toBe(300);
  for (const one of cases) expect(after(one), JSON.stringify(one)).toEqual(one.expected);
});

test("a new person takes the next number ever used", () => {
  // Worked by hand: the third person vanishes, and its number is not given again.
  const keys = ["a", "b", "c"];
  const edits: Edit[] = [
    { action: "new person", tracks: ["b"], source: ["a"] },
    { action: "not this person", tracks: ["b"] },
    { action: "new person", tracks: ["c"], source: ["a"] },
  ];
  const one = {
    labels: [0, 0, 0],
    numbers: { "0": 1 },
    keys,
    faces: [],
    edits,
    front: [],
    expected: null,
  };
  expect(after(one)).toEqual({
    labels: [0, -1, 2],
    people: { "0": [1, null, false, null, true], "2": [3, null, false, null, true] },
    by_hand: [1, 2],
  });
});

interface TrackCase {
  retracked: Retracked;
  edits: Edit[];
  expected: unknown;
}
const trackCases = JSON.parse(
  readFileSync(new URL("./tracks.json", import.meta.url), "utf-8"),
) as TrackCase[];

test("corrections of tracks have the effect that they have in Python", () => {
  expect(trackCases.length).toBe(300);
  for (const { retracked, edits, expected } of trackCases) {
    const state = replay(
      { labels: [], people: [], index: new Map(), faces: new Set(), retracked },
      edits,
    );
    const found = {
      labels: [...state.labels],
      people: Object.fromEntries(
        [...state.people].map(([label, who]) => [label, [who.number, who.name, who.hidden]]),
      ),
      by_hand: [...state.byHand].sort((a, b) => a - b),
    };
    expect(found, JSON.stringify({ retracked, edits })).toEqual(expected);
  }
});
