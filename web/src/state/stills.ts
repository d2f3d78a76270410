// Stills and contact sheets that the server makes.
import { computed, signal } from "@preact/signals";
import { wanted } from "./exporting";
import { making, within, type Job } from "./making";

export interface Stills extends Job {
  /** Whether a contact sheet can be made here. */
  sheet: boolean;
}
/** Of each person, as the server takes them. */
export const BEST = { least: 1, most: 100 } as const;

export const stills = making<Stills>("stills");
/** As typed. */
export const best = signal("12");
/** null = not a number that the server takes. */
export const bestCount = computed(() => {
  const count = within(best.value, BEST.least, BEST.most);
  return count !== null && Number.isInteger(count) ? count : null;
});
export const isCropped = signal(false);

export const PAPERS = ["a4", "letter"] as const;
export type Paper = (typeof PAPERS)[number];
/** Where paper is in inches (CLDR, paperSize). */
const IN_INCHES = new Set("BZ CA CL CO CR GT MX NI PA PH PR SV US VE".split(" "));
/** Of the browser's language, if it states one: "en" may be read anywhere. */
const country = /-([A-Z]{2})$/.exec(navigator.language)?.[1] ?? "";
export const paper = signal<Paper>(IN_INCHES.has(country) ? "letter" : "a4");

export const begin = (kind: "pictures" | "sheet"): Promise<void> =>
  stills.begin(() => ({
    ...wanted(),
    best: bestCount.value,
    crop: isCropped.value,
    kind,
    paper: paper.value,
  }));
