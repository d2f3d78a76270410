import { describe, expect, it, test } from "vitest";
import { NOTHING_KEPT, type Kept } from "../src/model/data";
import { Film } from "../src/model/film";
import { State } from "../src/model/replay";
import { makeData } from "./made";

test("most of the tracks decide who is meant", () => {
  const state = new State({
    labels: [0, 0, 1],
    people: [
      [0, 1],
      [1, 2],
    ],
    index: new Map([
      ["a", 0],
      ["b", 1],
      ["c", 2],
    ]),
    faces: new Set(),
  });
  expect(state.resolve([0, 1, 2])).toBe(0);
});

describe("the whole frame of a face", () => {
  const data = makeData([0, 0]);
  data.chips.track = [0, 0, 1]; // the first track has two pictures, of which frame 7 is kept
  data.chips.frame = [3, 7, 9];
  data.chips.pts = [3, 7, 9];
  const kept: Kept = { ...NOTHING_KEPT, frames: { 7: "QQ==" }, boxes: { 1: [1, 2, 3, 4] } };

  it("is that of its track that is nearest, with the face outlined", () => {
    const film = new Film(data, () => kept);
    const whole = { source: "data:image/jpeg;base64,QQ==", chip: 1, box: [1, 2, 3, 4] };
    expect(film.whole(0)).toEqual(whole);
    expect(film.whole(1)).toEqual(whole);
    expect(film.whole(2)).toBeNull(); // of another person's track
    expect(film.whole(-1)).toBeNull();
  });
  it("comes from the server where there is one", () => {
    const film = new Film({ ...data, mode: "live" });
    const without = new Film({ ...data, mode: "live" }, undefined, () => true);
    expect(without.still(12)).toBe("");
    expect(without.whole(0)).toBeNull();
    expect(film.whole(0)).toEqual({ source: "still?pts=3", chip: 0, box: null });
  });
  it("is there once the pictures are read", () => {
    let now: Kept = NOTHING_KEPT;
    const film = new Film(data, () => now);
    expect(film.whole(1)).toBeNull();
    now = kept;
    expect(film.whole(1)?.chip).toBe(1);
  });
});
