// The one dialog that is open, and the one list that floats; any part can open them.
import { signal } from "@preact/signals";
import type { VNode } from "preact";

export const dialog = signal<VNode | null>(null);
export const openDialog = (what: VNode): void => {
  dialog.value = what;
};
export const closeDialog = (): void => {
  dialog.value = null;
};
