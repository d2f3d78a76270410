// A reel that the server renders.
import { computed, signal } from "@preact/signals";
import { wanted } from "./exporting";
import { making, within, type Job } from "./making";

export interface Reel extends Job {
  cuts: number;
  length_s: number;
}
/** Seconds, as the server takes them. */
export const HANDLES_S = { least: 0, most: 600 } as const;

export const reel = making<Reel>("reel");
/** As typed. */
export const handles = signal("1");
/** null = not a number that the server takes. */
export const handlesSeconds = computed(() =>
  within(handles.value, HANDLES_S.least, HANDLES_S.most),
);

export const begin = (): Promise<void> =>
  reel.begin(() => ({ ...wanted(), handles_s: handlesSeconds.value }));
