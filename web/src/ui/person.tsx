// A person, opened below their row of the cast: facts, actions, looks, table of appearances.
import { useSignal } from "@preact/signals";
import { useMemo } from "preact/hooks";
import type { Appearance, Person } from "../model/people";
import { data, film, people } from "../state/store";
import { goTo, openPerson, player } from "../state/view";
import { words } from "../words";
import { number, spoken } from "../words/format";
import {
  askName,
  hide,
  mergeWith,
  notAFace,
  rename,
  splitInTwo,
  toBackground,
  unhide,
} from "./actions";
import { nameOf } from "../words/person";
import { sureOfPerson } from "./cast_list";
import { evidenceOf } from "./face_dialog";
import { cellOf, Faces, type Cell } from "./faces";
import { Button, Face } from "./kit";
import "./person.css";
import { Sure } from "./tile";

const best = (chips: readonly number[]): number =>
  chips.reduce((a, b) => (a < 0 || data.chips.quality[b]! > data.chips.quality[a]! ? b : a), -1);

const badgeOf = (track: number): Pick<Cell, "badge" | "tip"> => {
  const tip = evidenceOf(track);
  if (people.value.state.byHand.has(track)) return { badge: "✎", tip };
  const note = data.clothing[track];
  return note ? { badge: note[1], tip } : tip ? { tip } : {};
};

/** One cell an appearance; the first of each shot names the shot. */
const short = (who: Person, name: string): Cell[] =>
  who.appearances.map((span, i) => {
    const kept = span.tracks
      .flatMap((track) => film.chipsOf[track]!)
      .filter((c) => film.isShown(c));
    const chip = best(kept);
    const isNew = span.shot !== who.appearances[i - 1]?.shot;
    return {
      ...cellOf(chip, span.tracks, name),
      ...badgeOf(span.tracks[0]!),
      ...(isNew ? { note: words().personShotN(span.shot + 1) } : {}),
      more: Math.max(0, kept.length - 1),
    };
  });

const long = (who: Person, name: string): Cell[] => {
  let shot = -1;
  return who.chips
    .filter((chip) => film.isShown(chip))
    .map((chip) => {
      const track = data.chips.track[chip]!;
      const isNew = data.tracks.shot[track] !== shot;
      shot = data.tracks.shot[track]!;
      return {
        ...cellOf(chip, [track], name),
        ...badgeOf(track),
        ...(isNew ? { note: words().personShotN(shot + 1) } : {}),
      };
    });
};

const Row = ({ span, i }: { span: Appearance; i: number }) => {
  const { start_tc, end_tc } = data.tracks;
  const note = span.tracks
    .filter((track) => !people.value.state.byHand.has(track))
    .map((track) => data.clothing[track])
    .find((one) => one !== undefined);
  return (
    <tr>
      <td>{number(i + 1)}</td>
      <td>
        <button type="button" class="face-tc" onClick={() => goTo(span.start)}>
          {start_tc[span.startTrack]}
        </button>
      </td>
      <td>{end_tc[span.endTrack]}</td>
      <td>{spoken((span.end - span.start) * film.tick_s)}</td>
      <td>{number(span.shot + 1)}</td>
      <td title={note?.[2]}>{note?.[1] ?? ""}</td>
    </tr>
  );
};

const Table = ({ who }: { who: Person }) => {
  const t = words();
  const isOpen = useSignal(false);
  const columns = [
    "#",
    t.personColumnIn,
    t.personColumnOut,
    t.personColumnLength,
    t.personColumnShot,
    t.personColumnClothing,
  ];
  return (
    <details
      class="person-table"
      onToggle={(event) => {
        isOpen.value = event.currentTarget.open;
      }}
    >
      <summary>{t.personAppearancesTable}</summary>
      {isOpen.value && (
        <>
          <div class="person-rows" tabIndex={0} role="region" aria-label={t.personAppearancesTable}>
            <table>
              <thead>
                <tr>
                  {columns.map((name) => (
                    <th key={name} scope="col">
                      {name}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {who.appearances.map((span, i) => (
                  <Row key={span.startTrack} span={span} i={i} />
                ))}
              </tbody>
            </table>
          </div>
          <p class="soft">{t.personOutIsAfter}</p>
        </>
      )}
    </details>
  );
};

const Facts = ({ who }: { who: Person }) => {
  const t = words();
  const sure = sureOfPerson(who);
  return (
    <p class="person-facts">
      <b>{spoken(who.time_s)}</b>
      <span>{t.appearances(who.appearances.length)}</span>
      <span>{t.faces(who.faces)}</span>
      {sure && (
        <span>
          {t.personConfidence}: <Sure who={who} />
          {sure.reason && <span class="soft"> · {t.because(sure.reason)}</span>}
        </span>
      )}
    </p>
  );
};

/** Names that a gallery suggests but did not give; a click takes one. */
const Suggested = ({ who }: { who: Person }) => {
  const names = who.named ? [] : (data.candidates[who.label] ?? []);
  if (!names.length) return null;
  return (
    <p class="person-facts">
      <span class="soft">{words().personSuggested}:</span>
      {names.map(([name]) => (
        <Button key={name} onClick={() => rename(who, name)}>
          {name}
        </Button>
      ))}
    </p>
  );
};

export const OpenPerson = ({ who }: { who: Person }) => {
  const t = words();
  const name = nameOf(who);
  const isWhole = useSignal(false);
  const kept = useMemo(() => who.chips.filter((chip) => film.isShown(chip)).length, [who]);
  const { state } = people.value;
  const cells = useMemo(
    () => (isWhole.value ? long(who, name) : short(who, name)),
    [who, name, isWhole.value, t, state],
  );
  const missing = who.chips.length - kept;
  const playFirst = () => {
    goTo(who.appearances[0]!.start);
    player.current?.play();
  };
  return (
    <article class={`person c${who.colour}`} data-label={who.label} aria-label={name}>
      <header class="person-head">
        <Face chip={who.cover} alt="" px={96} />
        <div>
          <h2>
            <button
              type="button"
              class="person-name"
              title={`${t.personRename} (e)`}
              onClick={(event) => askName(who, event.currentTarget)}
            >
              {name}
            </button>
          </h2>
          <Facts who={who} />
          <Suggested who={who} />
          <p class="person-acts">
            <Button hint="e" onClick={(event) => askName(who, event.currentTarget)}>
              {t.personRename}
            </Button>
            <Button hint="m" onClick={(event) => mergeWith(who, event.currentTarget)}>
              {t.personMergeInto}
            </Button>
            <Button hint="s" disabled={who.tracks.length < 2} onClick={() => splitInTwo(who)}>
              {t.personSplit}
            </Button>
            {who.hidden ? (
              <Button hint="h" onClick={() => unhide(who)}>
                {t.castShowAgain}
              </Button>
            ) : (
              <Button hint="h" onClick={() => hide([who])}>
                {t.personHide}
              </Button>
            )}
            <Button hint="b" onClick={() => toBackground([who], !who.background)}>
              {who.background ? t.personMain : t.personBackground}
            </Button>
            <Button hint="f" onClick={() => notAFace(who.tracks)}>
              {t.personNotAFace}
            </Button>
            <Button onClick={playFirst}>{t.personPlayFirst}</Button>
          </p>
        </div>
        <Button
          kind="plain"
          class="person-close"
          aria-label={t.close}
          hint="Esc"
          onClick={() => {
            openPerson.value = null;
          }}
        >
          ✕
        </Button>
      </header>
      <Faces cells={cells} label={t.personFacesOf(name)} />
      <p class="person-under">
        {kept > who.appearances.length && (
          <Button
            kind="plain"
            aria-expanded={isWhole.value}
            onClick={() => {
              isWhole.value = !isWhole.value;
            }}
          >
            {isWhole.value ? t.personOneFace : t.personAllFaces(kept)}
          </Button>
        )}
        {missing > 0 && <span class="soft">{t.personNotShown(missing)}</span>}
      </p>
      <Table who={who} />
    </article>
  );
};
