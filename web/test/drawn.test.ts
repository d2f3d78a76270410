import { expect, test } from "vitest";
import { boxBetween, byArrow, isLargeEnough, middleBox } from "../src/model/drawn";

const size = { width: 640, height: 360 };

test("a box begins in the middle, a quarter of the picture high", () => {
  expect(middleBox(size)).toEqual([284, 135, 356, 225]);
});
test("a box is drawn from any corner and stays in the picture", () => {
  expect(boxBetween([50, 60], [10, 20], size)).toEqual([10, 20, 50, 60]);
  expect(boxBetween([-5, 350], [20, 400], size)).toEqual([0, 350, 20, 360]);
});
test("too small a box is none", () => {
  expect(isLargeEnough([0, 0, 8, 8])).toBe(true);
  expect(isLargeEnough([0, 0, 7, 50])).toBe(false);
});
test("arrows move a box by a hundredth of the picture, up to its edge", () => {
  expect(byArrow([10, 20, 50, 60], "ArrowRight", false, size)).toEqual([14, 20, 54, 60]);
  expect(byArrow([2, 20, 42, 60], "ArrowLeft", false, size)).toEqual([0, 20, 40, 60]);
  expect(byArrow([10, 318, 50, 358], "ArrowDown", false, size)).toEqual([10, 320, 50, 360]);
});
test("with Shift they change its size, down to the least", () => {
  expect(byArrow([10, 20, 50, 60], "ArrowDown", true, size)).toEqual([10, 20, 50, 64]);
  expect(byArrow([10, 20, 20, 60], "ArrowLeft", true, size)).toEqual([10, 20, 18, 60]);
});
