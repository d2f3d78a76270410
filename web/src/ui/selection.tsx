// What is selected and what can be done with it, at the foot of the page.
import { useLayoutEffect, useRef } from "preact/hooks";
import { owners as ownersOf } from "../model/corrections";
import type { Person } from "../model/people";
import { onKeys } from "../state/keys";
import { data, film, people, whoOf } from "../state/store";
import { clearPicks, isPicking, pickedNow } from "../state/view";
import { words } from "../words";
import {
  chooseMove,
  hide,
  join,
  newPerson,
  notAFace,
  notThisPerson,
  toBackground,
} from "./actions";
import { nameOf } from "../words/person";
import { Button } from "./kit";
import "./selection.css";

const pickedPersons = (): Person[] =>
  pickedNow.value.people.map((label) => people.value.byLabel.get(label)!);

const TracksPicked = ({ tracks }: { tracks: number[] }) => {
  const t = words();
  const owners = ownersOf({ film, people: people.value }, tracks);
  const picked = new Set(tracks);
  // All of one person would only become that person again.
  const isWhole =
    owners.length === 1 &&
    tracks.every(whoOf) &&
    owners[0]!.tracks.every((track) => picked.has(track));
  return (
    <>
      <span class="selection-words" role="status">
        {owners.length
          ? t.castPickedTracks(tracks.length, owners.map(nameOf).join(", "))
          : t.castPickedUnknown(tracks.length)}
      </span>
      <Button kind="lead" hint="m" onClick={(event) => chooseMove(tracks, event.currentTarget)}>
        {t.personMoveTo}
      </Button>
      {!isWhole && (
        <Button hint="n" onClick={() => newPerson(tracks)}>
          {t.personNewPerson}
        </Button>
      )}
      {owners.length > 0 && (
        <Button hint="r" onClick={() => notThisPerson(tracks)}>
          {t.personNotThisPerson}
        </Button>
      )}
      <Button hint="f" onClick={() => notAFace(tracks)}>
        {t.personNotAFace}
      </Button>
    </>
  );
};

const areBehind = (picked: readonly Person[]) => picked.every((who) => who.background);
const swapBackground = (picked: readonly Person[]) => toBackground(picked, !areBehind(picked));

const PeoplePicked = ({ picked }: { picked: Person[] }) => {
  const t = words();
  return (
    <>
      <span class="selection-words" role="status">
        {picked.map(nameOf).join(", ")}
      </span>
      {picked.length > 1 && (
        <Button kind="lead" hint="m" onClick={() => join(picked)}>
          {t.castMerge}
        </Button>
      )}
      <Button
        hint="h"
        onClick={() => {
          hide(picked);
          clearPicks();
        }}
      >
        {t.personHide}
      </Button>
      <Button hint="b" onClick={() => swapBackground(picked)}>
        {areBehind(picked) ? t.personMain : t.personBackground}
      </Button>
      <Button hint="f" onClick={() => notAFace(picked.flatMap((who) => who.tracks))}>
        {t.personNotAFace}
      </Button>
    </>
  );
};

export const Selection = () => {
  const root = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const tracks = () => pickedNow.value.tracks;
    const anchor = () =>
      document.activeElement?.closest(".face-cell") ?? root.current?.querySelector("button");
    const stops = [
      onKeys({ Escape: clearPicks }, undefined, () => isPicking.value),
      onKeys(
        {
          m: () => {
            const place = anchor();
            if (place) chooseMove(tracks(), place);
          },
          n: () => newPerson(tracks()),
          r: () => notThisPerson(tracks()),
          f: () => notAFace(tracks()),
        },
        undefined,
        () => tracks().length > 0,
      ),
      onKeys({ m: () => join(pickedPersons()) }, undefined, () => pickedPersons().length > 1),
      onKeys(
        {
          h: () => {
            hide(pickedPersons());
            clearPicks();
          },
          b: () => swapBackground(pickedPersons()),
          f: () => notAFace(pickedPersons().flatMap((who) => who.tracks)),
        },
        undefined,
        () => pickedPersons().length > 0,
      ),
    ];
    return () => stops.forEach((stop) => stop());
  }, []);
  const { tracks } = pickedNow.value;
  const present = tracks.filter((track) => data.tracks.key[track] !== undefined);
  const persons = pickedPersons();
  const isShown = present.length + persons.length > 0;
  useLayoutEffect(() => {
    document.documentElement.style.setProperty(
      "--bar",
      isShown ? `${root.current?.offsetHeight ?? 0}px` : "0px",
    );
  });
  if (!isShown) return null;
  return (
    <div ref={root} class="selection" role="region" aria-label={words().castPickRegion}>
      {present.length ? <TracksPicked tracks={present} /> : <PeoplePicked picked={persons} />}
      <Button kind="plain" hint="Esc" onClick={clearPicks}>
        {words().castPickClear}
      </Button>
    </div>
  );
};
