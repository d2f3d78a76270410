// Who is on screen when: a row per person under one ruler. Only rows in view are drawn.
import { computed, signal } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import { fit, marks, pan, percent, reveal, whole, zoom, type Range } from "../model/axis";
import { Group, type Person } from "../model/people";
import { onKeys } from "../state/keys";
import { data, film, people, visible } from "../state/store";
import { goTo, inPoint, isPlaying, now_pts, openPerson, outPoint, tab } from "../state/view";
import { words } from "../words";
import { spoken } from "../words/format";
import { nameOf } from "../words/person";
import { whenDrawn } from "./focus_on";
import { useDropOn } from "./drop_on";
import { Button, Face } from "./kit";
import { clock, end_pts } from "./screen";
import "./timeline.css";
import { hideTip, showTip, TimelineTip } from "./timeline_tip";

export const ROW_PX = 30; // as in timeline.css, these three
export const HEAD_PX = 26;
const NAMES_PX = 150;
const SPARE_ROWS = 4;
const MARK_PX = 110;
const DRAG_PX = 4;
const DENSE_PX = 5;
const length_s = data.length_s;

/** What is in view, seconds since the film's zero. */
export const range = signal<Range>(whole(length_s));
const width = signal(600);
const scroll = signal({ top: 0, height: 300 });
/** Row that the keyboard is on, and the edge of an appearance chosen there. */
const row = signal(0);
const cursor = signal<number | null>(null);

interface Line {
  key: string;
  who: Person | null;
  group: Group;
}
const unknownTracks = computed(() =>
  [...people.value.unknown]
    .filter(([reason]) => reason !== "not a face")
    .flatMap(([, tracks]) => tracks),
);
/** Those in the background come last, as in the cast. */
const rows = computed(() =>
  [...visible.value].sort((a, b) => Number(a.background) - Number(b.background)),
);
const lines = computed<Line[]>(() => [
  ...rows.value.map((who) => ({ key: who.id, who, group: who })),
  ...(unknownTracks.value.length
    ? [{ key: "unknown", who: null, group: new Group(film, unknownTracks.value) }]
    : []),
]);

/** Bars of a person, seconds; made once a person. */
const paths = new WeakMap<Group, string>();
const pathOf = (group: Group): string => {
  let path = paths.get(group);
  if (path === undefined) {
    path = group.appearances
      .map(
        ({ start, end }) =>
          `M${film.seconds(start)} 0H${film.seconds(end)}V1H${film.seconds(start)}z`,
      )
      .join("");
    paths.set(group, path);
  }
  return path;
};
const viewBox = ({ from, to }: Range) => `${from} 0 ${to - from} 1`;
const place = (pts: number) => `${percent(range.value, film.seconds(pts))}%`;
const isInView = (pts: number) => {
  const at = percent(range.value, film.seconds(pts));
  return at >= 0 && at <= 100;
};

const Shots = () => {
  const { from, to } = range.value;
  const first = film.shotAt(film.pts(from));
  const last = film.shotAt(film.pts(to));
  if ((last - first) * DENSE_PX > width.value) return null;
  return (
    <svg
      class="timeline-shots"
      viewBox={viewBox(range.value)}
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      <path
        d={data.shots
          .slice(Math.max(1, first), last + 1)
          .map((pts) => `M${film.seconds(pts)} 0V1`)
          .join("")}
      />
    </svg>
  );
};

const Ruler = () => {
  const start_s = film.seconds(data.start_pts);
  const { from, to } = range.value;
  const most = Math.max(2, Math.floor(width.value / MARK_PX));
  const found = marks(
    { from: from - start_s, to: to - start_s },
    data.rate,
    data.start_timecode,
    most,
  );
  return (
    <div class="timeline-ruler" aria-hidden="true">
      {found.map(({ at, label }) => (
        <span key={label} style={{ left: `${percent(range.value, at + start_s)}%` }}>
          {label}
        </span>
      ))}
    </div>
  );
};

const Span = () => {
  const [from, to] = [inPoint.value, outPoint.value];
  if (from === null && to === null) return null;
  const left = Math.max(0, percent(range.value, film.seconds(from ?? data.start_pts)));
  const right = Math.min(100, percent(range.value, film.seconds(to ?? end_pts)));
  if (right <= left) return null;
  return <div class="timeline-span" style={{ left: `${left}%`, width: `${right - left}%` }} />;
};
const Playhead = () =>
  isInView(now_pts.value) ? (
    <div class="timeline-now" style={{ left: place(now_pts.value) }} />
  ) : null;
const Cursor = () =>
  cursor.value !== null && isInView(cursor.value) ? (
    <div class="timeline-cursor" style={{ left: place(cursor.value) }} />
  ) : null;

/** By itself, so that moving the range draws nothing else anew. */
const Bars = ({ group }: { group: Group }) => (
  <svg
    class="timeline-bars"
    viewBox={viewBox(range.value)}
    preserveAspectRatio="none"
    aria-hidden="true"
  >
    <path d={pathOf(group)} />
  </svg>
);

const Row = ({ line, index }: { line: Line; index: number }) => {
  const { who, group } = line;
  const name = nameOf(who);
  const time = spoken(group.time_s);
  const root = useRef<HTMLDivElement>(null);
  const isOver = useDropOn(root, who?.label ?? null).value;
  return (
    <div
      ref={root}
      class={`timeline-row ${who ? `c${who.colour}` : "none"}${isOver ? " over" : ""}`}
      role="listitem"
      style={{ top: `${HEAD_PX + index * ROW_PX}px` }}
    >
      <button
        type="button"
        class="timeline-who"
        data-row={index}
        tabIndex={index === row.value ? 0 : -1}
        aria-label={`${name}, ${time}, ${words().appearances(group.appearances.length)}`}
        title={name}
        onFocus={() => (row.value = index)}
        onClick={() => {
          if (!who) {
            tab.value = "unknown";
            return;
          }
          openPerson.value = who.label;
          tab.value = "cast";
        }}
      >
        <Face chip={who ? who.cover : -1} alt="" px={24} />
        <b>{name}</b>
      </button>
      <Bars group={group} />
    </div>
  );
};

const Rows = () => {
  const all = lines.value;
  const { top, height } = scroll.value;
  const first = Math.max(0, Math.floor(top / ROW_PX) - SPARE_ROWS);
  const last = Math.min(all.length, Math.ceil((top + height) / ROW_PX) + SPARE_ROWS);
  const shown = all.slice(first, last).map((line, i) => ({ line, index: first + i }));
  const focused = all[Math.min(row.value, all.length - 1)];
  // The row with the focus stays, so that the focus is not lost on scrolling.
  if (focused && !shown.some(({ line }) => line === focused))
    shown.push({ line: focused, index: all.indexOf(focused) });
  return (
    <>
      {shown.map(({ line, index }) => (
        <Row key={line.key} line={line} index={index} />
      ))}
    </>
  );
};

// ---- moving
const zoomBy = (factor: number, at = film.seconds(now_pts.value)) => {
  const { from, to } = range.value;
  range.value = zoom(range.value, factor, at < from || at > to ? (from + to) / 2 : at, length_s);
};
const panBy = (part: number) => {
  const { from, to } = range.value;
  range.value = pan(range.value, part * (to - from), length_s);
};
const moveRow = (root: HTMLElement, to: number) => {
  const index = Math.min(lines.value.length - 1, Math.max(0, to));
  row.value = index;
  cursor.value = null;
  const top = index * ROW_PX;
  const least = top + ROW_PX + HEAD_PX - root.clientHeight;
  if (root.scrollTop > top) root.scrollTop = top;
  else if (root.scrollTop < least) root.scrollTop = least;
  scroll.value = { top: root.scrollTop, height: root.clientHeight };
  whenDrawn(() => root.querySelector<HTMLElement>(`[data-row="${index}"]`)?.focus());
};
const moveEdge = (direction: 1 | -1) => {
  const spans = lines.value[row.value]?.group.appearances ?? [];
  const from = cursor.value ?? now_pts.value;
  const edges = spans
    .flatMap(({ start, end }) => [start, clock.step(end, -1)])
    .sort((a, b) => a - b);
  const next =
    direction > 0 ? edges.find((edge) => edge > from) : edges.findLast((edge) => edge < from);
  if (next === undefined) return;
  cursor.value = next;
  range.value = reveal(range.value, film.seconds(next), false, length_s);
};

const point = (event: PointerEvent | WheelEvent, root: HTMLElement) => {
  const box = root.getBoundingClientRect();
  const x = event.clientX - box.left - NAMES_PX;
  const { from, to } = range.value;
  const seconds = from + (x / width.value) * (to - from);
  const y = event.clientY - box.top;
  const index = Math.floor((y - HEAD_PX + root.scrollTop) / ROW_PX);
  return {
    isPlot: x >= 0 && x <= width.value,
    isRuler: y < HEAD_PX,
    pts: Math.min(end_pts, Math.max(data.start_pts, Math.round(film.pts(seconds)))),
    seconds,
    line: y < HEAD_PX ? undefined : lines.value[index],
  };
};

/** Keys of the timeline; the answer takes them back. */
const listenToKeys = (root: HTMLElement): (() => void) => {
  const stops = [
    onKeys(
      {
        ArrowUp: () => moveRow(root, row.value - 1),
        ArrowDown: () => moveRow(root, row.value + 1),
        ArrowLeft: () => moveEdge(-1),
        ArrowRight: () => moveEdge(1),
        "Shift+ArrowLeft": () => panBy(-0.25),
        "Shift+ArrowRight": () => panBy(0.25),
        Home: () => moveRow(root, 0),
        End: () => moveRow(root, lines.value.length - 1),
        Enter: () => {
          const to = cursor.value ?? lines.value[row.value]?.group.appearances[0]?.start;
          if (to !== undefined) goTo(to);
        },
      },
      () => root,
    ),
    onKeys({
      "+": () => zoomBy(0.5),
      "=": () => zoomBy(0.5),
      "-": () => zoomBy(2),
      "0": () => (range.value = whole(length_s)),
    }),
  ];
  return () => stops.forEach((stop) => stop());
};

/** Pointer and wheel of the timeline; the answer takes them back. */
const listen = (root: HTMLElement): (() => void) => {
  let press: { x: number; isRuler: boolean; pts: number; range: Range; isDrag: boolean } | null =
    null;
  const down = (event: PointerEvent) => {
    const at = point(event, root);
    if (event.button !== 0 || !at.isPlot) return;
    press = {
      x: event.clientX,
      isRuler: at.isRuler,
      pts: at.pts,
      range: range.value,
      isDrag: false,
    };
  };
  const move = (event: PointerEvent) => {
    const at = point(event, root);
    if (!press) {
      if (event.pointerType !== "touch" && at.isPlot)
        showTip(event, at.pts, at.line?.group ?? null);
      else hideTip();
      return;
    }
    if (!press.isDrag && Math.abs(event.clientX - press.x) < DRAG_PX) return;
    if (!press.isDrag) root.setPointerCapture(event.pointerId);
    press.isDrag = true;
    hideTip();
    if (press.isRuler) {
      const [from, to] = [Math.min(press.pts, at.pts), Math.max(press.pts, at.pts)];
      inPoint.value = clock.pts(clock.frame(from));
      outPoint.value = clock.step(to, 1);
    } else {
      const span = press.range.to - press.range.from;
      range.value = pan(press.range, ((press.x - event.clientX) / width.value) * span, length_s);
    }
  };
  const up = () => {
    if (press && !press.isDrag) goTo(press.pts);
    press = null;
  };
  const cancel = () => (press = null);
  const wheel = (event: WheelEvent) => {
    if (event.ctrlKey || event.metaKey) {
      event.preventDefault();
      zoomBy(Math.exp(event.deltaY * 0.003), point(event, root).seconds);
    } else if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
      event.preventDefault();
      panBy((event.deltaX || event.deltaY) / width.value);
    }
    hideTip();
  };
  const scrolled = () => {
    scroll.value = { top: root.scrollTop, height: root.clientHeight };
    hideTip();
  };
  const measure = () => {
    width.value = Math.max(50, root.clientWidth - NAMES_PX);
    scroll.value = { top: root.scrollTop, height: root.clientHeight };
  };
  const observer = new ResizeObserver(measure);
  observer.observe(root);
  measure();
  const stop = new AbortController();
  const { signal } = stop;
  root.addEventListener("pointerdown", down, { signal });
  root.addEventListener("pointermove", move, { signal });
  root.addEventListener("pointerup", up, { signal });
  root.addEventListener("pointercancel", cancel, { signal });
  root.addEventListener("pointerleave", hideTip, { signal });
  root.addEventListener("wheel", wheel, { signal, passive: false });
  root.addEventListener("scroll", scrolled, { signal, passive: true });
  return () => {
    observer.disconnect();
    stop.abort();
  };
};

const Zoom = () => {
  const w = words();
  return (
    <div class="timeline-tools">
      <Button title={w.zoomOut} aria-label={w.zoomOut} hint="-" onClick={() => zoomBy(2)}>
        −
      </Button>
      <Button title={w.zoomIn} aria-label={w.zoomIn} hint="+" onClick={() => zoomBy(0.5)}>
        +
      </Button>
      <Button
        title={w.zoomAll}
        aria-label={w.zoomAll}
        hint="0"
        onClick={() => (range.value = whole(length_s))}
      >
        ↔
      </Button>
    </div>
  );
};

export const Timeline = () => {
  const root = useRef<HTMLDivElement>(null);
  const w = words();
  useLayoutEffect(() => listenToKeys(root.current!), []);
  useLayoutEffect(() => {
    const removers = [
      listen(root.current!),
      now_pts.subscribe((pts) => {
        range.value = reveal(
          fit(range.peek(), length_s),
          film.seconds(pts),
          isPlaying.peek(),
          length_s,
        );
      }),
    ];
    return () => removers.forEach((remove) => remove());
  }, []);
  const count = lines.value.length;
  return (
    <section class="timeline" aria-label={w.timeline}>
      <span class="away" aria-live="polite">
        {cursor.value === null ? "" : clock.timecode(cursor.value)}
      </span>
      <div class="timeline-view" ref={root} title="">
        <div class="timeline-all" style={{ height: `${HEAD_PX + count * ROW_PX}px` }}>
          <div class="timeline-head">
            <Zoom />
            <Ruler />
          </div>
          <div class="timeline-plot" aria-hidden="true">
            <Shots />
          </div>
          <div role="list" aria-label={`${w.timeline}: ${w.timelineHelp}`}>
            <Rows />
          </div>
          <div class="timeline-plot over" aria-hidden="true">
            <Span />
            <Cursor />
            <Playhead />
          </div>
        </div>
        {count === 0 && <p class="soft timeline-none">{w.nobodyYet}</p>}
      </div>
      <TimelineTip />
    </section>
  );
};
