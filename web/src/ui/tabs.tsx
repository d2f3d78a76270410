// The panels beside the film, to choose from.
import { isLive } from "../state/store";
import { tab, type Tab } from "../state/view";
import { words } from "../words";
import { TabList } from "./tablist";

export const Tabs = () => {
  const w = words();
  const names: Partial<Record<Tab, string>> = {
    cast: w.tabCast,
    unknown: w.unknown,
    together: w.tabTogether,
    ...(isLive && { find: w.findTab }),
    export: w.tabExport,
    about: w.tabAbout,
  };
  return <TabList names={names} chosen={tab.value} choose={(each) => (tab.value = each)} />;
};
