// Everybody in a dense grid: to search, sort, filter, and open in place.
import { useSignal } from "@preact/signals";
import { Fragment } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { step } from "../../model/filter";
import { onKeys } from "../../state/keys";
import { Behind } from "../../ui/behind";
import "../../ui/cast.css";
import { Button } from "../../ui/kit";
import "../../ui/person.css";
import { words } from "../../words";
import { askName, hideOrShow, joinWith } from "../actions";
import type { Person, Project } from "../model";
import { filter, isBackgroundOpen, NO_FILTER, openId, shown, sort } from "../shown";
import { project } from "../state";
import { OpenPerson } from "./person";
import { More, useSteps } from "./steps";
import { Tile } from "./tile";
import { SIZES, size, Tools } from "./tools";

const ARROWS = ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End"];

const Nothing = () => {
  const t = words();
  const seen = project.value?.seen;
  if (!seen) return null;
  if (!seen.people.length)
    return (
      <div class="cast-empty">
        <h2>{t.castNobody}</h2>
        <p>
          {!seen.films.length
            ? t.projectNoFilms
            : seen.films.some((film) => film.state === "waiting")
              ? t.projectWaiting
              : t.projectNobodyFound}
        </p>
      </div>
    );
  return (
    <div class="cast-empty">
      <p>{t.castNoneFound}</p>
      <p>
        <Button onClick={() => (filter.value = NO_FILTER)}>{t.castClear}</Button>
      </p>
    </div>
  );
};

interface TilesProps {
  list: readonly Person[];
  seen: Project;
  /** Id of whom the Tab key reaches. */
  reached: string | undefined;
}
const Tiles = ({ list, seen, reached }: TilesProps) => (
  <ul class="cast-grid project-grid" style={{ "--px": `${SIZES[size.value]}px` }}>
    {list.map((who) => (
      <Fragment key={who.id}>
        <Tile
          who={who}
          films={seen.seen.films}
          longest_s={seen.longest_s}
          px={SIZES[size.value]}
          isOpen={who.id === openId.value}
          isStop={who.id === reached}
        />
        {who.id === openId.value && (
          <li class="cast-opened">
            <OpenPerson who={who} />
          </li>
        )}
      </Fragment>
    ))}
  </ul>
);

/** Shows the background or folds it away. */
const toggleBackground = () => {
  const { isFolded } = shown.value;
  isBackgroundOpen.value = isFolded;
  if (!isFolded && project.value?.byId.get(openId.value)?.background) openId.value = "";
};

const openOf = (id: string) => document.querySelector<HTMLElement>(`#${id} .cast-open`);

export const People = () => {
  const root = useRef<HTMLDivElement>(null);
  const grid = useRef<HTMLDivElement>(null);
  const search = useRef<HTMLInputElement>(null);
  /** Id of the tile that the Tab key reaches. */
  const stop = useSignal("");
  const wanted = filter.value;
  const { list, main, behind, isFolded } = shown.value;
  const { most, more } = useSteps(`${sort.value} ${JSON.stringify(wanted)}`, list.length);
  const drawn = list.slice(0, most);
  const now = useRef(drawn);
  now.current = drawn;

  useLayoutEffect(() => {
    const focused = () =>
      document.activeElement?.closest<HTMLElement>("[data-id]")?.dataset["id"] ?? "";
    const go = (to: number) => {
      const next = now.current[Math.min(now.current.length - 1, Math.max(0, to))];
      if (!next) return;
      stop.value = next.id;
      openOf(next.id)?.focus();
    };
    const indexOf = (id: string) => now.current.findIndex((who) => who.id === id);
    const arrow = ({ key }: KeyboardEvent) => {
      const tiles = grid.current!.querySelector(".cast-grid")!;
      const columns = getComputedStyle(tiles).gridTemplateColumns.split(" ").length;
      go(step(key, indexOf(focused()), now.current.length, columns));
    };
    const neighbour = (by: number) => () => {
      const at = indexOf(focused() || stop.value);
      go(focused() || at < 0 ? at + by : at);
    };
    const on = (run: (who: Person, anchor: Element) => void) => () => {
      const who = project.value?.byId.get(focused());
      const anchor = who && (document.activeElement ?? openOf(who.id));
      if (who && anchor) run(who, anchor);
    };
    const close = () => {
      const id = openId.value;
      openId.value = "";
      openOf(id)?.focus();
    };
    const inTile = () =>
      document.activeElement?.closest(".project-tile") ? grid.current : document.createElement("i");
    const stops = [
      onKeys(Object.fromEntries(ARROWS.map((key) => [key, arrow])), inTile),
      onKeys(
        {
          e: on(askName),
          F2: on(askName),
          m: on((...of) => void joinWith(...of)),
          h: on(hideOrShow),
        },
        () => grid.current,
      ),
      onKeys({ Escape: close }, undefined, () => openId.value !== ""),
      onKeys({ j: neighbour(1), k: neighbour(-1), "/": () => search.current?.focus() }),
    ];
    return () => stops.forEach((end) => end());
  }, []);

  // Hits of a filter are shown, wherever the list was scrolled to.
  useLayoutEffect(() => root.current?.scrollTo({ top: 0 }), [wanted, sort.value]);
  // Whoever is opened is brought into view, with as much of the films as fits.
  const opened = openId.value;
  useLayoutEffect(() => {
    if (!opened) return;
    grid.current?.querySelector(".cast-opened")?.scrollIntoView({ block: "nearest" });
    document.getElementById(opened)?.scrollIntoView({ block: "nearest" });
  }, [opened]);

  const seen = project.value;
  const reached = drawn.some((who) => who.id === stop.value) ? stop.value : drawn[0]?.id;
  return (
    <section class="cast" aria-label={words().castList}>
      <Tools search={search} />
      <div class="cast-scroll" ref={root}>
        {(drawn.length || behind) && seen ? (
          <div
            ref={grid}
            onFocusIn={({ target }) => {
              const tile = (target as Element).closest<HTMLElement>(".project-tile");
              if (tile) stop.value = tile.id;
            }}
          >
            <Tiles list={drawn.slice(0, main)} seen={seen} reached={reached} />
            {behind > 0 && drawn.length >= main && (
              <Behind count={behind} isFolded={isFolded} onClick={toggleBackground} />
            )}
            {drawn.length > main && (
              <Tiles list={drawn.slice(main)} seen={seen} reached={reached} />
            )}
          </div>
        ) : (
          <Nothing />
        )}
        {list.length > drawn.length && <More left={list.length - drawn.length} more={more} />}
      </div>
    </section>
  );
};
