// Where each face is in the picture at a time: from the server, a box per face found.
import type { Box } from "./data";

/** `GET faces`: columns, in time order. */
export interface Faces {
  track: number[];
  pts: number[];
  boxes: Box[];
  /** Absent in answers of tests. */
  frame?: number[];
  /** From px of the film to px of the picture shown. */
  scale?: [x: number, y: number];
}
interface Seen {
  pts: number[];
  boxes: Box[];
  frames: number[];
}

export class Boxes {
  readonly #seen = new Map<number, Seen>();

  constructor(private readonly faces: Faces) {
    faces.track.forEach((track, row) => {
      let seen = this.#seen.get(track);
      if (!seen) this.#seen.set(track, (seen = { pts: [], boxes: [], frames: [] }));
      seen.pts.push(faces.pts[row]!);
      seen.boxes.push(faces.boxes[row]!);
      seen.frames.push(faces.frame?.[row] ?? 0);
    });
  }

  /** Key and pts of the first face at or after now, where a track can be cut; null where not. */
  cutAt(track: number, now: number): { key: string; pts: number } | null {
    const seen = this.#seen.get(track);
    const at = seen?.pts.findIndex((pts) => pts >= now) ?? -1;
    if (!seen || at < 1) return null;
    const [x, y] = this.faces.scale ?? [1, 1];
    const sides = seen.boxes[at]!.map((side, i) => Math.round(side / (i % 2 ? y : x)));
    return { key: `${seen.frames[at]}@${sides.join()}`, pts: seen.pts[at]! };
  }

  /** Whether no frame shows both. */
  areApart(a: number, b: number): boolean {
    const frames = new Set(this.#seen.get(a)?.pts);
    return !(this.#seen.get(b)?.pts ?? []).some((pts) => frames.has(pts));
  }

  /** The box of a track, between two detections in proportion; null if it has none. */
  at(track: number, now: number): Box | null {
    const seen = this.#seen.get(track);
    if (!seen) return null;
    let [low, high] = [0, seen.pts.length]; // first detection not before now
    while (low < high) {
      const middle = (low + high) >> 1;
      if (seen.pts[middle]! < now) low = middle + 1;
      else high = middle;
    }
    if (low === 0) return seen.boxes[0]!;
    if (low === seen.pts.length) return seen.boxes[low - 1]!;
    const [before, after] = [seen.boxes[low - 1]!, seen.boxes[low]!];
    const part = (now - seen.pts[low - 1]!) / (seen.pts[low]! - seen.pts[low - 1]!);
    return after.map((side, i) => before[i]! + part * (side - before[i]!)) as unknown as Box;
  }
}
