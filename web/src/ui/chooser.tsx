// A list to choose somebody from: those who look most alike first; typing filters it.
import { useEffect, useState } from "preact/hooks";
import { byLikeness, fits, newNames, tidy, type Alike } from "../model/likeness";
import type { Person } from "../model/people";
import { get } from "../state/server";
import { data, isLive, people, visible } from "../state/store";
import { words } from "../words";
import { nameOf } from "../words/person";
import { spoken } from "../words/format";
import { Combobox } from "./combobox";
import { Face } from "./kit";

const MOST = 100; // people shown until something is typed
const MOST_TRACKS = 500; // in one question to the server

type Option = { kind: "person"; who: Person; together: boolean } | { kind: "new"; name: string };

interface ChooserProps {
  title: string;
  anchor: Element;
  /** Whom to compare with. */
  tracks: readonly number[];
  /** Who is not offered. */
  without: readonly Person[];
  onPerson: (who: Person) => void;
  /** Where a new person can be made. */
  onNew?: (name: string) => void;
}

/** What the server knows of likeness; null where it is not asked or does not answer. */
const useAlike = (tracks: readonly number[]): Alike | null => {
  const [alike, setAlike] = useState<Alike | null>(null);
  useEffect(() => {
    if (!isLive || !tracks.length) return;
    const stop = new AbortController();
    const asked = tracks.slice(0, MOST_TRACKS).join();
    get<{ people: Alike }>(`likeness?tracks=${asked}`, stop.signal)
      .then((answer) => setAlike(answer.people))
      .catch(() => undefined); // the list by name is good enough
    return () => stop.abort();
  }, []);
  return alike;
};

const optionsOf = (
  { tracks, without, onNew }: ChooserProps,
  alike: Alike | null,
  typed: string,
): Option[] => {
  const offered = visible.value.filter((who) => !without.includes(who));
  const ordered = byLikeness(people.value, offered, alike, nameOf).filter(({ who }) =>
    fits(nameOf(who), typed),
  );
  const found: Option[] = ordered
    .slice(0, MOST)
    .map(({ who, together }) => ({ kind: "person", who, together }));
  if (!onNew) return found;
  const isTaken = people.value.people.some((who) => who.given === typed);
  const labels = new Set(tracks.map((track) => data.tracks.label[track]!));
  const candidates = [...labels].flatMap((label) => data.candidates[label] ?? []);
  const names = newNames(people.value, data.names, candidates)
    .filter((name) => fits(name, typed) && name !== typed)
    .slice(0, typed ? 20 : 8);
  const fresh: Option[] = isTaken ? [] : [{ kind: "new", name: typed }];
  return [...found, ...fresh, ...names.map((name): Option => ({ kind: "new", name }))];
};

const Row = ({ option }: { option: Option }) =>
  option.kind === "new" ? (
    <b class="choose-name">
      {option.name ? words().actChooseNew(option.name) : words().actNewPerson}
    </b>
  ) : (
    <>
      <Face chip={option.who.cover} alt="" px={36} />
      <span class="choose-name">{nameOf(option.who)}</span>
      <span class="soft">
        {option.together ? words().actChooseTogether : spoken(option.who.time_s)}
      </span>
    </>
  );

const newKey = (name: string) => `new ${name}`;

export const Chooser = (props: ChooserProps) => {
  const { title, anchor, onPerson, onNew } = props;
  const alike = useAlike(props.tracks);
  return (
    <Combobox<Option>
      label={title}
      heading={title}
      anchor={anchor}
      fieldLabel={words().actChooseFilter}
      placeholder={words().actChooseFilter}
      listLabel={words().actChoosePeople}
      offers={(typed) => optionsOf(props, alike, tidy(typed))}
      keyOf={(option) => (option.kind === "person" ? option.who.label : newKey(option.name))}
      classOf={(option) => (option.kind === "person" ? `c${option.who.colour}` : "choose-new")}
      row={(option) => <Row option={option} />}
      onTake={(option) => {
        if (option.kind === "person") onPerson(option.who);
        else onNew?.(option.name);
      }}
      none={words().actChooseNobody}
    />
  );
};
