// Where faces are in the picture, as the server says.
import { signal } from "@preact/signals";
import { Boxes, type Faces } from "../model/boxes";
import type { Box } from "../model/data";
import { get } from "./server";
import { data, isLive } from "./store";

export const boxes = signal<Boxes | null>(null);
export const askForFaces = async (): Promise<void> => {
  if (!isLive || boxes.value) return;
  try {
    boxes.value = new Boxes(await get<Faces>("faces"));
  } catch {
    // The list below the picture still names them.
  }
};

/** Where a face is in its frame; null if that is not known. */
export const boxOf = (chip: number): Box | null =>
  boxes.value?.at(data.chips.track[chip]!, data.chips.pts[chip]!) ?? null;

/** Place of a box in a picture of the film, as a style. */
export const styleOf = ([left, top, right, bottom]: Box): Record<string, string> => {
  const share = (value: number, of: number) => `${(100 * value) / of}%`;
  return {
    left: share(left, data.width),
    top: share(top, data.height),
    width: share(right - left, data.width),
    height: share(bottom - top, data.height),
  };
};
