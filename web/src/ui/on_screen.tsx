// Boxes with names over the picture, the list of who is on screen, and what can be done with a face.
import { computed } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import { NOT_A_FACE } from "../model/data";
import type { Person } from "../model/people";
import { hides, isPreviewed, style } from "../state/anonymise";
import { closeDialog, openDialog } from "../state/dialog";
import { boxes, styleOf } from "../state/boxes";
import { data, film, isLive, people, whoOf } from "../state/store";
import { now_pts, openPerson, player, tab } from "../state/view";
import { words } from "../words";
import { nameOf } from "../words/person";
import { askName, chooseMove, mergeWith, newPerson, notAFace, notThisPerson } from "./actions";
import { findFace } from "./find_film";
import { Button, Floating } from "./kit";
import { clock } from "./screen";
import { chooseJoin, cutTrack } from "./tracks";

const present = computed(() =>
  film
    .tracksAt(now_pts.value)
    .filter((track) => people.value.state.labels[track] !== NOT_A_FACE)
    .map((track) => ({
      track,
      who: whoOf(track),
    })),
);
const colourOf = (who: Person | null) => (who ? `c${who.colour}` : "none");

/** How a face is hidden in the preview of an anonymised film. */
const veil = (who: Person | null) =>
  tab.value === "export" && isPreviewed.value && hides(who?.label ?? null)
    ? `hidden-${style.value}`
    : "";

const Menu = ({ track, who, anchor }: { track: number; who: Person | null; anchor: Element }) => {
  const w = words();
  const cut = boxes.value?.cutAt(track, now_pts.value);
  const list = useRef<HTMLUListElement>(null);
  useLayoutEffect(() => list.current!.querySelector("button")!.focus({ preventScroll: true }), []);
  const item = (text: string, run: () => void) => (
    <li>
      <Button
        kind="plain"
        onClick={() => {
          closeDialog();
          if (anchor instanceof HTMLElement) anchor.focus();
          run();
        }}
      >
        {text}
      </Button>
    </li>
  );
  return (
    <Floating anchor={anchor} onClose={closeDialog} label={w.faceMenu(nameOf(who))}>
      <ul class="player-menu" ref={list}>
        {who && item(w.nameThem, () => askName(who, anchor))}
        {who && item(w.mergeThem, () => mergeWith(who, anchor))}
        {item(who ? w.moveFace : w.whoIsIt, () => chooseMove([track], anchor))}
        {!who && item(w.newPersonHere, () => newPerson([track]))}
        {who && item(w.notThem, () => notThisPerson([track]))}
        {item(w.noFace, () => notAFace([track]))}
        {isLive && item(w.findFace, () => findFace(track))}
        {cut && item(w.cutHere, () => cutTrack(cut.key, clock.timecode(cut.pts)))}
        {isLive && item(w.joinWith, () => chooseJoin(track))}
        {who &&
          item(w.openInCast, () => {
            openPerson.value = who.label;
            tab.value = "cast";
          })}
      </ul>
    </Floating>
  );
};
const open = (track: number, who: Person | null, anchor: Element) => {
  player.current?.pause(); // the face stays while one chooses
  openDialog(<Menu track={track} who={who} anchor={anchor} />);
};

export const FaceBoxes = () => {
  const found = boxes.value;
  if (!found) return null;
  return (
    <div class="player-boxes">
      {present.value.map(({ track, who }) => {
        const box = found.at(track, now_pts.value);
        if (!box) return null;
        const [, top] = box;
        return (
          <button
            key={track}
            type="button"
            class={`player-box ${colourOf(who)} ${veil(who)}`}
            data-track={track}
            aria-haspopup="true"
            aria-label={words().faceMenu(nameOf(who))}
            style={styleOf(box)}
            onClick={(event) => open(track, who, event.currentTarget)}
          >
            <span class={top < data.height / 12 ? "below" : ""}>{nameOf(who)}</span>
          </button>
        );
      })}
    </div>
  );
};

/** Who is on screen, also where there is no picture. */
export const OnScreen = () => (
  <div class="player-here" role="group" aria-label={words().onScreen}>
    <span class="soft">{words().onScreen}:</span>
    {present.value.length === 0 && <span class="soft">{words().nobodyHere}</span>}
    {present.value.map(({ track, who }) => (
      <Button
        key={track}
        class={`player-who ${colourOf(who)}`}
        aria-haspopup="true"
        onClick={(event) => open(track, who, event.currentTarget)}
      >
        {nameOf(who)}
      </Button>
    ))}
  </div>
);
