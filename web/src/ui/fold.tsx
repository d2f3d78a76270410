// Folds its content away on a phone, where the screen is small.
import { signal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { words } from "../words";

const narrow = matchMedia("(max-width: 760px)");
const isNarrow = signal(narrow.matches);
narrow.addEventListener("change", () => (isNarrow.value = narrow.matches));

export const Fold = ({ children }: { children: ComponentChildren }) =>
  isNarrow.value ? (
    <details class="layout-fold">
      <summary>{words().timelineFold}</summary>
      {children}
    </details>
  ) : (
    <>{children}</>
  );
