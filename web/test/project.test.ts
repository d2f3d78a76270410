// The people of a project: what the page derives of what its server says. Computed by hand.
import { expect, test } from "vitest";
import {
  isOfKind,
  matches,
  Project,
  ranked,
  sorted,
  strip,
  timesOf,
  type PersonRow,
  type Seen,
} from "../src/project/model";

const row = (
  n: number,
  members: PersonRow["members"],
  more: Partial<PersonRow> = {},
): PersonRow => ({
  id: `person-${n}`,
  name: `Person ${n}`,
  named: false,
  hidden: false,
  members,
  ...more,
});
const people = [
  row(1, [
    [1, "person-4", 2, 7, "certain", 0.99],
    [2, "person-1", 5, 9, "doubtful", 0.6],
  ]),
  row(2, [[1, "person-2", 30, 3, "", null]], { name: "Zoë", named: true }),
  row(12, [[2, "person-3", 7, -1, "likely", 0.95]], { hidden: true }),
  row(3, [[2, "person-9", 7, 1, "confirmed", null]], { name: "Ada", named: true }),
];
const seen: Seen = {
  count: 1,
  films: [],
  people,
  together: [["person-1", "person-2"]],
  questions: [],
  impure: [],
  undo: null,
  redo: null,
};
const project = new Project(seen);
const [one, zoe, twelve, ada] = project.people as [never, never, never, never];
const nameOf = (who: { given: string | null; number: number }) =>
  who.given ?? `Person ${who.number}`;
const ids = (list: readonly { number: number }[]) => list.map((who) => who.number);

test("people with their films, time and picture", () => {
  expect(project.byId.get("person-1")).toMatchObject({
    number: 1,
    given: null,
    films: [1, 2],
    time_s: 7,
    best: { film: 2, cover: 9 },
    colour: 0,
  });
  expect(project.whose([2, "person-3"])?.id).toBe("person-12");
  expect(project.longest_s).toBe(30);
  expect(project.areTogether(zoe, one)).toBe(true);
  expect(project.areTogether(zoe, ada)).toBe(false);
});

test("who has not changed stays the same object", () => {
  const next = new Project(
    { ...seen, people: [people[0]!, { ...people[1]!, hidden: true }] },
    project,
  );
  expect(next.people[0]).toBe(project.people[0]);
  expect(next.people[1]).not.toBe(project.people[1]);
});

test("order: ties go by time, then by number; the named come first by name", () => {
  expect(ids(sorted(project.people, "time", nameOf))).toEqual([2, 1, 3, 12]);
  expect(ids(sorted(project.people, "films", nameOf))).toEqual([1, 2, 3, 12]);
  expect(ids(sorted(project.people, "name", nameOf))).toEqual([3, 2, 1, 12]);
});

test("filters", () => {
  const of = (kind: Parameters<typeof isOfKind>[1]) =>
    ids(project.people.filter((who) => isOfKind(who, kind)));
  expect(of("all")).toEqual([1, 2, 3]);
  expect(of("named")).toEqual([2, 3]);
  expect(of("unnamed")).toEqual([1]);
  expect(of("several")).toEqual([1]);
  expect(of("hidden")).toEqual([12]);
  expect(matches(zoe, { text: " zoe ", kind: "all", film: 1 }, nameOf)).toBe(true);
  expect(matches(zoe, { text: "zoe", kind: "all", film: 2 }, nameOf)).toBe(false);
  expect(matches(twelve, { text: "", kind: "all", film: 0 }, nameOf)).toBe(false);
});

test("of two who are joined, the named one stays, then the longer one", () => {
  expect(ids(ranked(one, ada))).toEqual([3, 1]);
  expect(ids(ranked(ada, zoe))).toEqual([2, 3]);
});

test("a bar per film, as high as the root of the time", () => {
  // four films: steps of 25, gaps of 1.2; film 2 has 5 of 20 s, so half of 20 px
  expect(strip([1, 2, 3, 4], new Map([[2, 5]]), 20, 20)).toBe("M25.00 20v-10.00h23.80V20z");
  expect(strip([1, 2], timesOf(one), 5, 20)).toBe(
    "M0.00 20v-12.65h48.80V20zM50.00 20v-20.00h48.80V20z",
  );
});
