// Where the focus goes when something that floats is closed.

/** Focus what was pressed to open something; it may be the part of a button. */
export const focusOn = (anchor: Element): void => {
  const able = anchor.closest<HTMLElement>("button, input, a, [tabindex]");
  if (able?.isConnected) able.focus({ preventScroll: true });
};
