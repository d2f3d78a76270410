import { expect, test } from "vitest";
import { byLikeness, fits, newNames, tidy } from "../src/model/likeness";
import { after, filmOf } from "./made";

const people = after(filmOf([0, 1, 2, 3, 1]), [{ action: "name", who: ["k3"], name: "Zoë" }]);
const all = [0, 1, 2, 3].map((label) => people.byLabel.get(label)!);
const order = (alike: Parameters<typeof byLikeness>[2]) =>
  byLikeness(people, all, alike, (who) => who.name).map(({ who }) => who.label);

test("those who look alike come first, the nearest track of each", () => {
  expect(
    order([
      [4, 0.1, false],
      [2, 0.3, false],
      [1, 0.9, true],
    ]),
  ).toEqual([1, 2, 3, 0]);
});

test("without an answer, named people come first, by name", () => {
  expect(order(null)).toEqual([3, 0, 1, 2]);
});

test("who was seen together is known from any track", () => {
  const found = byLikeness(
    people,
    all,
    [
      [1, 0.2, false],
      [4, 0.5, true],
    ],
    (who) => who.name,
  );
  expect(found[0]).toMatchObject({ distance: 0.2, together: true });
  expect(found[1]).toMatchObject({ distance: null, together: false });
});

test("case and accents do not matter to a filter", () => {
  expect(fits("Zoë", "zoe")).toBe(true);
  expect(fits("Zoë", "x")).toBe(false);
});

test("a name is one line of at most 200 letters", () => {
  expect(tidy("  Ada\n")).toBe("Ada");
  expect(tidy("é".repeat(300))).toHaveLength(200);
});

test("names that somebody has are not offered again; candidates come first", () => {
  const candidates: [string, number][] = [
    ["Bob", 0.4],
    ["Cleo", 0.8],
  ];
  expect(newNames(people, ["Zoë", "Bob", "Ada"], candidates)).toEqual(["Cleo", "Bob", "Ada"]);
});
