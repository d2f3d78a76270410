// SMPTE timecodes. The rules are those of clusterer/core/timecode.py and clock.py; a test compares them.

export type Rate = readonly [numerator: number, denominator: number];
const TIMECODE = /^(\d\d):([0-5]\d):([0-5]\d)([:;])(\d\d)$/;
const two = (value: number) => String(value).padStart(2, "0");

/** Whole rate that a timecode counts at, at least 1. */
export const nominalRate = ([numerator, denominator]: Rate): number =>
  Math.max(1, Math.floor((2 * numerator + denominator) / (2 * denominator)));

/** Numbers skipped at a minute: 2 at 29.97 Hz, 4 at 59.94 Hz with a drop-frame start, else 0. */
export const dropped = (rate: Rate, start: string | null): number => {
  const nominal = nominalRate(rate);
  const isNtsc = (nominal === 30 || nominal === 60) && rate[0] * 2000 < nominal * 1999 * rate[1];
  return start?.includes(";") && isNtsc ? nominal / 15 : 0;
};

/** Frames from 00:00:00:00 to a timecode; null if it is none, or not valid at this rate. */
export const frameNumber = (text: string, rate: Rate): number | null => {
  const match = TIMECODE.exec(text);
  if (!match) return null;
  const [hours, minutes, seconds, frames] = [1, 2, 3, 5].map((group) => Number(match[group])) as [
    number,
    number,
    number,
    number,
  ];
  const nominal = nominalRate(rate);
  const skipped = dropped(rate, text);
  if (hours >= 24 || frames >= nominal) return null;
  if (minutes % 10 && !seconds && frames < skipped) return null;
  const all = hours * 60 + minutes;
  return (all * 60 + seconds) * nominal + frames - skipped * (all - Math.floor(all / 10));
};

/** Timecode of a frame, counted from the first. Wraps after 24 hours. */
export const timecode = (frame: number, rate: Rate, start: string | null = null): string => {
  const nominal = nominalRate(rate);
  const skipped = dropped(rate, start);
  const tenMinutes = nominal * 600 - 9 * skipped;
  let total = (frame + (start ? (frameNumber(start, rate) ?? 0) : 0)) % (tenMinutes * 144);
  if (skipped) {
    const rest = total % tenMinutes;
    const later = Math.floor(Math.max(0, rest - skipped) / (nominal * 60 - skipped));
    total += skipped * (9 * Math.floor(total / tenMinutes) + later);
  }
  const seconds = Math.floor(total / nominal);
  const minutes = Math.floor(seconds / 60);
  const clock = [Math.floor(minutes / 60), minutes % 60, seconds % 60].map(two).join(":");
  return `${clock}${skipped ? ";" : ":"}${two(total % nominal)}`;
};

/** What a clock needs of the film; see `Data`. */
export interface Timing {
  frame_rate: number;
  rate: Rate;
  start_timecode: string | null;
  time_base: Rate;
  start_pts: number;
  zero_pts: number;
}

/** Counts the frames of a film from its first, and says where a player must go to show one. */
export class Clock {
  readonly #up: bigint;
  readonly #down: bigint;
  /** Ticks of a frame at the counted rate. */
  readonly frame_ticks: number;
  /** Whether frames are as long as the timecode's; else the film's rate is variable or a part of it. */
  readonly isSteady: boolean;

  constructor(private readonly of: Timing) {
    const { time_base, rate } = of;
    this.#up = BigInt(time_base[0]) * BigInt(rate[0]);
    this.#down = BigInt(time_base[1]) * BigInt(rate[1]);
    this.frame_ticks = Number(this.#down) / Number(this.#up);
    this.isSteady = Math.abs((of.frame_rate * rate[1]) / rate[0] - 1) < 4e-4;
  }

  #floor(pts: number, half: bigint): number {
    const top = 2n * BigInt(Math.round(pts - this.of.start_pts)) * this.#up + half * this.#down;
    const bottom = 2n * this.#down;
    const whole = top / bottom;
    return Number(top < 0n && whole * bottom !== top ? whole - 1n : whole);
  }

  /** The nearest frame; ties to the later. */
  nearest(pts: number): number {
    return this.#floor(pts, 1n);
  }

  /** First tick of a frame, rounded. */
  pts(frame: number): number {
    return Math.round(this.of.start_pts + frame * this.frame_ticks);
  }

  /** The frame on screen at a time: a tick that is up to half a tick before a frame is in it. */
  frame(pts: number): number {
    const near = this.nearest(pts);
    return this.pts(near) <= Math.round(pts) ? near : near - 1;
  }

  timecode(pts: number): string {
    return timecode(Math.max(0, this.nearest(pts)), this.of.rate, this.of.start_timecode);
  }

  /** Seconds since the film's zero where a player surely shows the frame of `pts`: its middle. */
  middle_s(pts: number): number {
    const { time_base, zero_pts, start_pts } = this.of;
    const tick_s = time_base[0] / time_base[1];
    if (!this.isSteady) return (Math.round(pts) - zero_pts) * tick_s + 0.001;
    const frame = Math.max(0, this.frame(pts));
    return (start_pts - zero_pts + (frame + 0.5) * this.frame_ticks) * tick_s;
  }

  /** A time so many frames on, for stepping. */
  step(pts: number, frames: number): number {
    if (this.isSteady) return Math.max(this.of.start_pts, this.pts(this.frame(pts) + frames));
    const ticks = this.of.time_base[1] / this.of.time_base[0] / this.of.frame_rate;
    return Math.max(this.of.start_pts, Math.round(pts + (frames + (frames < 0 ? 0.5 : 0)) * ticks));
  }
}
