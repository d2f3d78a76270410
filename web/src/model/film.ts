// The film and what was found in it: times, pictures, tracks. It does not change while the page is open.
import { NOTHING_KEPT, type Box, type Data, type Kept } from "./data";

/** A whole frame, with the chip that is in it, and where; a server knows that apart. */
export interface Whole {
  source: string;
  chip: number;
  box: Box | null;
}

export class Film {
  readonly tick_s: number;
  /** Track → its chips, in time order. */
  readonly chipsOf: number[][];
  /** Shot → its tracks. */
  readonly tracksOfShot = new Map<number, number[]>();

  readonly #shown: ReadonlySet<number>;

  constructor(
    readonly data: Data,
    /** Pictures inside of the page, as far as they are read. */
    private readonly kept: () => Kept = () => NOTHING_KEPT,
    /** Whether the server has no film to take frames from, or not the frame at this address. */
    private readonly isMissing: (address: string) => boolean = () => false,
  ) {
    this.#shown = new Set(data.shown);
    this.tick_s = data.time_base[0] / data.time_base[1];
    this.chipsOf = data.tracks.key.map(() => []);
    data.chips.track.forEach((track, chip) => this.chipsOf[track]?.push(chip));
    data.tracks.shot.forEach((shot, track) => {
      const list = this.tracksOfShot.get(shot);
      if (list) list.push(track);
      else this.tracksOfShot.set(shot, [track]);
    });
  }

  /** Seconds since the film's zero. */
  seconds(pts: number): number {
    return (pts - this.data.zero_pts) * this.tick_s;
  }

  pts(seconds: number): number {
    return this.data.zero_pts + seconds / this.tick_s;
  }

  /** Whether there is a picture of this chip to show. */
  isShown(chip: number): boolean {
    return this.data.mode === "live" || this.#shown.has(chip);
  }

  /** Address of a face's picture; empty if there is none. */
  picture(chip: number): string {
    if (chip < 0) return "";
    if (this.data.mode === "live") return `chip/${chip}.jpg`;
    const jpeg = this.kept().pictures[chip];
    return jpeg ? `data:image/jpeg;base64,${jpeg}` : "";
  }

  /** Address of the clothing below a face; empty if none is known to be kept. */
  torso(chip: number): string {
    if (chip < 0) return "";
    if (this.data.mode === "live") return `torso/${chip}.jpg`;
    const jpeg = this.kept().torsos[chip];
    return jpeg ? `data:image/jpeg;base64,${jpeg}` : "";
  }

  /** Address of the whole frame at a time; empty on a page from disk, and where there is none. */
  still(pts: number): string {
    const address = `still?pts=${Math.round(pts)}`;
    return this.data.mode === "live" && !this.isMissing(address) ? address : "";
  }

  /** The whole frame of a chip, or of the one of its track that is nearest in time; null = none. */
  whole(chip: number): Whole | null {
    if (chip < 0) return null;
    const { pts, frame, track } = this.data.chips;
    if (this.data.mode === "live") {
      const source = this.still(pts[chip]!);
      return source ? { source, chip, box: null } : null;
    }
    const { frames, boxes } = this.kept();
    const able = (this.chipsOf[track[chip]!] ?? []).filter((one) => frame[one]! in frames);
    const away = (one: number) => Math.abs(pts[one]! - pts[chip]!);
    const best = able.reduce((a, b) => (a < 0 || away(b) < away(a) ? b : a), -1);
    if (best < 0) return null;
    const source = `data:image/jpeg;base64,${frames[frame[best]!]!}`;
    return { source, chip: best, box: boxes[best] ?? null };
  }

  /** Shot on screen at a time. */
  shotAt(pts: number): number {
    let [low, high] = [0, this.data.shots.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.data.shots[middle]! <= pts) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** Tracks on screen at a time, those that are no faces included. */
  tracksAt(pts: number): number[] {
    const { start_pts, end_pts } = this.data.tracks;
    return (this.tracksOfShot.get(this.shotAt(pts)) ?? []).filter(
      (track) => start_pts[track]! <= pts && pts < end_pts[track]!,
    );
  }
}
