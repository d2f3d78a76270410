// One short message at the foot of the page, with at most one thing to press.
import { signal } from "@preact/signals";

export interface Toast {
  text: string;
  act?: { name: string; run: () => void };
}
export const toast = signal<Toast | null>(null);
let timer: ReturnType<typeof setTimeout> | undefined;

export const say = (text: string, act?: Toast["act"]): void => {
  toast.value = act ? { text, act } : { text };
  clearTimeout(timer);
  timer = setTimeout(() => (toast.value = null), act ? 8000 : 5000);
};
