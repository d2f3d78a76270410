// One person in the grid of the cast: picture, name, screen time; to open, select and drag.
import { draggable } from "@atlaskit/pragmatic-drag-and-drop/element/adapter";
import { useComputed } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { Person } from "../model/people";
import { openPerson, pickedPeople, pickedTracks, pickPerson } from "../state/view";
import { words } from "../words";
import { spoken } from "../words/format";
import { nameOf } from "../words/person";
import { shown, sureOfPerson } from "./cast_list";
import { useDropOn } from "./drop_on";
import { Face } from "./kit";

const LONG_PRESS_MS = 500;

/** Which tile was picked last without Shift: where a range begins. */
let from: number | null = null;
export const togglePerson = (label: number, isRange = false): void => {
  const list = shown.value.list.map((who) => who.label);
  const [a, b] = [list.indexOf(from ?? -1), list.indexOf(label)].sort((x, y) => x - y);
  if (isRange && a! >= 0) for (const one of list.slice(a, b! + 1)) pickPerson(one, true);
  else {
    pickPerson(label, !pickedPeople.value.has(label));
    from = label;
  }
};
export const toggleOpen = (label: number): void => {
  openPerson.value = openPerson.value === label ? null : label;
};

/** The word of confidence, with its reason on hover; nothing where the page has none. */
export const Sure = ({ who }: { who: Person }) => {
  const sure = sureOfPerson(who);
  if (!sure) return null;
  const t = words();
  const word = { certain: t.castCertain, likely: t.castLikely, doubtful: t.castDoubtfulWord };
  return (
    <span class={`cast-sure ${sure.level}`} title={t.because(sure.reason) || undefined}>
      {word[sure.level]}
    </span>
  );
};

/** A press that lasts, by touch; the click that ends it does nothing. */
const useLongPress = (run: () => void) => {
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const isDone = useRef(false);
  const isTouch = useRef(false);
  const stop = () => clearTimeout(timer.current);
  return {
    onPointerDown: (event: PointerEvent) => {
      isDone.current = false;
      isTouch.current = event.pointerType === "touch";
      if (event.pointerType !== "touch") return;
      timer.current = setTimeout(() => {
        isDone.current = true;
        run();
      }, LONG_PRESS_MS);
    },
    onPointerUp: stop,
    onPointerCancel: stop,
    onPointerLeave: stop,
    onContextMenu: (event: Event) => isDone.current && event.preventDefault(),
    isDone,
    isTouch,
  };
};

export const Tile = ({ who, px, isStop }: { who: Person; px: number; isStop: boolean }) => {
  const root = useRef<HTMLLIElement>(null);
  const { label } = who;
  const isOver = useDropOn(root, label);
  const { isDone, isTouch, ...press } = useLongPress(() => togglePerson(label));
  useEffect(
    () =>
      draggable({
        element: root.current!,
        canDrag: () => !isTouch.current,
        getInitialData: () => ({ label }),
      }),
    [label],
  );
  const t = words();
  const name = nameOf(who);
  // Of its own, so that a tile is drawn anew only where it changes.
  const isPicked = useComputed(() => pickedPeople.value.has(label)).value;
  const isOpen = useComputed(() => openPerson.value === label).value;
  const isBarred = useComputed(() => pickedTracks.value.size > 0).value;
  const click = (event: MouseEvent) => {
    if (isDone.current) return;
    if (event.shiftKey || event.ctrlKey || event.metaKey) togglePerson(label, event.shiftKey);
    else if (isTouch.current && pickedPeople.value.size) togglePerson(label);
    else toggleOpen(label);
  };
  const state = [
    isPicked && "picked",
    isOpen && "open",
    isOver.value && "over",
    who.hidden && "hid",
  ];
  return (
    <li
      ref={root}
      class={["cast-tile", `c${who.colour}`, ...state].filter(Boolean).join(" ")}
      data-label={label}
      id={who.id}
    >
      <button
        type="button"
        class="cast-open"
        tabIndex={isStop ? 0 : -1}
        aria-expanded={isOpen}
        title={name}
        onClick={click}
        onKeyUp={(event) => event.key === " " && event.preventDefault()}
        {...press}
      >
        <Face chip={who.cover} alt="" px={px} />
        <span class="cast-name">{name}</span> <span class="cast-facts">{spoken(who.time_s)}</span>{" "}
        <Sure who={who} />
      </button>
      <input
        type="checkbox"
        class="cast-pick"
        tabIndex={-1}
        aria-label={t.castSelect(name)}
        checked={isPicked}
        disabled={isBarred}
        onClick={(event) => {
          event.preventDefault();
          togglePerson(label, event.shiftKey);
        }}
      />
    </li>
  );
};
