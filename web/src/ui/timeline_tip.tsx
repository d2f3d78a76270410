// What is under the pointer: the nearest face of the person there, or the frame itself.
import { signal } from "@preact/signals";
import type { Group } from "../model/people";
import { data, film, lose } from "../state/store";
import { clock } from "./screen";

const REST_MS = 150;
const WIDE_PX = 176;

interface Tip {
  x: number;
  y: number;
  text: string;
  picture: string;
}
const tip = signal<Tip | null>(null);
let timer: ReturnType<typeof setTimeout> | undefined;

export const hideTip = (): void => {
  clearTimeout(timer);
  tip.value = null;
};

/** The picture nearest to a time among those of the appearance there; empty in a gap. */
const pictureAt = (pts: number, group: Group): string => {
  const span = group.appearances.find(({ start, end }) => start <= pts && pts < end);
  if (!span) return "";
  const times = data.chips.pts;
  const able = span.tracks
    .flatMap((track) => film.chipsOf[track]!)
    .filter((chip) => film.isShown(chip));
  const best = able.reduce(
    (a, b) => (a < 0 || Math.abs(times[b]! - pts) < Math.abs(times[a]! - pts) ? b : a),
    -1,
  );
  return film.picture(best);
};

/** Show the tip at the pointer; the frame only once the pointer rests. */
export const showTip = (event: PointerEvent, pts: number, group: Group | null): void => {
  clearTimeout(timer);
  const face = group ? pictureAt(pts, group) : "";
  const next = { x: event.clientX, y: event.clientY, text: clock.timecode(pts), picture: face };
  tip.value = next;
  const still = face ? "" : film.still(clock.pts(clock.frame(pts)));
  if (still) timer = setTimeout(() => (tip.value = { ...next, picture: still }), REST_MS);
};

const lostOf = (shown: Tip): void => {
  lose(shown.picture);
  if (tip.value === shown) tip.value = { ...shown, picture: "" };
};

export const TimelineTip = () => {
  const shown = tip.value;
  if (!shown) return null;
  const left = Math.min(Math.max(4, shown.x - WIDE_PX / 2), innerWidth - WIDE_PX - 4);
  return (
    <div
      class="timeline-tip"
      aria-hidden="true"
      style={{ left: `${left}px`, bottom: `${innerHeight - shown.y + 14}px` }}
    >
      {shown.picture && <img src={shown.picture} alt="" onError={() => lostOf(shown)} />}
      <span>{shown.text}</span>
    </div>
  );
};
