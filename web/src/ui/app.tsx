// The whole page: the film and its timeline on the left, the cast and other panels on the right.
import { dialog } from "../state/dialog";
import { isLive } from "../state/store";
import { isPainted, tab } from "../state/view";
import { About } from "./about";
import { Cast } from "./cast";
import { Drops } from "./drops";
import { Export } from "./export";
import { PhotographDrop } from "./find";
import { FindPanel, findPhotograph } from "./find_film";
import { Fold } from "./fold";
import "./hash";
import { Header } from "./header";
import { Player } from "./player";
import { Questions } from "./questions";
import { Selection } from "./selection";
import { Skip } from "./skip";
import { Tabs } from "./tabs";
import { Timeline } from "./timeline";
import { Together } from "./together";
import { Unknown } from "./unknown";
import { LookTip } from "./whole";

const PANELS = {
  unknown: Unknown,
  together: Together,
  find: FindPanel,
  export: Export,
  about: About,
};

export const App = () => {
  const Panel = tab.value === "cast" ? null : PANELS[tab.value];
  return (
    <>
      <Skip />
      <Header />
      <main class="desk">
        <section class="film">
          <Player />
          <Fold>
            <Timeline />
          </Fold>
        </section>
        <section class="side">
          <Tabs />
          {isPainted.value && <Questions />}
          <div
            class="panel"
            id="panel"
            role="tabpanel"
            aria-labelledby={`tab-${tab.value}`}
            tabIndex={-1}
          >
            {/* Hidden, not gone: to make hundreds of tiles anew takes longer than an action may. */}
            <Cast />
            {Panel && <Panel />}
          </div>
        </section>
      </main>
      <Selection />
      <Drops />
      {isLive && <PhotographDrop onFile={findPhotograph} />}
      <LookTip />
      {dialog.value}
    </>
  );
};
