import { expect, test } from "vitest";
import type { Edit } from "../src/model/data";
import * as make from "../src/model/corrections";
import { cut, sideOf } from "../src/model/split";
import { after, filmOf } from "./made";

const start = (label: number[], more = {}, edits: Edit[] = []) => {
  const film = filmOf(label, more);
  return { film, people: after(film, edits) };
};
const labelsAfter = (now: make.Now, made: make.Made) => [
  ...after(
    now.film,
    made.map(([edit]) => edit),
  ).state.labels,
];

test("merging keeps the first and is one correction for each of the others", () => {
  const now = start([0, 1, 2, 1]);
  const [a, b, c] = [0, 1, 2].map((label) => now.people.byLabel.get(label)!);
  const made = make.merging([b!, a!, c!]);
  expect(made.map(([, note]) => note)).toEqual([
    "Merged Person 1 into Person 2",
    "Merged Person 3 into Person 2",
  ]);
  expect(labelsAfter(now, made)).toEqual([1, 1, 1, 1]);
  expect(make.merging([])).toEqual([]);
});

test("moving leaves out tracks that are there, and names who stays behind", () => {
  const now = start([0, 0, 1, 1]);
  const made = make.moving(now, [0, 2], now.people.byLabel.get(1)!);
  expect(made).toEqual([
    [
      { action: "move", who: ["k2", "k3"], tracks: ["k0"], source: ["k1"] },
      "Moved the track at 0:00 from Person 1 to Person 2",
    ],
  ]);
  expect(make.moving(now, [2], now.people.byLabel.get(1)!)).toEqual([]);
});

test("a new person may have a name at once", () => {
  const now = start([0, 0, 0, -1]);
  const made = make.makingPerson(now, [2, 3], "Ada");
  expect(made.map(([, note]) => note)).toEqual([
    "Moved 2 tracks starting at 0:02 from Person 1 to a new person",
    "Named the new person Ada",
  ]);
  const later = after(
    now.film,
    made.map(([edit]) => edit),
  );
  expect([...later.state.labels]).toEqual([0, 0, 1, 1]);
  expect(later.byLabel.get(1)!.given).toBe("Ada");
});

test("a person all of whose tracks are removed vanishes; unknown tracks stay as they are", () => {
  const now = start([0, 0, 1, 1, -1]);
  const made = make.removing(now, [0, 1, 2, 4]);
  expect(made.map(([edit]) => edit.source)).toEqual([[], ["k3"]]);
  expect(labelsAfter(now, made)).toEqual([-1, -1, -1, 1, -1]);
});

test("no face, hidden, shown, cover, name", () => {
  const now = start([0, 0]);
  const who = now.people.byLabel.get(0)!;
  expect(labelsAfter(now, make.notFaces(now, [1]))).toEqual([0, -2]);
  expect(make.notFaces(now, [])).toEqual([]);
  expect(make.hiding([who])[0]![1]).toBe("Hid Person 1");
  expect(make.showing(who)[0]![1]).toBe("Unhid Person 1");
  expect(make.covering(now, 1)[0]![0].face).toBe("f1");
  expect(make.naming(who, "Ada")[0]![1]).toBe("Renamed Person 1 to Ada");
  expect(make.naming(who, "")[0]![1]).toBe("Removed the name Person 1");
});

test("a namesake is somebody else", () => {
  const named: Edit[] = [{ action: "name", who: ["k0"], name: "Ada" }];
  const now = start([0, 1], {}, named);
  const [ada, other] = [now.people.byLabel.get(0)!, now.people.byLabel.get(1)!];
  expect(make.namesake(now, other, "Ada")).toBe(ada);
  expect(make.namesake(now, ada, "Ada")).toBeUndefined();
  expect(make.namesake(now, other, "")).toBeUndefined();
  expect(make.rank(ada)).toBeGreaterThan(make.rank(other));
});

test("people seen in one frame are found, whoever is first", () => {
  const now = start([0, 1, 2], { together: [[1, 2]] });
  const all = [0, 1, 2].map((label) => now.people.byLabel.get(label)!);
  expect(make.seenTogether(now, all[2]!, all[1]!)).toBe(2);
  expect(make.firstClash(now, all)).toBe(2);
  expect(make.firstClash(now, all.slice(0, 2))).toBeUndefined();
});

// ((0 1) (2 3)) of four tracks, worked by hand.
const trees: Record<string, [number, number][]> = {
  0: [
    [0, 1],
    [2, 3],
    [4, 5],
  ],
};

test("a person is cut where the tree parts last", () => {
  const now = start([0, 0, 0, 0], { trees });
  expect(cut(now.film, now.people.byLabel.get(0)!)).toEqual([2, 3]);
  expect(sideOf(now.film, now.people.state.labels, 0, 2)).toEqual([2, 3]);
  expect(sideOf(now.film, now.people.state.labels, 0, 1)).toEqual([1]);
  expect(sideOf(now.film, [0, 0, 0, 7], 0, 2)).toEqual([2]);
});

test("what was put together by hand is parted first; one track is not cut", () => {
  const merged: Edit[] = [{ action: "same person", who: ["k0"], others: ["k2"] }];
  const now = start([0, 0, 1, 2], {}, merged);
  expect(cut(now.film, now.people.byLabel.get(0)!)).toEqual([2]);
  expect(cut(now.film, now.people.byLabel.get(2)!)).toBeNull();
  const made = make.splitting(now, now.people.byLabel.get(0)!, [2]);
  expect(made[0]![1]).toBe("Split the track at 0:02 off Person 1");
});
