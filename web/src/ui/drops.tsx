// While a face or a person is dragged: where else they can be dropped than on a person.
import {
  dropTargetForElements,
  monitorForElements,
} from "@atlaskit/pragmatic-drag-and-drop/element/adapter";
import { signal } from "@preact/signals";
import { useEffect, useRef, useState } from "preact/hooks";
import { people } from "../state/store";
import { words } from "../words";
import { hide, newPerson, notAFace, notThisPerson } from "./actions";
import "./drops.css";
import { loadOf, type Load } from "./load";

const dragged = signal<Load | null>(null);

const Place = ({ text, onDrop }: { text: string; onDrop: () => void }) => {
  const root = useRef<HTMLLIElement>(null);
  const run = useRef(onDrop);
  run.current = onDrop;
  const [isOver, setOver] = useState(false);
  useEffect(
    () =>
      dropTargetForElements({
        element: root.current!,
        onDragEnter: () => setOver(true),
        onDragLeave: () => setOver(false),
        onDrop: () => run.current(),
      }),
    [],
  );
  return (
    <li ref={root} class={isOver ? "over" : ""}>
      {text}
    </li>
  );
};

/** For the mouse alone: the keyboard has a key for each, listed with what is selected. */
export const Drops = () => {
  useEffect(
    () =>
      monitorForElements({
        onDragStart: ({ source }) => (dragged.value = loadOf(source.data)),
        onDrop: () => (dragged.value = null),
      }),
    [],
  );
  const load = dragged.value;
  const who = people.value.byLabel.get(load?.label ?? -1);
  const tracks = load?.tracks ?? who?.tracks;
  if (!tracks) return null;
  const t = words();
  const isKnown = tracks.some((track) => people.value.state.labels[track]! >= 0);
  return (
    <ul class="drops" aria-hidden="true">
      {!who && <Place text={t.personNewPerson} onDrop={() => newPerson(tracks)} />}
      {!who && isKnown && (
        <Place text={t.personNotThisPerson} onDrop={() => notThisPerson(tracks)} />
      )}
      <Place text={t.personNotAFace} onDrop={() => notAFace(tracks)} />
      {who && <Place text={t.personHide} onDrop={() => hide([who])} />}
    </ul>
  );
};
