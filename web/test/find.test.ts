import { afterEach, expect, test, vi } from "vitest";
import { MOST_BYTES, Search } from "../src/state/find";

const file = (size = 3) => ({ name: "anna.jpg", size }) as File;
const face = { picture: "p", readable: true, hits: [] };
const answer = (status: number, body: unknown) =>
  vi.fn(() => Promise.resolve(new Response(JSON.stringify(body), { status })));

afterEach(() => {
  vi.unstubAllGlobals();
});

test("one face is chosen, of several none", async () => {
  const search = new Search<number, number>();
  vi.stubGlobal("fetch", answer(200, { faces: [face] }));
  await search.ofPhotograph(file());
  expect([search.chosen.value, search.face.value, search.isBusy.value]).toEqual([0, face, false]);
  vi.stubGlobal("fetch", answer(200, { faces: [face, face] }));
  await search.ofPhotograph(file());
  expect([search.chosen.value, search.faces.value.length]).toEqual([-1, 2]);
  search.choose(1);
  search.dismiss("7");
  search.sought.value = 7;
  search.choose(0); // another face is another question
  expect([search.sought.value, search.dismissed.value.size]).toEqual([null, 0]);
});

test.each([
  [200, { faces: [] }, "no face", "anna.jpg"],
  [415, { error: "x" }, "no picture", "anna.jpg"],
  [413, { error: "x" }, "too large", "anna.jpg"],
  [503, { error: "The weights are missing" }, "other", "The weights are missing"],
])("what is wrong: %i", async (status, body, kind, said) => {
  const search = new Search<number, number>();
  vi.stubGlobal("fetch", answer(status, body));
  await search.ofPhotograph(file());
  expect(search.fault.value).toEqual({ kind, said });
  expect(search.isBusy.value).toBe(false);
});

test("what is too large is not sent", async () => {
  const search = new Search<number, number>();
  const sent = answer(200, {});
  vi.stubGlobal("fetch", sent);
  await search.ofPhotograph(file(MOST_BYTES + 1));
  expect(search.fault.value?.kind).toBe("too large");
  expect(sent).not.toHaveBeenCalled();
});

test("only the last question is answered", async () => {
  const search = new Search<number, number>();
  const open: ((body: unknown) => void)[] = [];
  vi.stubGlobal("fetch", (_: string, { signal }: RequestInit) => {
    return new Promise((done, fail) => {
      signal!.addEventListener("abort", () => fail(new DOMException("", "AbortError")));
      open.push((body) => done(new Response(JSON.stringify(body))));
    });
  });
  const first = search.ofPhotograph(file());
  const second = search.ofFace("find?track=1", "p", "Ada", 1);
  open[1]!({ hits: [] });
  await Promise.all([first, second]);
  expect([search.title.value, search.sought.value, search.fault.value]).toEqual(["Ada", 1, null]);
  expect(search.isPhotograph.value).toBe(false);
});

test("asked again with another query, what was said stays", async () => {
  let query = "";
  const search = new Search<number, number>(() => query);
  const hit = { who: "u", probability: 0.5, places: [1], n: 1 };
  vi.stubGlobal("fetch", answer(200, { faces: [face, face] }));
  await search.again(); // nothing was asked
  await search.ofPhotograph(file());
  search.choose(1);
  search.sought.value = 7;
  search.name.value = "Ada";
  query = "unknown=1";
  const wide = answer(200, { faces: [face, { ...face, hits: [hit] }] });
  vi.stubGlobal("fetch", wide);
  await search.again();
  expect(wide).toHaveBeenCalledWith("find/photograph?unknown=1", expect.anything());
  expect(search.face.value?.hits).toEqual([hit]);
  expect([search.sought.value, search.name.value]).toEqual([7, "Ada"]);

  const one = answer(200, { hits: [hit] });
  vi.stubGlobal("fetch", one);
  await search.ofFace("find?film=1&row=2", "p", "Ada", 3);
  search.sought.value = 4;
  await search.again();
  expect(one).toHaveBeenCalledWith("find?film=1&row=2&unknown=1", expect.anything());
  expect(search.sought.value).toBe(4);
  search.clear();
  vi.stubGlobal("fetch", vi.fn());
  await search.again();
  expect(search.face.value).toBe(null);
});
