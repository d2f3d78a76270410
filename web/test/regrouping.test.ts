import { expect, test } from "vitest";
import { difference } from "../src/model/regrouping";

const FACES = [10, 5, 4, 3, 2, 1];

test("nothing changes where only the labels do", () => {
  expect(difference([0, 0, 1, 1, -1, -2], [7, 7, 3, 3, -1, -2], FACES)).toEqual({
    people: 2,
    unknown: 1,
    joined: 0,
    split: 0,
    fresh: 0,
    gone: 0,
  });
});

test("people join, split, appear and go", () => {
  // 1 joins 0; track 2 leaves 0; the unknown track 4 is somebody; 2 becomes unknown.
  expect(difference([0, 1, 0, 1, -1, 2], [0, 0, 1, 0, 2, -1], FACES)).toEqual({
    people: 3,
    unknown: 1,
    joined: 1,
    split: 1,
    fresh: 1,
    gone: 1,
  });
});
