// Adding a face that was missed: draw a box on the frame, then say who it is.
import { signal } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import type { Box } from "../model/data";
import { boxBetween, byArrow, isLargeEnough, middleBox } from "../model/drawn";
import { styleOf } from "../state/boxes";
import { onKeys } from "../state/keys";
import { ServerError } from "../state/server";
import { added, addFace, data, isIdle } from "../state/store";
import { now_pts, player } from "../state/view";
import { words } from "../words";
import { chooseMove } from "./actions";
import "./draw.css";
import { Button } from "./kit";

interface Drawing {
  box: Box;
  isBusy: boolean;
  /** Why the server found none, in its words. */
  error: string;
}
const drawing = signal<Drawing | null>(null);
const change = (part: Partial<Drawing>) => {
  if (drawing.value) drawing.value = { ...drawing.value, ...part };
};
const button = () => document.querySelector<HTMLElement>(".player-add");

const stopDrawing = (): void => {
  if (drawing.value?.isBusy) return; // the server adds the face all the same
  drawing.value = null;
  button()?.focus();
};
export const toggleDrawing = (): void => {
  if (drawing.value) return stopDrawing();
  player.current?.pause(); // the frame stays
  drawing.value = { box: middleBox(data), isBusy: false, error: "" };
};

const find = async (): Promise<void> => {
  const now = drawing.value;
  if (!now || now.isBusy || !isLargeEnough(now.box)) return;
  if (!isIdle()) return change({ error: words().addFaceWait });
  change({ isBusy: true, error: "" });
  try {
    await addFace(now_pts.value, now.box.map(Math.round), words().actToAdded);
  } catch (error) {
    const why = error instanceof ServerError ? error.message : String(error);
    change({ isBusy: false, error: why });
  }
};

/** The box over the picture. */
export const DrawnBox = () => {
  const root = useRef<HTMLDivElement>(null);
  /** Where the pointer went down, and the box before. */
  const from = useRef<{ point: [number, number]; box: Box } | null>(null);
  const isOpen = drawing.value !== null;
  useLayoutEffect(() => {
    if (!isOpen) return;
    root.current?.querySelector<HTMLElement>(".draw-box")?.focus();
    return onKeys({ Escape: stopDrawing });
  }, [isOpen]);
  const now = drawing.value;
  if (!now) return null;
  const place = (event: PointerEvent): [number, number] => {
    const { left, top, width, height } = root.current!.getBoundingClientRect();
    return [
      ((event.clientX - left) / width) * data.width,
      ((event.clientY - top) / height) * data.height,
    ];
  };
  return (
    <div
      ref={root}
      class="draw"
      onPointerDown={(event) => {
        if (now.isBusy || event.button !== 0) return;
        event.preventDefault();
        event.currentTarget.setPointerCapture(event.pointerId);
        from.current = { point: place(event), box: now.box };
      }}
      onPointerMove={(event) => {
        if (from.current) change({ box: boxBetween(from.current.point, place(event), data) });
      }}
      onPointerUp={() => {
        if (from.current && !isLargeEnough(drawing.value!.box)) change({ box: from.current.box });
        from.current = null;
        root.current?.querySelector<HTMLElement>(".draw-box")?.focus();
      }}
      onPointerCancel={() => (from.current = null)}
    >
      <div
        class="draw-box"
        role="application"
        tabIndex={0}
        aria-label={words().addFaceBox}
        aria-describedby="draw-how"
        style={styleOf(now.box)}
        onKeyDown={(event) => {
          if (event.key.startsWith("Arrow"))
            change({ box: byArrow(now.box, event.key, event.shiftKey, data) });
          else if (event.key === "Enter") void find();
          else return;
          event.preventDefault();
          event.stopPropagation();
        }}
      />
    </div>
  );
};

/** What to do, below the picture. */
export const DrawTools = () => {
  const now = drawing.value;
  if (!now) return null;
  const w = words();
  return (
    <div class="draw-tools" role="group" aria-label={w.addFaceTitle}>
      <p id="draw-how">{w.addFaceHow}</p>
      <p role="status">{now.isBusy && w.addFaceBusy}</p>
      {now.error && <p role="alert">{now.error}</p>}
      <Button
        kind="lead"
        hint="Enter"
        disabled={now.isBusy || !isLargeEnough(now.box)}
        onClick={() => void find()}
      >
        {w.addFaceFind}
      </Button>
      <Button hint="Esc" disabled={now.isBusy} onClick={stopDrawing}>
        {w.cancel}
      </Button>
    </div>
  );
};

export const AddButton = () => (
  <Button class="player-add" aria-pressed={drawing.value !== null} hint="d" onClick={toggleDrawing}>
    {words().addFace}
  </Button>
);

/** After a face was added: who is it? */
export const askWho = (): void => {
  const track = added();
  const anchor = document.querySelector(".player");
  if (track >= 0 && anchor) setTimeout(() => chooseMove([track], button() ?? anchor));
};
