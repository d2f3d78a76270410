// A box that somebody draws on the picture, by pointer or by arrow keys.
import type { Box } from "./data";

/** Least side, px of the picture; as LEAST_PX in clusterer/pipeline/missed.py. */
export const LEAST_PX = 8;
const STEP = 0.01;

export interface Size {
  width: number;
  height: number;
}
const clamp = (value: number, low: number, high: number) => Math.min(high, Math.max(low, value));

/** Where a box begins for the keyboard: in the middle, a quarter of the picture high. */
export const middleBox = ({ width, height }: Size): Box => {
  const high = height / 4;
  const wide = Math.min(width, high * 0.8);
  return [(width - wide) / 2, (height - high) / 2, (width + wide) / 2, (height + high) / 2];
};

/** The box between two points, in the picture. */
export const boxBetween = (
  a: readonly [number, number],
  b: readonly [number, number],
  { width, height }: Size,
): Box => [
  clamp(Math.min(a[0], b[0]), 0, width),
  clamp(Math.min(a[1], b[1]), 0, height),
  clamp(Math.max(a[0], b[0]), 0, width),
  clamp(Math.max(a[1], b[1]), 0, height),
];

export const isLargeEnough = ([left, top, right, bottom]: Box): boolean =>
  right - left >= LEAST_PX && bottom - top >= LEAST_PX;

/** Move a box by an arrow key, or with Shift change its size; it stays in the picture. */
export const byArrow = (box: Box, key: string, resizes: boolean, size: Size): Box => {
  const step = Math.max(1, Math.round(size.height * STEP));
  const x = key === "ArrowLeft" ? -step : key === "ArrowRight" ? step : 0;
  const y = key === "ArrowUp" ? -step : key === "ArrowDown" ? step : 0;
  const [left, top, right, bottom] = box;
  if (resizes)
    return [
      left,
      top,
      clamp(right + x, left + LEAST_PX, size.width),
      clamp(bottom + y, top + LEAST_PX, size.height),
    ];
  const dx = clamp(x, -left, size.width - right);
  const dy = clamp(y, -top, size.height - bottom);
  return [left + dx, top + dy, right + dx, bottom + dy];
};
