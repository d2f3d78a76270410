// Keyboard shortcuts. A part of the page registers its keys; the innermost scope that has the key and
// contains the focus answers. Typing in a field and open dialogs come first.

export interface Shortcut {
  /** As `event.key`, with "Shift+" or "Ctrl+" (also ⌘) before it where needed. */
  key: string;
  run: (event: KeyboardEvent) => void;
}
interface Scope {
  /** Answers only while the focus is inside; null = anywhere. */
  root: () => Element | null;
  /** Whether it answers at present. */
  when: () => boolean;
  keys: Map<string, Shortcut["run"]>;
}
const scopes: Scope[] = [];

export const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable ||
    target.matches(
      "textarea, select, input:not([type=checkbox], [type=radio], [type=range], [type=button])",
    ));

const nameOf = (event: KeyboardEvent): string => {
  const ctrl = event.ctrlKey || event.metaKey ? "Ctrl+" : "";
  const isNamed = event.key.length > 1 || ctrl !== "";
  return `${ctrl}${event.shiftKey && isNamed ? "Shift+" : ""}${event.key.length === 1 && ctrl ? event.key.toLowerCase() : event.key}`;
};

/**
 * Register keys; the answer takes them back. To be called in `useLayoutEffect`: a key pressed right
 * after a click, before the next frame, means what that click has shown.
 */
export const onKeys = (
  keys: Record<string, Shortcut["run"]>,
  root: () => Element | null = () => null,
  when: () => boolean = () => true,
): (() => void) => {
  const scope: Scope = { root, when, keys: new Map(Object.entries(keys)) };
  scopes.push(scope);
  return () => void scopes.splice(scopes.indexOf(scope), 1);
};

addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.altKey || isTyping(event.target)) return;
  if (document.querySelector("dialog[open]")) return;
  const name = nameOf(event);
  const able = scopes.filter((scope) => scope.keys.has(name) && scope.when());
  const inner = able
    .filter((scope) => scope.root()?.contains(document.activeElement))
    .sort((a, b) => (a.root()!.contains(b.root()) ? 1 : -1));
  const chosen = inner[0] ?? able.findLast((scope) => scope.root() === null);
  if (!chosen) return;
  event.preventDefault();
  chosen.keys.get(name)!(event);
});
