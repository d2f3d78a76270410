// One person in the grid: picture, name, screen time, and a strip with a bar per film; to open and drag.
import {
  draggable,
  dropTargetForElements,
} from "@atlaskit/pragmatic-drag-and-drop/element/adapter";
import { useEffect, useRef, useState } from "preact/hooks";
import { words } from "../../words";
import { spoken } from "../../words/format";
import { join } from "../actions";
import { strip, timesOf, type Film, type Person } from "../model";
import { nameOf } from "../said";
import { openId } from "../shown";
import { project } from "../state";
import { Shot } from "./picture";

const HEIGHT = 20; // of the strip, px
const MOST_NAMED = 20; // films that the strip names to those who cannot see it

const loadOf = (data: Record<string | symbol, unknown>): { id?: string } => data;

const Strip = ({ who, films, longest_s }: Pick<TileProps, "who" | "films" | "longest_s">) => {
  const times = timesOf(who);
  const seen = films.filter(({ id }) => times.has(id));
  const said = seen
    .slice(0, MOST_NAMED)
    .map(({ id, name }) => `${name}: ${spoken(times.get(id)!)}`);
  if (seen.length > said.length) said.push("…");
  const path = strip(
    films.map(({ id }) => id),
    times,
    longest_s,
    HEIGHT,
  );
  const point = (event: PointerEvent & { currentTarget: Element }) => {
    const box = event.currentTarget.getBoundingClientRect();
    const at = Math.floor(((event.clientX - box.left) / box.width) * films.length);
    const film = films[Math.min(films.length - 1, Math.max(0, at))]!;
    const time_s = times.get(film.id);
    const hint = time_s === undefined ? words().projectNotSeen : spoken(time_s);
    event.currentTarget.querySelector("title")!.textContent = `${film.name}: ${hint}`;
  };
  return (
    <svg
      class="project-strip"
      viewBox={`0 0 100 ${HEIGHT}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={said.join(", ")}
      onPointerMove={point}
    >
      <title>{said.join("\n")}</title>
      <path d={path} />
    </svg>
  );
};

interface TileProps {
  who: Person;
  films: readonly Film[];
  longest_s: number;
  px: number;
  isOpen: boolean;
  /** Whether the Tab key reaches it. */
  isStop: boolean;
}
export const Tile = ({ who, films, longest_s, px, isOpen, isStop }: TileProps) => {
  const root = useRef<HTMLLIElement>(null);
  const [isOver, setOver] = useState(false);
  const { id } = who;
  useEffect(() => {
    const element = root.current!;
    const stops = [
      draggable({ element, getInitialData: () => ({ id }) }),
      dropTargetForElements({
        element,
        canDrop: ({ source }) => loadOf(source.data).id !== id,
        onDragEnter: () => setOver(true),
        onDragLeave: () => setOver(false),
        onDrop: ({ source }) => {
          setOver(false);
          const byId = project.value?.byId;
          const [here, there] = [byId?.get(id), byId?.get(loadOf(source.data).id ?? "")];
          if (here && there) join(here, there);
        },
      }),
    ];
    return () => stops.forEach((stop) => stop());
  }, [id]);
  const name = nameOf(who);
  const state = [isOpen && "open", isOver && "over", who.hidden && "hid"].filter(Boolean);
  return (
    <li
      ref={root}
      id={id}
      data-id={id}
      class={["cast-tile project-tile", `c${who.colour}`, ...state].join(" ")}
    >
      <button
        type="button"
        class="cast-open"
        tabIndex={isStop ? 0 : -1}
        aria-expanded={isOpen}
        title={name}
        onClick={() => (openId.value = isOpen ? "" : id)}
      >
        <Shot film={who.best.film} row={who.best.cover} px={px} />
        <span class="cast-name">{name}</span>{" "}
        <span class="cast-facts">
          {spoken(who.time_s)} · {words().projectFilms(who.films.length)}
        </span>
      </button>
      <Strip who={who} films={films} longest_s={longest_s} />
    </li>
  );
};
