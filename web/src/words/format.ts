// Numbers, spans of time and dates as the reader's language writes them.
import { language } from "./index";

/** Making one takes far longer than using it. */
const formats = new Map<string, Intl.NumberFormat>();
const written = (value: number, options: Intl.NumberFormatOptions): string => {
  const key = `${language.value} ${JSON.stringify(options)}`;
  let format = formats.get(key);
  if (!format) formats.set(key, (format = new Intl.NumberFormat(language.value, options)));
  return format.format(value);
};

export const number = (value: number, places = 0): string =>
  written(value, { minimumFractionDigits: places, maximumFractionDigits: places });

export const percent = (share: number): string => written(share, { style: "percent" });

const nearest = (value: number) => Math.floor(value + 0.5 + 1e-6); // halves up, rounding errors allowed
const two = (value: number) => String(value).padStart(2, "0");

/** A span of time, as `spoken` of clusterer/core/timecode.py: "12.4 s", "3 min 05 s", "1 h 02 min". */
export const spoken = (seconds: number): string => {
  const tenths = nearest(10 * Math.max(0, seconds));
  if (tenths < 600) return `${number(tenths / 10, 1)} s`;
  const whole = nearest(seconds);
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${two(whole % 60)} s`;
  const minutes = nearest(seconds / 60);
  return `${Math.floor(minutes / 60)} h ${two(minutes % 60)} min`;
};
