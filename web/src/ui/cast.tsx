// The cast: everybody in a dense grid, to search, sort, filter, select, and open in place.
import { useLayoutEffect, useRef } from "preact/hooks";
import { step } from "../model/filter";
import type { Person } from "../model/people";
import { onKeys } from "../state/keys";
import { data, people } from "../state/store";
import {
  isPicking,
  openPerson,
  pickedNow,
  pictureSize,
  tab,
  type PictureSize,
} from "../state/view";
import { words } from "../words";
import { askName, hide, mergeWith, notAFace, splitInTwo, toBackground, unhide } from "./actions";
import "./cast.css";
import { filter, NO_FILTER, shown, sort } from "./cast_list";
import { Background, Tiles } from "./cast_tiles";
import { Tools } from "./cast_tools";
import { useGrowing } from "./growing";
import { Button } from "./kit";
import { togglePerson } from "./tile";
import { computed, useSignal } from "@preact/signals";

export const SIZES: Record<PictureSize, number> = { S: 56, M: 84, L: 128 };

const Nothing = () => {
  const t = words();
  if (!data.tracks.key.length)
    return (
      <div class="cast-empty">
        <h2>{t.castNoFaces}</h2>
        <p>{t.castNoFacesWhy}</p>
        <ul>
          <li>{t.castTrySmaller}</li>
          <li>{t.castTryMore}</li>
          <li>{t.castTryCopy}</li>
        </ul>
      </div>
    );
  if (!people.value.people.length)
    return (
      <div class="cast-empty">
        <h2>{t.castNobody}</h2>
        <p>{t.castNobodyWhy}</p>
        <p>
          <Button
            onClick={() => {
              tab.value = "unknown";
            }}
          >
            {t.castToUnknown}
          </Button>
        </p>
      </div>
    );
  const isHidden = filter.value.kind === "hidden" && !shown.value.all;
  return (
    <div class="cast-empty">
      <p>{isHidden ? t.castNoneHidden : t.castNoneFound}</p>
      <p>
        <Button
          onClick={() => {
            filter.value = NO_FILTER;
          }}
        >
          {t.castClear}
        </Button>
      </p>
    </div>
  );
};

const tileOf = (root: Element | null, label: number | null) =>
  label === null
    ? null
    : (root?.querySelector<HTMLElement>(`.cast-tile[data-label="${label}"]`) ?? null);

const isShown = computed(() => tab.value === "cast");

export const Cast = () => {
  const root = useRef<HTMLDivElement>(null);
  const grid = useRef<HTMLDivElement>(null);
  const search = useRef<HTMLInputElement>(null);
  /** The tile that the Tab key reaches. */
  const stop = useSignal<number | null>(null);

  useLayoutEffect(() => {
    const focused = () => {
      const tile = document.activeElement?.closest<HTMLElement>(".cast-tile, .person");
      return people.value.byLabel.get(Number(tile?.dataset["label"] ?? -1));
    };
    const on = (run: (who: Person, anchor: Element) => void) => () => {
      const who = focused();
      const anchor = who && tileOf(grid.current, who.label)?.querySelector(".cast-open");
      if (who && anchor) run(who, anchor);
    };
    const go = (event: KeyboardEvent) => {
      const here = focused();
      const list = shown.value.list;
      const tiles = grid.current?.querySelector(".cast-grid");
      if (!here || !tiles) return;
      const columns = getComputedStyle(tiles).gridTemplateColumns.split(" ").length;
      const at = list.findIndex((who) => who.label === here.label);
      const next = list[step(event.key, at, list.length, columns)]!;
      stop.value = next.label;
      tileOf(grid.current, next.label)?.querySelector<HTMLElement>(".cast-open")?.focus();
    };
    const pick = (event: KeyboardEvent) => on((who) => togglePerson(who.label, event.shiftKey))();
    // Whoever is selected comes before the focus, see `Selection`.
    const picked = () => pickedNow.value.people.length;
    const inTiles = () =>
      document.activeElement?.closest(".cast-tile") ? grid.current : document.createElement("i");
    const arrows = ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End"];
    const stops = [
      onKeys(
        {
          ...Object.fromEntries(arrows.map((key) => [key, go])),
          " ": pick,
          x: pick,
          X: pick,
        },
        inTiles,
      ),
      onKeys(
        {
          e: on(askName),
          F2: on(askName),
          s: on(splitInTwo),
        },
        () => grid.current,
      ),
      onKeys(
        { m: on(mergeWith) },
        () => grid.current,
        () => picked() < 2,
      ),
      onKeys(
        {
          h: on((who) => (who.hidden ? unhide(who) : hide([who]))),
          b: on((who) => toBackground([who], !who.background)),
          f: on((who) => notAFace(who.tracks)),
        },
        () => grid.current,
        () => picked() === 0,
      ),
      onKeys(
        {
          Escape: () => {
            const open = tileOf(grid.current, openPerson.value);
            openPerson.value = null;
            open?.querySelector<HTMLElement>(".cast-open")?.focus();
          },
        },
        () => grid.current,
        () => openPerson.value !== null && !isPicking.value,
      ),
      onKeys({ "/": () => search.current?.focus() }, undefined, () => isShown.value),
    ];
    return () => stops.forEach((end) => end());
  }, []);

  // Hits of a filter are shown, wherever the list was scrolled to.
  const asked = filter.value;
  useLayoutEffect(() => {
    root.current?.scrollTo({ top: 0 });
  }, [asked, sort.value]);

  // Whoever is opened elsewhere is brought into view.
  const opened = isShown.value ? openPerson.value : null;
  useLayoutEffect(() => {
    tileOf(grid.current, opened)?.scrollIntoView({ block: "nearest" });
  }, [opened]);

  const { list, main, behind } = shown.value;
  const reached = list.some((who) => who.label === stop.value) ? stop.value : list[0]?.label;
  const px = SIZES[pictureSize.value];
  const drawn = Math.max(
    useGrowing(list.length),
    1 + list.findIndex((who) => who.label === opened),
  );
  return (
    <section class="cast" aria-label={words().castList} hidden={!isShown.value}>
      <Tools search={search} />
      <div class="cast-scroll" ref={root}>
        {list.length || behind ? (
          <div
            ref={grid}
            onFocusIn={(event) => {
              const tile = (event.target as Element).closest<HTMLElement>(".cast-tile");
              if (tile) stop.value = Number(tile.dataset["label"]);
            }}
          >
            <Tiles list={list.slice(0, Math.min(main, drawn))} px={px} reached={reached} />
            {behind > 0 && <Background />}
            {drawn > main && list.length > main && (
              <Tiles list={list.slice(main, drawn)} px={px} reached={reached} />
            )}
          </div>
        ) : (
          <Nothing />
        )}
      </div>
    </section>
  );
};
