// Where the focus goes.

/** Focus what was pressed to open something that is closed now; it may be the part of a button. */
export const focusOn = (anchor: Element): void => {
  const able = anchor.closest<HTMLElement>("button, input, a, [tabindex]");
  if (able?.isConnected) able.focus({ preventScroll: true });
};

/**
 * Do something once what has changed is drawn, but before the next key: in the next frame the focus
 * may be elsewhere, and must not be taken from there.
 */
export const whenDrawn = (run: () => void): void => queueMicrotask(run); // as Preact draws
