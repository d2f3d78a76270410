// Where the focus was, so that it stays near when a correction takes that place away.
import { effect } from "@preact/signals";
import { lastChange } from "./store";
import { tab } from "./view";

interface Place {
  /** Label of the person, and where they are in the cast; -1 = nowhere. */
  label: string | undefined;
  tile: number;
  /** Reason of unknown faces. */
  reason: string | undefined;
  /** Which of the faces; -1 = none. */
  at: number;
}
let place: Place | null = null;

const tiles = () =>
  tab.value === "cast" ? [...document.querySelectorAll<HTMLElement>(".cast-tile")] : [];

document.addEventListener("focusin", ({ target }) => {
  // Lists and buttons that float over the page are opened from a place that stays.
  if (!(target instanceof Element) || target.closest("dialog, .floating, .selection")) return;
  const own = (selector: string) => target.closest<HTMLElement>(selector)?.dataset;
  const label = own(".cast-tile, .person")?.["label"];
  place = {
    label,
    tile: tiles().findIndex((tile) => tile.dataset["label"] === label),
    reason: own("[data-reason]")?.["reason"],
    at: Number(own("[data-at]")?.["at"] ?? -1),
  };
});

/** Let the focus go to a person if it has nowhere else to go. */
export const stayWith = (label: number): void => {
  place = { label: String(label), tile: -1, reason: undefined, at: -1 };
};

const next = ({ label, tile, reason, at }: Place): HTMLElement | null | undefined => {
  const scope =
    reason === undefined ? `.person[data-label="${label}"]` : `[data-reason="${reason}"]`;
  if (at >= 0) {
    const cells = [...document.querySelectorAll<HTMLElement>(`${scope} [data-at]`)];
    const cell = cells.findLast((one) => Number(one.dataset["at"]) <= at) ?? cells[0];
    if (cell) return cell.querySelector<HTMLElement>(".face-open");
  }
  const all = tiles();
  const person = all.find((one) => one.dataset["label"] === label);
  const found = person ?? (tile < 0 ? undefined : (all[tile] ?? all.at(-1)));
  return found?.querySelector<HTMLElement>(".cast-open");
};

effect(() => {
  if (!lastChange.value) return;
  const restore = () => {
    const { activeElement: now } = document;
    if (!place || (now && now !== document.body) || document.querySelector("dialog[open]")) return;
    (next(place) ?? document.getElementById("panel"))?.focus();
  };
  requestAnimationFrame(() => requestAnimationFrame(restore)); // when the change is drawn
});
