// Corrections as a reviewer makes them, in words. Each is one step to undo.
import { Group, type Person } from "../model/people";
import * as make from "../model/corrections";
import { cut } from "../model/split";
import { openDialog } from "../state/dialog";
import { stayWith } from "../state/focus";
import { act, data, edits, film, people, undo, whoOf } from "../state/store";
import { say } from "../state/toast";
import { clearPicks, openPerson } from "../state/view";
import { words } from "../words";
import "./actions.css";
import { ask, nextKey, placeOf } from "./ask";
import { nameOf } from "../words/person";
import { Chooser } from "./chooser";
import { Face } from "./kit";
import { NameBox } from "./names";

const now = (): make.Now => ({ film, people: people.value });
const count = (list: readonly number[]) => words().tracks(list.length);

/** Make corrections as one step and say so; whether anything was done. */
export const perform = (made: make.Made, text: string): boolean => {
  const before = edits.value;
  act(made, text);
  const after = edits.value;
  if (after === before) return false;
  say(text, {
    name: words().actUndo,
    run: () => {
      if (edits.value === after) undo();
    },
  });
  return true;
};

// ---- people
export const rename = (who: Person, name: string): void => {
  const other = make.namesake(now(), who, name);
  const keep = () =>
    void perform(
      make.naming(who, name),
      name ? words().actToRenamed(nameOf(who), name) : words().actToUnnamed(nameOf(who)),
    );
  if (name === (who.given ?? "")) return;
  if (!other) return keep();
  ask(
    words().actNamesakeTitle(name),
    words().actNamesakeAsk,
    { text: words().actMerge, run: () => merge([other, who]) },
    { text: words().actKeepBoth, run: keep },
  );
};

/** Merge the others into the first; asks where they are on screen together. */
export const merge = (list: readonly Person[]): void => {
  const [first, ...others] = list;
  if (!first || !others.length) return;
  const clash = make.firstClash(now(), list);
  const run = () => {
    const names = others.map(nameOf).join(", ");
    if (!perform(make.merging(list), words().actToMerged(names, nameOf(first)))) return;
    clearPicks();
    stayWith(first.label);
    if (others.some((who) => who.label === openPerson.value)) openPerson.value = first.label;
  };
  if (clash === undefined) return run();
  ask(words().actTogetherTitle, words().actTogetherAsk(data.tracks.start_tc[clash]!), {
    text: words().actMergeAnyway,
    run,
  });
};

/** Merge some people; who has a name stays, then who is longest on screen. */
export const join = (list: readonly Person[]): void =>
  merge([...list].sort((a, b) => make.rank(b) - make.rank(a)));

/** Choose whom to merge with, by likeness, then by name. */
export const mergeWith = (who: Person, anchor: Element): void =>
  openDialog(
    <Chooser
      key={nextKey()}
      title={words().actMergeWithTitle(nameOf(who))}
      anchor={placeOf(anchor)}
      tracks={who.tracks}
      without={[who]}
      onPerson={(other) => join([who, other])}
    />,
  );

export const hide = (list: readonly Person[]): void => {
  if (perform(make.hiding(list), words().actToHidden(list.map(nameOf).join(", ")))) clearPicks();
};
export const unhide = (who: Person): void => {
  perform(make.showing(who), words().actToShown(nameOf(who)));
};
/** Put people in the background, or take them out of it. */
export const toBackground = (list: readonly Person[], background: boolean): void => {
  const names = list.map(nameOf).join(", ");
  const said = background ? words().actToBackground(names) : words().actToMain(names);
  if (perform(make.placing(list, background), said)) clearPicks();
};
export const setCover = (chip: number): void => {
  const who = whoOf(data.chips.track[chip]!);
  if (who) perform(make.covering(now(), chip), words().actToCover(nameOf(who)));
};

/** Type a name beside an element. */
export const askName = (who: Person, anchor: Element): void =>
  openDialog(
    <NameBox
      key={nextKey()}
      who={who}
      anchor={placeOf(anchor)}
      done={(name) => rename(who, name)}
    />,
  );

// ---- tracks
export const moveTo = (tracks: readonly number[], who: Person): void => {
  const made = make.moving(now(), tracks, who);
  if (!made.length || perform(made, words().actToMoved(count(tracks), nameOf(who)))) clearPicks();
};

export const newPerson = (tracks: readonly number[], name?: string): void => {
  if (!tracks.length) return;
  const text = name
    ? words().actToMoved(count(tracks), name)
    : words().actToNewPerson(count(tracks));
  if (perform(make.makingPerson(now(), tracks, name), text)) clearPicks();
};

/** Choose where to move: people by likeness, a new person, names known from elsewhere. */
export const chooseMove = (tracks: readonly number[], anchor: Element): void => {
  if (!tracks.length) return;
  const own = make.owners(now(), tracks);
  const isOfOne =
    own.length === 1 && tracks.every((track) => people.value.state.labels[track] === own[0]!.label);
  openDialog(
    <Chooser
      key={nextKey()}
      title={words().actMoveToTitle(count(tracks))}
      anchor={placeOf(anchor)}
      tracks={tracks}
      without={isOfOne ? own : []}
      onPerson={(who) => moveTo(tracks, who)}
      onNew={(name) => newPerson(tracks, name)}
    />,
  );
};

export const notThisPerson = (tracks: readonly number[]): void => {
  if (perform(make.removing(now(), tracks), words().actToRemoved(count(tracks)))) clearPicks();
};
export const notAFace = (tracks: readonly number[]): void => {
  if (perform(make.notFaces(now(), tracks), words().actToNotAFace(count(tracks)))) clearPicks();
};

// ---- splitting
const Half = ({ title, tracks }: { title: string; tracks: readonly number[] }) => (
  <section>
    <h3>
      {title} <span class="soft">{count(tracks)}</span>
    </h3>
    <div class="split-faces">
      {new Group(film, tracks).portraits(12).map((chip) => (
        <Face key={chip} chip={chip} alt={words().actFaceAt(title, data.chips.tc[chip]!)} px={72} />
      ))}
    </div>
  </section>
);

/** Show the proposed cut in two and ask. */
export const splitInTwo = (who: Person): void => {
  const out = cut(film, who);
  if (!out) return say(words().actSplitCannot(nameOf(who)));
  const leaving = new Set(out);
  ask(
    words().actSplitTitle(nameOf(who)),
    <div class="split-halves">
      <Half
        title={words().actSplitStays(nameOf(who))}
        tracks={who.tracks.filter((track) => !leaving.has(track))}
      />
      <Half title={words().actSplitLeaves} tracks={out} />
    </div>,
    {
      text: words().actSplit,
      run: () =>
        void perform(make.splitting(now(), who, out), words().actToSplit(count(out), nameOf(who))),
    },
  );
};
