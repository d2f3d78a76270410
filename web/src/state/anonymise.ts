// An anonymised film that the server makes, and its preview in the player.
import { computed, signal } from "@preact/signals";
import { chosen, whom } from "./exporting";
import { making, type Job } from "./making";
import { confirmedCount } from "./store";

/** A span in which a face may be missed. */
export interface Check {
  start_s: number;
  end_s: number;
  why: "begins" | "ends" | "gap" | "weak" | "unsure" | "stranger" | "two" | "remains";
  /** Empty = not known. */
  person: string;
}
export interface Anonymised extends Job {
  /** In which something is hidden. */
  frames: number;
  checks: Check[];
}
export const STYLES = ["blur", "pixelate", "box"] as const;
export type Style = (typeof STYLES)[number];

export const anonymised = making<Anonymised>("anonymise");
export const style = signal<Style>("blur");
/** Of the chosen people, when only some are: whether all others are hidden instead. */
export const isOthers = signal(false);
export const isPreviewed = signal(false);

const hidden = computed(() => (!whom.value ? "everybody" : isOthers.value ? "others" : "them"));

/** Whether a face of this person would be hidden; null = of nobody. */
export const hides = (label: number | null): boolean => {
  if (hidden.value === "everybody") return true;
  const isChosen = label !== null && whom.value!.has(label);
  return isChosen !== (hidden.value === "others");
};

export const begin = (): Promise<void> =>
  anonymised.begin(() => ({
    count: confirmedCount(),
    people: hidden.value === "everybody" ? null : chosen.value.map((who) => who.keys()),
    whom: hidden.value,
    style: style.value,
  }));
