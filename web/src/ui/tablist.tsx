// Panels to choose from, of which one is shown.
import { words } from "../words";
import "./tabs.css";

interface TabListProps<Tab extends string> {
  /** In order. */
  names: Partial<Record<Tab, string>>;
  chosen: Tab;
  choose: (tab: Tab) => void;
}
export const TabList = <Tab extends string>({ names, chosen, choose }: TabListProps<Tab>) => {
  const tabs = Object.keys(names) as Tab[];
  const onKey = (event: KeyboardEvent) => {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const next =
      by !== undefined
        ? tabs[(tabs.indexOf(chosen) + by + tabs.length) % tabs.length]
        : { Home: tabs[0], End: tabs.at(-1) }[event.key];
    if (!next) return;
    event.preventDefault();
    choose(next);
    document.getElementById(`tab-${next}`)?.focus();
  };
  return (
    <div class="tabs" role="tablist" aria-label={words().panels} onKeyDown={onKey}>
      {tabs.map((each) => (
        <button
          key={each}
          type="button"
          role="tab"
          id={`tab-${each}`}
          aria-selected={chosen === each}
          aria-controls="panel"
          tabIndex={chosen === each ? 0 : -1}
          onClick={() => choose(each)}
        >
          {names[each]}
        </button>
      ))}
    </div>
  );
};
