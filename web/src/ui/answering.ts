// Keys that answer a question, only while it is on screen and the focus is not on something else.
import type { RefObject } from "preact";
import { useLayoutEffect } from "preact/hooks";
import { onKeys } from "../state/keys";

const ELSEWHERE =
  "[role=grid], [data-label], [role=listbox], [role=menu], [role=dialog], .floating, dialog";

const LEAST_SEEN = 0.75;
/** Whether that much of it is inside of the window now. */
const isSeen = (root: Element | null): boolean => {
  if (!root) return false;
  const { left, top, right, bottom, width, height } = root.getBoundingClientRect();
  const wide = Math.min(right, innerWidth) - Math.max(left, 0);
  const high = Math.min(bottom, innerHeight) - Math.max(top, 0);
  const whole = width * height;
  return whole > 0 && wide > 0 && high > 0 && (wide * high) / whole >= LEAST_SEEN;
};

/** Register keys for what `root` shows; `when` is whether they count at present. */
export const useAnswers = (
  root: RefObject<HTMLElement | null>,
  keys: Record<string, () => void>,
  when: () => boolean = () => true,
): void => {
  useLayoutEffect(() => {
    const once = (run: () => void) => (event: KeyboardEvent) => {
      if (!event.repeat) run(); // a key held down would answer what nobody has read
    };
    const isElsewhere = () => {
      const focus = document.activeElement;
      return !root.current?.contains(focus) && !!focus?.closest(ELSEWHERE);
    };
    return onKeys(
      Object.fromEntries(Object.entries(keys).map(([key, run]) => [key, once(run)])),
      () => null,
      () => isSeen(root.current) && !isElsewhere() && when() && !document.hidden,
    );
  }, []);
};
