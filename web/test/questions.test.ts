import { expect, test } from "vitest";
import type { Data, Edit } from "../src/model/data";
import { answers, cards, isLikelyYes, plan, questions } from "../src/model/questions";
import { after, filmOf } from "./made";

const start = (label: number[], more: Partial<Data>, edits: Edit[] = []) => {
  const film = filmOf(label, more);
  return { now: { film, people: after(film, edits) }, edits };
};
const NONE: ReadonlySet<string> = new Set();
const keysOf = ({ now, edits }: ReturnType<typeof start>, skipped = NONE) =>
  questions(now, edits, skipped).map(({ key }) => key);

test("first the question that affects the most faces; each pair once", () => {
  const asked: Data["questions"] = [
    [0, 4, 3], // one track
    [0, 2, 1], // two tracks
    [1, 3, 0], // the same two people
  ];
  expect(keysOf(start([0, 0, 1, 1, -1], { questions: asked }))).toEqual(["0 2", "0 4"]);
});

test("what is known is not asked: together, answered, skipped, named differently", () => {
  const two: Data["questions"] = [[0, 1, 2]];
  expect(keysOf(start([0, 1], { questions: two, together: [[0, 1]] }))).toEqual([]);
  const no: Edit = { action: "different people", who: ["k0"], others: ["k1"] };
  expect(keysOf(start([0, 1], { questions: two }, [no]))).toEqual([]);
  expect(keysOf(start([0, 1], { questions: two }), new Set(["0 1"]))).toEqual([]);
  const named = ["Ada", "Bob"].map((name, i): Edit => ({ action: "name", who: [`k${i}`], name }));
  expect(keysOf(start([0, 1], { questions: two }, named))).toEqual([]);
  expect(keysOf(start([0, 1], { questions: two }, named.slice(1)))).toEqual(["0 1"]);
});

test("people of the background are not asked about, unless they are made main people", () => {
  const two: Data["questions"] = [
    [0, 1, 2],
    [0, 2, 1],
  ];
  const { tracks } = filmOf([0, 1, 2]).data;
  const more = { questions: two, tracks: { ...tracks, front: [true, false, true] } };
  expect(keysOf(start([0, 1, 2], more))).toEqual(["0 2"]);
  const main: Edit = { action: "main person", who: ["k1"] };
  expect(keysOf(start([0, 1, 2], more, [main]))).toEqual(["0 1", "0 2"]);
  const behind: Edit = { action: "background", who: ["k2"] };
  expect(keysOf(start([0, 1, 2], more, [main, behind]))).toEqual(["0 1"]);
});

const of = ({ now, edits }: ReturnType<typeof start>) =>
  cards(now, questions(now, edits, NONE), edits);

test("questions about one person share a card, the unlikely ones, too", () => {
  const asked: Data["questions"] = [
    [0, 2, 2],
    [0, 3, 2],
    [0, 4, -1],
  ];
  const found = of(start([0, 0, 1, 2, 3], { questions: asked }));
  expect(found.map(({ who, key }) => [who?.label, key])).toEqual([[0, "0 2,0 3,0 4"]]);
  expect(found[0]!.questions.map(isLikelyYes)).toEqual([true, true, false]);
});

test("a card that is full or does not fit is followed by another about the same person", () => {
  const asked: Data["questions"] = Array.from({ length: 14 }, (_, i) => [0, i + 1, 2]);
  const found = of(start([0, ...asked.map((_, i) => i + 1)], { questions: asked }));
  expect(found.map(({ questions: own }) => own.length)).toEqual([12, 2]);
  expect(found[1]!.who?.label).toBe(0);
});

test("two who were seen together are not both put on a card", () => {
  const asked: Data["questions"] = [
    [0, 2, 2],
    [0, 3, 2],
    [0, 4, 2],
  ];
  const found = of(start([0, 0, 1, 2, 3], { questions: asked, together: [[2, 3]] }));
  expect(found.map(({ key }) => key)).toEqual(["0 2,0 4", "0 3"]);
});

test("a card is answered at once, those rejected with no", () => {
  const asked: Data["questions"] = [
    [0, 2, 2],
    [0, 3, 2],
    [0, 4, 2],
  ];
  const made = start([0, 0, 1, 2, -1], { questions: asked });
  const [card] = of(made);
  const given = answers(made.now, card!, new Set(["0 3"]));
  expect(given.map(([, note]) => note)).toEqual([
    "Merged Person 2 into Person 1",
    "Marked Person 1 and Person 3 as different people",
    "Added the unknown face at 0:04 to Person 1",
  ]);
  const edits = given.map(([edit]) => edit);
  expect([...after(made.now.film, edits).state.labels]).toEqual([0, 0, 0, 2, 0]);
  expect(keysOf(start([0, 0, 1, 2, -1], { questions: asked }, edits))).toEqual([]);
});

// ((0 1) (2 3)), as in corrections.test.ts; likely the same, but not surely.
const doubts: Partial<Data> = {
  questions: [
    [0, 2, 1],
    [0, 1, 1],
  ],
  trees: {
    0: [
      [0, 1],
      [2, 3],
      [4, 5],
    ],
  },
};

test("doubts about one person share a card; rejected ones become new people", () => {
  const made = start([0, 0, 0, 0], doubts);
  const [card, ...more] = of(made);
  expect(more).toEqual([]);
  expect(card!.key).toBe("0 2,0 1");
  const given = answers(made.now, card!, new Set(["0 2", "0 1"])).map(([edit]) => edit);
  expect(given.map(({ tracks, source }) => [tracks, source])).toEqual([
    [["k2", "k3"], ["k0"]],
    [["k1"], ["k0"]],
  ]);
  expect([...after(made.now.film, given).state.labels]).toEqual([0, 2, 1, 1]);
});

test("a doubt that was confirmed is not asked again", () => {
  const made = start([0, 0, 0, 0], doubts);
  const [card] = of(made);
  const given = answers(made.now, card!, NONE).map(([edit]) => edit);
  expect([...after(made.now.film, given).state.labels]).toEqual([0, 0, 0, 0]);
  expect(keysOf(start([0, 0, 0, 0], doubts, given))).toEqual([]);
});

test("unlikely questions wait; the end is in sight", () => {
  const asked: Data["questions"] = [
    [0, 1, 2],
    [0, 2, -4],
  ];
  const { now, edits } = start([0, 1, 2, -1], { questions: asked });
  now.film.data.tracks.confidence[0] = 0.95;
  const found = plan(now, edits, NONE);
  expect(found).toMatchObject({ unlikely: 1, now: 0.25, then: 0.5 });
  expect(found.cards).toHaveLength(1);
  expect(plan(now, edits, NONE, 0).cards[0]!.questions).toHaveLength(2);
});

test("named people and the word certain count as confirmed", () => {
  const edits: Edit[] = [{ action: "name", who: ["k0"], name: "Ada" }];
  const sure: NonNullable<Data["sure"]> = {
    tracks: [
      ["doubtful", ""],
      ["certain", ""],
      ["likely", ""],
      ["certain", ""],
    ],
  };
  const { now } = start([0, 1, 2, -1], { sure }, edits);
  expect(plan(now, edits, NONE).now).toBe(0.5);
});
