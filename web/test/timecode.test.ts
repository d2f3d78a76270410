import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { language } from "../src/words";
import { spoken } from "../src/words/format";
import { Clock, frameNumber, nominalRate, timecode } from "../src/model/timecode";

// What Python answers: tests/page/test_timecode.py keeps the file true.
interface Vectors {
  nominal: [number, number, number][];
  timecode: [number, number, number, string | null, string][];
  number: [string, number, number, number | null][];
  spoken: [seconds: number, text: string][];
}
const vectors = JSON.parse(
  readFileSync(new URL("timecode.json", import.meta.url), "utf8"),
) as Vectors;

test("counts as Python does", () => {
  for (const [up, down, answer] of vectors.nominal) expect(nominalRate([up, down])).toBe(answer);
  for (const [frame, up, down, start, answer] of vectors.timecode)
    expect(timecode(frame, [up, down], start), `${frame} at ${up}/${down} of ${start}`).toBe(
      answer,
    );
  for (const [text, up, down, answer] of vectors.number)
    expect(frameNumber(text, [up, down]), `${text} at ${up}/${down}`).toBe(answer);
});

test("says spans of time as the terminal does, with the decimal sign of the language", () => {
  for (const [seconds, text] of vectors.spoken) expect(spoken(seconds), `${seconds}`).toBe(text);
  language.value = "de";
  expect(spoken(4.2)).toBe("4,2 s");
  language.value = "en";
});

const pal = { frame_rate: 25, rate: [25, 1], start_timecode: null } as const;

test("knows the frame on screen and its middle", () => {
  // 12800 ticks a second: a frame has 512. The first frame is at 1024, two frames after zero.
  const clock = new Clock({ ...pal, time_base: [1, 12800], start_pts: 1024, zero_pts: 0 });
  expect(clock.timecode(1024)).toBe("00:00:00:00");
  expect(clock.timecode(1024 + 25 * 512)).toBe("00:00:01:00");
  expect([1024, 1535, 1536].map((pts) => clock.frame(pts))).toEqual([0, 0, 1]);
  expect(clock.middle_s(1100)).toBeCloseTo(0.1, 9); // 2.5 frames
  expect(clock.step(1100, 1)).toBe(1536);
  expect(clock.step(1536, -1)).toBe(1024);
  expect(clock.step(1024, -1)).toBe(1024);
});

test("finds frames whose ticks are rounded", () => {
  // Milliseconds at 29.97 Hz: frame 2 begins at 66.73, frame 4 at 133.47.
  const clock = new Clock({
    frame_rate: 30000 / 1001,
    rate: [30000, 1001],
    start_timecode: "01:00:00;00",
    time_base: [1, 1000],
    start_pts: 0,
    zero_pts: 0,
  });
  for (let frame = 0; frame < 4000; frame++) expect(clock.frame(clock.pts(frame))).toBe(frame);
  expect(clock.frame(66)).toBe(1);
  expect(clock.timecode(clock.pts(1800))).toBe("01:01:00;02");
});

test("stays within the frame where the rate is variable", () => {
  const clock = new Clock({
    frame_rate: 23.1,
    rate: [24, 1],
    start_timecode: null,
    time_base: [1, 1000],
    start_pts: 0,
    zero_pts: 0,
  });
  expect(clock.isSteady).toBe(false);
  expect(clock.middle_s(500)).toBeCloseTo(0.501, 9);
});
