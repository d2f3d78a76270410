// Rows of faces, of which only those in view are drawn; to enlarge, select and drag.
import { draggable } from "@atlaskit/pragmatic-drag-and-drop/element/adapter";
import { useSignal } from "@preact/signals";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { step } from "../model/filter";
import { openDialog } from "../state/dialog";
import { onKeys } from "../state/keys";
import { data, isLive } from "../state/store";
import { goTo, pickedTracks, pickTracks } from "../state/view";
import { words } from "../words";
import { chooseMove, newPerson, notAFace, notThisPerson } from "./actions";
import { FaceDialog } from "./face_dialog";
import { findFace } from "./find_film";
import { whenDrawn } from "./focus_on";
import { Face } from "./kit";
import { hideLook, showLook } from "./whole";

/** Size of a cell with its gap, px; as in person.css. */
const [WIDTH, HEIGHT] = [84, 104];
const PX = 76;
/** Rows drawn beyond those in view, above and below. */
const AHEAD = 3;

export interface Cell {
  /** -1: there is no picture. */
  chip: number;
  tracks: number[];
  tc: string;
  pts: number;
  alt: string;
  /** Line below the picture, such as the shot. */
  note?: string;
  /** Other pictures of the same appearance. */
  more?: number;
  badge?: string;
  tip?: string;
}

const isPicked = (cell: Cell) => cell.tracks.every((track) => pickedTracks.value.has(track));
/** What an action on a cell means: all that is selected, if the cell is part of it. */
const chosen = (cell: Cell): number[] => (isPicked(cell) ? [...pickedTracks.value] : cell.tracks);

const scroller = (element: Element): Element | null => {
  for (let one = element.parentElement; one; one = one.parentElement)
    if (/auto|scroll/.test(getComputedStyle(one).overflowY)) return one;
  return document.scrollingElement;
};

const One = ({
  cell,
  at,
  isStop,
  onOpen,
  onToggle,
}: {
  cell: Cell;
  at: number;
  isStop: boolean;
  onOpen: (at: number) => void;
  onToggle: (at: number, isRange: boolean) => void;
}) => {
  const root = useRef<HTMLDivElement>(null);
  const { chip, tracks } = cell;
  useEffect(
    () =>
      draggable({
        element: root.current!,
        getInitialData: () => ({ tracks: chosen(cell) }),
      }),
    [cell],
  );
  const on = isPicked(cell);
  return (
    <div
      ref={root}
      role="listitem"
      class={on ? "face-cell picked" : "face-cell"}
      data-at={at}
      data-tracks={tracks.join(" ")}
    >
      <button
        type="button"
        class="face-open"
        tabIndex={isStop ? 0 : -1}
        aria-label={cell.alt}
        title={cell.tip}
        onPointerEnter={(event) =>
          event.pointerType === "mouse" && showLook(chip, event.currentTarget)
        }
        onPointerLeave={hideLook}
        onPointerDown={hideLook}
        onFocus={(event) =>
          event.currentTarget.matches(":focus-visible") && showLook(chip, event.currentTarget)
        }
        onBlur={hideLook}
        onKeyUp={(event) => event.key === " " && event.preventDefault()}
        onClick={(event) =>
          event.shiftKey || pickedTracks.value.size ? onToggle(at, event.shiftKey) : onOpen(at)
        }
      >
        <Face chip={chip} alt="" px={PX} />
        {cell.badge && <span class="face-badge">{cell.badge}</span>}
        {Boolean(cell.more) && (
          <span class="face-more" aria-hidden="true">
            +{cell.more}
          </span>
        )}
      </button>
      <input
        type="checkbox"
        class="face-pick"
        tabIndex={-1}
        aria-label={words().castSelect(cell.alt)}
        checked={on}
        onClick={(event) => {
          event.preventDefault();
          onToggle(at, event.shiftKey);
        }}
      />
      <button
        type="button"
        class="face-tc"
        tabIndex={-1}
        title={words().personPlayHere}
        onClick={() => goTo(cell.pts)}
      >
        {cell.tc}
      </button>
      {cell.note && <span class="face-note">{cell.note}</span>}
    </div>
  );
};

export const Faces = ({ cells, label }: { cells: Cell[]; label: string }) => {
  const root = useRef<HTMLDivElement>(null);
  const [columns, first, last, stop] = [useSignal(4), useSignal(0), useSignal(6), useSignal(0)];
  const now = useRef(cells);
  now.current = cells;
  const from = useRef<number | null>(null);
  /** See which rows are in view. */
  const measure = useRef(() => {});

  useLayoutEffect(() => {
    const box = root.current!;
    const view = scroller(box);
    const paper = matchMedia("print");
    const look = () => {
      if (paper.matches) {
        [first.value, last.value] = [0, Infinity];
        return;
      }
      const { top, width } = box.getBoundingClientRect();
      const frame = view?.getBoundingClientRect();
      const [above, below] =
        view && view !== document.scrollingElement && frame
          ? [frame.top, frame.bottom]
          : [0, innerHeight];
      columns.value = Math.max(1, Math.floor((width + 4) / WIDTH));
      first.value = Math.max(0, Math.floor((above - top) / HEIGHT) - AHEAD);
      last.value = Math.ceil((below - top) / HEIGHT) + AHEAD;
    };
    look();
    measure.current = look;
    const target = view && view !== document.scrollingElement ? view : document;
    target.addEventListener("scroll", look, { passive: true });
    paper.addEventListener("change", look);
    const watcher = new ResizeObserver(look);
    watcher.observe(box);
    if (view) watcher.observe(view);
    return () => {
      target.removeEventListener("scroll", look);
      paper.removeEventListener("change", look);
      watcher.disconnect();
    };
  }, []);

  const toggle = (at: number, isRange: boolean) => {
    const cell = now.current[at]!;
    if (isRange && from.current !== null) {
      const [a, b] = [from.current, at].sort((x, y) => x - y);
      pickTracks(
        now.current.slice(a, b! + 1).flatMap((one) => one.tracks),
        true,
      );
      return;
    }
    from.current = at;
    pickTracks(cell.tracks, !isPicked(cell));
  };
  const open = (at: number) => {
    const chips = now.current.map((cell) => cell.chip).filter((chip) => chip >= 0);
    const start = chips.indexOf(now.current[at]!.chip);
    if (start >= 0) openDialog(<FaceDialog chips={chips} start={start} />);
  };
  const focus = (at: number) => {
    stop.value = at;
    const box = root.current!;
    const row = Math.floor(at / columns.value);
    const view = scroller(box);
    const cell = () => box.querySelector<HTMLElement>(`[data-at="${at}"] .face-open`);
    if (!cell() && view) {
      const shift = box.getBoundingClientRect().top - view.getBoundingClientRect().top;
      view.scrollTop += shift + row * HEIGHT - view.clientHeight / 2;
      measure.current();
    }
    whenDrawn(() => cell()?.focus());
  };

  useLayoutEffect(() => {
    const at = () =>
      Number(document.activeElement?.closest<HTMLElement>("[data-at]")?.dataset["at"] ?? -1);
    const go = (event: KeyboardEvent) => {
      const here = at();
      const key = event.key;
      const to = step(key, here, now.current.length, columns.value);
      if (event.shiftKey) {
        from.current ??= here;
        const [a, b] = [from.current, to].sort((x, y) => x - y);
        pickTracks(
          now.current.slice(a, b! + 1).flatMap((one) => one.tracks),
          true,
        );
      }
      focus(to);
    };
    const pick = (event: KeyboardEvent) => toggle(at(), event.shiftKey);
    const on = (run: (tracks: number[], anchor: Element) => void) => () => {
      const cell = now.current[at()];
      if (cell) run(chosen(cell), document.activeElement!);
    };
    const arrows = ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End"];
    return onKeys(
      {
        ...Object.fromEntries(
          arrows.flatMap((key) => [key, `Shift+${key}`]).map((key) => [key, go]),
        ),
        " ": pick,
        x: pick,
        X: pick,
        m: on(chooseMove),
        n: on((tracks) => newPerson(tracks)),
        r: on(notThisPerson),
        f: on(notAFace),
        ...(isLive && {
          a: () => {
            const cell = now.current[at()];
            if (cell) findFace(cell.tracks[0]!, cell.chip);
          },
        }),
      },
      () => root.current,
    );
  }, []);

  const rows = Math.ceil(cells.length / columns.value);
  const top = Math.min(first.value, rows);
  const [begin, end] = [top * columns.value, Math.min(rows, last.value) * columns.value];
  const reached = Math.min(stop.value, cells.length - 1);
  return (
    <div
      ref={root}
      role="list"
      class="faces"
      aria-label={label}
      style={{ height: `${rows * HEIGHT}px`, paddingTop: `${top * HEIGHT}px` }}
      onFocusIn={(event) => {
        const cell = (event.target as Element).closest<HTMLElement>("[data-at]");
        if (cell) stop.value = Number(cell.dataset["at"]);
      }}
    >
      {cells.slice(begin, end).map((cell, i) => (
        <One
          key={`${cell.chip} ${cell.tracks[0]}`}
          cell={cell}
          at={begin + i}
          isStop={begin + i === reached}
          onOpen={open}
          onToggle={toggle}
        />
      ))}
    </div>
  );
};

/** A cell for a picture of a track. */
export const cellOf = (chip: number, tracks: number[], name: string): Cell => {
  const [track] = tracks;
  const tc = chip >= 0 ? data.chips.tc[chip]! : data.tracks.start_tc[track!]!;
  const pts = chip >= 0 ? data.chips.pts[chip]! : data.tracks.start_pts[track!]!;
  return { chip, tracks, tc, pts, alt: words().personFaceAt(name, tc) };
};
