// A person, wherever they are shown, takes the faces and people that are dropped on them.
import { dropTargetForElements } from "@atlaskit/pragmatic-drag-and-drop/element/adapter";
import { useSignal, type Signal } from "@preact/signals";
import type { RefObject } from "preact";
import { useEffect } from "preact/hooks";
import { people } from "../state/store";
import { merge, moveTo, notThisPerson } from "./actions";
import { loadOf, type Load } from "./load";

const drop = (load: Load, label: number | null): void => {
  const { byLabel, state } = people.value;
  if (label === null) {
    const known = (load.tracks ?? []).filter((track) => state.labels[track]! >= 0);
    if (known.length) notThisPerson(known);
    return;
  }
  const [here, there] = [byLabel.get(label), byLabel.get(load.label ?? -1)];
  if (here && load.tracks) moveTo(load.tracks, here);
  else if (here && there) merge(there.named && !here.named ? [there, here] : [here, there]);
};

/** Whether something is dragged over an element, which stands for a person; null = nobody known. */
export const useDropOn = (
  root: RefObject<HTMLElement | null>,
  label: number | null,
): Signal<boolean> => {
  const isOver = useSignal(false);
  useEffect(
    () =>
      dropTargetForElements({
        element: root.current!,
        canDrop: ({ source }) => {
          const load = loadOf(source.data);
          return label === null ? load.tracks !== undefined : load.label !== label;
        },
        onDragEnter: () => (isOver.value = true),
        onDragLeave: () => (isOver.value = false),
        onDrop: ({ source }) => {
          isOver.value = false;
          drop(loadOf(source.data), label);
        },
      }),
    [label],
  );
  return isOver;
};
