import { expect, test } from "vitest";
import { shared } from "../src/model/together";

const spans = (...pairs: [number, number][]) => pairs.map(([start, end]) => ({ start, end }));

test("time together is the sum of the overlaps, from the first common frame", () => {
  const a = spans([0, 10], [20, 30], [40, 50]);
  const b = spans([5, 25], [45, 46]);
  expect(shared(a, b)).toEqual({ ticks: 5 + 5 + 1, first: 5 });
  expect(shared(b, a)).toEqual({ ticks: 11, first: 5 });
});

test("spans that only touch share nothing", () => {
  expect(shared(spans([0, 10]), spans([10, 20]))).toEqual({ ticks: 0, first: null });
});
