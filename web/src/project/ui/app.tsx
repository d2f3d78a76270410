// The page of a project: its people over all films, questions, people who may be two, and the films.
import { dialog } from "../../state/dialog";
import { tab } from "../shown";
import { Doubts } from "./doubts";
import { PhotographDrop } from "../../ui/find";
import { Films } from "./films";
import { FindPanel, findPhotograph } from "./find";
import { Header } from "./header";
import { Panels } from "./panels";
import { People } from "./people";
import "./project.css";
import { Questions } from "./questions";

/** What Python embeds in the page: clusterer/review/cast/app.py. */
export interface About {
  mode: "project";
  title: string;
  kind: "season" | "archive";
}
const PANELS = { people: People, doubts: Doubts, find: FindPanel, films: Films };

export const App = ({ title, kind }: About) => {
  const Panel = PANELS[tab.value];
  return (
    <>
      <Header title={title} kind={kind} />
      <main class="side project">
        <Panels />
        <Questions />
        <div
          class="panel"
          id="panel"
          role="tabpanel"
          aria-labelledby={`tab-${tab.value}`}
          tabIndex={-1}
        >
          <Panel />
        </div>
        <PhotographDrop onFile={findPhotograph} />
        {dialog.value}
      </main>
    </>
  );
};
