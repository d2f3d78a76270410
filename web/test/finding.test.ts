import { expect, test } from "vitest";
import type { Edit } from "../src/model/data";
import { areApart, areOne, joining, parting } from "../src/model/finding";
import { ownerOf } from "../src/model/people";
import { after, filmOf } from "./made";

const start = (label: number[], edits: Edit[] = []) => {
  const film = filmOf(label, {});
  return { film, people: after(film, edits) };
};
const LABELS = [0, 0, 1, -1, -1];

test("whose a face is", () => {
  const now = start(LABELS);
  expect(ownerOf(now.people, 2)?.label).toBe(1);
  expect(ownerOf(now.people, 3)).toBeNull();
  expect([areOne(now, 0, 1), areOne(now, 0, 2), areOne(now, 3, 3), areOne(now, 3, 4)]).toEqual([
    true,
    false,
    true,
    false,
  ]);
});

test("to confirm moves the unknown face, or makes a person of two", () => {
  const now = start(LABELS);
  const made = (sought: number, hit: number, name = "") =>
    joining(now, sought, hit, name).map(([edit]) => [edit.action, edit.tracks ?? edit.name]);
  expect(made(0, 3)).toEqual([["move", ["k3"]]]);
  expect(made(3, 0)).toEqual([["move", ["k3"]]]);
  expect(made(3, 4)).toEqual([["new person", ["k3", "k4"]]]);
  expect(made(3, 4, "Ada")).toEqual([
    ["new person", ["k3", "k4"]],
    ["name", "Ada"],
  ]);
  expect(made(0, 2)).toEqual([]); // two people are merged after a question
});

test("to reject parts two people, or takes the face from its person", () => {
  const now = start(LABELS);
  const [[apart]] = parting(now, 2, 3) as [[Edit, string]];
  expect(apart).toEqual({ action: "different people", who: ["k2"], others: ["k3"] });
  const [[left, note]] = parting(now, 1, 0) as [[Edit, string]];
  expect([left.action, left.tracks, left.source]).toEqual(["not this person", ["k1"], ["k0"]]);
  expect(note).toContain("Removed");
  expect(areApart(now, [], 2, 3)).toBe(false);
  expect([areApart(now, [apart], 2, 3), areApart(now, [apart], 3, 2)]).toEqual([true, true]);
  expect(areApart(now, [apart], 2, 4)).toBe(false);
  expect(areApart(now, [{ ...apart, action: "same person" }], 2, 3)).toBe(false);
});
