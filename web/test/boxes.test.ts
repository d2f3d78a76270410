import { expect, test } from "vitest";
import { Boxes } from "../src/model/boxes";

test("moves a box between detections", () => {
  const boxes = new Boxes({
    track: [3, 5, 3],
    pts: [100, 100, 200],
    boxes: [
      [0, 0, 10, 10],
      [7, 7, 8, 8],
      [100, 20, 110, 30],
    ],
  });
  expect(boxes.at(3, 50)).toEqual([0, 0, 10, 10]);
  expect(boxes.at(3, 125)).toEqual([25, 5, 35, 15]);
  expect(boxes.at(3, 300)).toEqual([100, 20, 110, 30]);
  expect(boxes.at(4, 100)).toBeNull();
});
