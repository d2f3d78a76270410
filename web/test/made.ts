// Small films for tests: tracks one after another, one second each unless stated.
import type { Data, Edit } from "../src/model/data";
import { Film } from "../src/model/film";
import { derive, type People } from "../src/model/people";
import { replay } from "../src/model/replay";

export const makeData = (label: number[], more: Partial<Data> = {}): Data => {
  const each = <T>(value: (i: number) => T) => label.map((_, i) => value(i));
  const people = [...new Set(label)].filter((one) => one >= 0).sort((a, b) => a - b);
  return {
    mode: "disk",
    title: "film",
    frame_rate: 25,
    rate: [25, 1],
    start_timecode: null,
    time_base: [1, 1],
    zero_pts: 0,
    start_pts: 0,
    length_s: label.length,
    width: 100,
    height: 100,
    shots: each((i) => i),
    tracks: {
      key: each((i) => `k${i}`),
      shot: each((i) => i),
      start_pts: each((i) => i),
      end_pts: each((i) => i + 1),
      start_tc: each((i) => `0:0${i}`),
      end_tc: each((i) => `0:0${i + 1}`),
      faces: each(() => 10),
      quality: each((i) => 1 - i / 100),
      confidence: each(() => 0.5),
      label,
      reason: each(() => "too small"),
    },
    chips: {
      track: each((i) => i),
      row: each((i) => i),
      face: each((i) => `f${i}`),
      pts: each((i) => i),
      tc: each((i) => `0:0${i}`),
      frame: each((i) => i),
      quality: each(() => 1),
      score: each(() => 1),
      height: each(() => 100),
    },
    people: people.map((one, i) => [one, i + 1]),
    clothing: {},
    together: [],
    edits: [],
    undone: [],
    resolved: { tracks: {}, faces: {} },
    grouped_under: 0,
    edit_notes: [],
    questions: [],
    trees: {},
    candidates: {},
    reasons: [],
    names: [],
    shown: [],
    ...more,
  };
};

export const filmOf = (label: number[], more: Partial<Data> = {}): Film =>
  new Film(makeData(label, more));

export const after = (film: Film, edits: readonly Edit[] = []): People =>
  derive(
    film,
    replay(
      {
        labels: film.data.tracks.label,
        people: film.data.people,
        index: new Map(film.data.tracks.key.map((key, track) => [key, track])),
        faces: new Set(film.data.chips.face),
      },
      edits,
    ),
  );
