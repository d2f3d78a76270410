// What is shown and selected. Nothing of it is kept, but the time when the page is loaded anew.
import { computed, signal } from "@preact/signals";
import { recallOnce, rememberOnce } from "./kept";
import { data, onLeave, people } from "./store";

/** Whether the page has been seen; what takes time and can come a frame later waits for that. */
export const isPainted = signal(false);

/** pts of the frame that the player shows. */
export const now_pts = signal(Number(recallOnce("pts") ?? data.start_pts));
onLeave.add(() => rememberOnce("pts", String(now_pts.value)));
export const isPlaying = signal(false);

/** In and out points, pts, half-open; either may be missing. */
export const inPoint = signal<number | null>(null);
export const outPoint = signal<number | null>(null);

/** What is selected: tracks, or whole people; never both. */
export const pickedTracks = signal<ReadonlySet<number>>(new Set());
export const pickedPeople = signal<ReadonlySet<number>>(new Set());
export const isPicking = computed(() => pickedTracks.value.size + pickedPeople.value.size > 0);

export const pickTracks = (tracks: readonly number[], on: boolean): void => {
  const next = new Set(pickedTracks.value);
  for (const track of tracks)
    if (on) next.add(track);
    else next.delete(track);
  if (on) pickedPeople.value = new Set();
  pickedTracks.value = next;
};
export const pickPerson = (label: number, on: boolean): void => {
  const next = new Set(pickedPeople.value);
  if (on) next.add(label);
  else next.delete(label);
  if (on) pickedTracks.value = new Set();
  pickedPeople.value = next;
};
export const clearPicks = (): void => {
  pickedTracks.value = new Set();
  pickedPeople.value = new Set();
};
/** People and tracks selected that still exist. */
export const pickedNow = computed(() => ({
  tracks: [...pickedTracks.value],
  people: [...pickedPeople.value].filter((label) => people.value.byLabel.has(label)),
}));

/** Label of the person that is open in the cast; null = none. */
export const openPerson = signal<number | null>(null);

export type Tab = "cast" | "unknown" | "together" | "find" | "export" | "about";
/** What the right side shows. */
export const tab = signal<Tab>("cast");

export type PictureSize = "S" | "M" | "L";
export const pictureSize = signal<PictureSize>("M");

// ---- what the player offers to the rest of the page; the player sets it when it is there
export interface Player {
  /** Show the frame at a time; keep playing if it plays. */
  seek(pts: number): void;
  play(): void;
  pause(): void;
}
export const player: { current: Player | null } = { current: null };
/** Show a moment in the player, whether or not it has loaded. */
export const goTo = (pts: number): void => {
  now_pts.value = pts;
  player.current?.seek(pts);
};
