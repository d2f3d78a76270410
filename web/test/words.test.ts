import { expect, test } from "vitest";
import { LANGUAGES } from "../src/words";

const { en, de, es } = LANGUAGES;

test("one is not many", () => {
  expect([en.people(1), en.people(2), en.castCount(1, 1)]).toEqual([
    "1 person",
    "2 people",
    "1 person",
  ]);
  expect([de.people(1), es.people(1)]).toEqual(["1 Person", "1 persona"]);
  expect(en.serverAway(1)).toContain("1 correction waits; it is sent when the server is back.");
});

test("a film is a film, not an episode", () => {
  for (const texts of Object.values(LANGUAGES))
    for (const text of Object.values(texts))
      if (typeof text === "string") expect(text).not.toMatch(/episod/i);
});

test("grouping again says what has become of people", () => {
  const none = { joined: 0, split: 0, fresh: 0, gone: 0 };
  expect(en.regrouped({ ...none, joined: 1, split: 2 })).toBe(
    "Grouped again: 1 person joins another; 2 new people are split off. Everybody else keeps their number.",
  );
  expect(en.regrouped(none)).toContain("nobody changes");
});

test("the lists of keys name the same keys in every language", () => {
  const ENGLISH = { Strg: "Ctrl", Umschalt: "Shift", Mayús: "Shift", Leertaste: "Space" };
  const plain = (key: string) =>
    Object.entries({ ...ENGLISH, Espacio: "Space" }).reduce((k, [a, b]) => k.replace(a, b), key);
  for (const list of ["shortcutList", "projectShortcuts"] as const)
    for (const texts of Object.values(LANGUAGES))
      expect(texts[list]().map(([key]) => plain(key))).toEqual(en[list]().map(([key]) => key));
});
