// The panels of a project, to choose from.
import { TabList } from "../../ui/tablist";
import { words } from "../../words";
import { number } from "../../words/format";
import { tab } from "../shown";
import { project } from "../state";
import { doubts } from "./doubts";

export const Panels = () => {
  const t = words();
  const failed = (project.value?.seen.films ?? []).filter((film) => film.error).length;
  const count = doubts.value.length;
  const names = {
    people: t.projectTabPeople,
    doubts: count ? `${t.projectTabDoubts} (${number(count)})` : t.projectTabDoubts,
    find: t.findTab,
    films: failed ? `${t.projectTabFilms} · ${t.projectFailed(failed)}` : t.projectTabFilms,
  };
  return <TabList names={names} chosen={tab.value} choose={(each) => (tab.value = each)} />;
};
