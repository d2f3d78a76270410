import { expect, test } from "vitest";
import { fit, marks, pan, percent, reveal, whole, zoom } from "../src/model/axis";

test("zooms about a time and stays within the film", () => {
  expect(zoom(whole(100), 0.5, 40, 100)).toEqual({ from: 20, to: 70 });
  expect(zoom({ from: 20, to: 70 }, 2, 40, 100)).toEqual({ from: 0, to: 100 });
  expect(zoom(whole(100), 2, 40, 100)).toEqual(whole(100));
  const least = zoom({ from: 10, to: 11 }, 0.01, 10, 100);
  expect(least.to - least.from).toBeCloseTo(0.5);
});

test("pans and fits", () => {
  expect(pan({ from: 20, to: 40 }, 10, 100)).toEqual({ from: 30, to: 50 });
  expect(pan({ from: 20, to: 40 }, 90, 100)).toEqual({ from: 80, to: 100 });
  expect(fit({ from: -5, to: 5 }, 100)).toEqual({ from: 0, to: 10 });
  expect(fit({ from: 0, to: 5 }, 0.2)).toEqual({ from: 0, to: 0.2 });
  expect(percent({ from: 20, to: 40 }, 25)).toBe(25);
});

test("brings a time into view only if it is outside", () => {
  const range = { from: 20, to: 40 };
  expect(reveal(range, 40, false, 100)).toBe(range);
  expect(reveal(range, 60, false, 100)).toEqual({ from: 50, to: 70 });
  expect(reveal(range, 60, true, 100)).toEqual({ from: 59, to: 79 });
});

test("marks round timecodes", () => {
  expect(marks({ from: 0, to: 20 }, [25, 1], null, 5)).toEqual(
    [0, 5, 10, 15, 20].map((at) => ({ at, label: `00:00:${String(at).padStart(2, "0")}:00` })),
  );
  // A film that starts 13 frames after a full second: the first mark is 12 frames in.
  const [first] = marks({ from: 0, to: 4 }, [25, 1], "01:00:00:13", 5);
  expect(first).toEqual({ at: 12 / 25, label: "01:00:01:00" });
  expect(marks({ from: 0, to: 0.2 }, [25, 1], null, 6).map((mark) => mark.label)).toEqual([
    "00:00:00:00",
    "00:00:00:01",
    "00:00:00:02",
    "00:00:00:03",
    "00:00:00:04",
    "00:00:00:05",
  ]);
});

test("marks the first frame of a minute in drop-frame", () => {
  const found = marks({ from: 0, to: 130 }, [30000, 1001], "00:00:00;00", 4);
  expect(found.map((mark) => mark.label)).toEqual(["00:00:00;00", "00:01:00;02", "00:02:00;02"]);
  expect(found[1]!.at).toBeCloseTo((1800 * 1001) / 30000, 9);
});
