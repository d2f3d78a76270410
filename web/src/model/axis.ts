// The part of the film that the timeline shows, and the marks of its ruler.
import { dropped, frameNumber, nominalRate, timecode, type Rate } from "./timecode";

/** Seconds since the film's zero. */
export interface Range {
  from: number;
  to: number;
}
const LEAST_S = 0.5;
const STEPS_S = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400];
const STEPS_FRAMES = [1, 2, 5, 10];

export const whole = (length: number): Range => ({ from: 0, to: length });

/** Move a range into the film without changing its span, as far as possible; itself if it fits. */
export const fit = (range: Range, length: number): Range => {
  const { from, to } = range;
  const span = Math.min(length, Math.max(Math.min(LEAST_S, length), to - from));
  const start = Math.min(Math.max(0, from), length - span);
  return start === from && span === to - from ? range : { from: start, to: start + span };
};

/** Show `factor` times as long a part; what is at `at` stays where it is. */
export const zoom = ({ from, to }: Range, factor: number, at: number, length: number): Range => {
  const least = Math.min(LEAST_S, length);
  const able = Math.min(length, Math.max(least, (to - from) * factor)) / (to - from);
  return fit({ from: at - (at - from) * able, to: at + (to - at) * able }, length);
};

export const pan = ({ from, to }: Range, by: number, length: number): Range =>
  fit({ from: from + by, to: to + by }, length);

/** Bring a time into view: at the middle, or near the left while the film plays. */
export const reveal = (range: Range, at: number, isPlaying: boolean, length: number): Range => {
  if (at >= range.from && at <= range.to) return range;
  const span = range.to - range.from;
  const from = at - span * (isPlaying ? 0.05 : 0.5);
  return fit({ from, to: from + span }, length);
};

/** Position of a time in percent of the range; outside below 0 or above 100. */
export const percent = ({ from, to }: Range, at: number): number =>
  to > from ? (100 * (at - from)) / (to - from) : 0;

export interface Mark {
  /** Seconds since the first frame. */
  at: number;
  label: string;
}

/**
 * Marks at round timecodes, at most `most`.
 *
 * @param range Seconds since the first frame.
 */
export const marks = (range: Range, rate: Rate, start: string | null, most: number): Mark[] => {
  const hertz = rate[0] / rate[1];
  const nominal = nominalRate(rate);
  const span = range.to - range.from;
  const frames = STEPS_FRAMES.find((step) => step < nominal && (span * hertz) / step <= most);
  const found: Mark[] = [];
  if (frames !== undefined) {
    const first = Math.max(0, Math.ceil((range.from * hertz) / frames) * frames);
    for (let frame = first; frame / hertz <= range.to; frame += frames)
      found.push({ at: frame / hertz, label: timecode(frame, rate, start) });
    return found;
  }
  const step = STEPS_S.find((seconds) => span / seconds <= most) ?? STEPS_S.at(-1)!;
  const begin = start ? (frameNumber(start, rate) ?? 0) : 0;
  const skipped = dropped(rate, start);
  const offset = begin / hertz;
  const first = Math.max(0, Math.floor((range.from + offset) / step) - 1);
  for (let number = first; ; number++) {
    const at = number * step;
    // Drop-frame has no :00 at the start of most minutes.
    const skips = skipped && at % 60 === 0 && at % 600 !== 0;
    const label = [Math.floor(at / 3600), Math.floor(at / 60) % 60, at % 60].map((part) =>
      String(part).padStart(2, "0"),
    );
    const text = `${label.join(":")}${skipped ? ";" : ":"}${String(skips ? skipped : 0).padStart(2, "0")}`;
    const frame = frameNumber(text, rate);
    if (frame === null) break; // midnight
    const seconds = (frame - begin) / hertz;
    if (seconds > range.to) break;
    if (seconds >= Math.max(0, range.from)) found.push({ at: seconds, label: text });
  }
  return found;
};
