// Corrections of a project as a reviewer makes them, in words.
import { fits, tidy } from "../model/likeness";
import { openDialog } from "../state/dialog";
import { get } from "../state/server";
import { ask, nextKey, placeOf } from "../ui/ask";
import { Combobox } from "../ui/combobox";
import { words } from "../words";
import { spoken } from "../words/format";
import { keyOf, ranked, type Pair, type Person } from "./model";
import { nameOf } from "./said";
import { namesGiven, openId } from "./shown";
import { edit, project } from "./state";
import { Shot } from "./ui/picture";

const MOST = 100; // people offered at once
const MOST_NAMES = 8;
const pairsOf = (who: Person): Pair[] => who.members.map((one) => one.pair);
/** Somebody as they are now. */
const now = (who: Person) => project.value?.byId.get(who.id);

export const join = (one: Person, other: Person): void => {
  const [first, second] = ranked(one, other);
  const run = () => {
    if (openId.value === second.id) openId.value = first.id;
    const said = words().projectJoined(nameOf(second), nameOf(first));
    edit("same person", pairsOf(first), pairsOf(second), said);
  };
  if (!project.value?.areTogether(one, other)) return run();
  ask(words().actTogetherTitle, words().projectTogetherAsk, {
    text: words().projectJoinAnyway,
    run,
  });
};

export const rename = (who: Person, name: string): void => {
  if (name === (who.given ?? "")) return;
  const namesake = name && project.value?.people.find((one) => one !== who && one.given === name);
  const said = name ? words().actToRenamed(nameOf(who), name) : words().actToUnnamed(nameOf(who));
  if (!namesake) return edit("name", pairsOf(who), [], said, name);
  ask(words().actNamesakeTitle(name), words().actNamesakeAsk, {
    text: words().projectJoin,
    run: () => join(namesake, who),
  });
};

/** Type a name beside an element, with the names of the project as suggestions. */
export const askName = (who: Person, anchor: Element): void => {
  const label = words().actNameOfWhom(nameOf(who));
  const accept = (typed: string) => rename(now(who) ?? who, tidy(typed));
  const offered = (typed: string) =>
    namesGiven.value
      .filter((name) => name !== who.given && name !== typed && fits(name, typed))
      .sort((a, b) => a.localeCompare(b))
      .slice(0, MOST_NAMES);
  openDialog(
    <Combobox<string>
      key={nextKey()}
      label={label}
      anchor={placeOf(anchor)}
      fieldLabel={label}
      placeholder={words().person(who.number)}
      listLabel={words().actNameSuggestions}
      value={who.given ?? ""}
      offers={(typed, isTyped) => offered(isTyped ? typed : "")}
      keyOf={(name) => name}
      row={(name) => <span class="choose-name">{name}</span>}
      onTake={accept}
      onText={accept}
    />,
  );
};

const Offer = ({ who, isTogether }: { who: Person; isTogether: boolean }) => (
  <>
    <Shot film={who.best.film} row={who.best.cover} px={36} />
    <span class="choose-name">{nameOf(who)}</span>
    <span class="soft">{isTogether ? words().actChooseTogether : spoken(who.time_s)}</span>
  </>
);

/** Choose whom to join with: the most alike come first; typing filters by name. */
export const joinWith = async (who: Person, anchor: Element): Promise<void> => {
  const alike = await get<string[]>(`like/${who.id}`).catch((): string[] => []);
  const place = new Map(alike.map((id, i) => [id, i]));
  const placeIn = (one: Person) => place.get(one.id) ?? Infinity;
  const others = (project.value?.people ?? [])
    .filter((one) => one.id !== who.id && !one.hidden)
    .sort((a, b) => (placeIn(a) === placeIn(b) ? 0 : placeIn(a) - placeIn(b)));
  openDialog(
    <Combobox<Person>
      key={nextKey()}
      label={words().projectJoinTitle(nameOf(who))}
      heading={words().projectJoinTitle(nameOf(who))}
      anchor={placeOf(anchor)}
      fieldLabel={words().actChooseFilter}
      placeholder={words().actChooseFilter}
      listLabel={words().actChoosePeople}
      offers={(typed) => others.filter((one) => fits(nameOf(one), tidy(typed))).slice(0, MOST)}
      keyOf={(one) => one.id}
      classOf={(one) => `c${one.colour}`}
      row={(one) => <Offer who={one} isTogether={project.value?.areTogether(who, one) ?? false} />}
      onTake={(other) => join(now(who) ?? who, now(other) ?? other)}
      none={words().actChooseNobody}
    />,
  );
};

export const hideOrShow = (who: Person): void => {
  const said = who.hidden ? words().actToShown(nameOf(who)) : words().actToHidden(nameOf(who));
  edit(who.hidden ? "show" : "hide", pairsOf(who), [], said);
};

/** The person of a film is somebody else. */
export const takeOut = (who: Person, pair: Pair): void => {
  const rest = pairsOf(who).filter((other) => keyOf(other) !== keyOf(pair));
  const film = project.value?.films.get(pair[0])?.name ?? "";
  edit("different people", rest, [pair], words().projectTookOut(film, nameOf(who)));
};

export const confirm = (who: Person, a: Pair, b: Pair): void =>
  edit("same person", [a], [b], words().projectConfirmed(nameOf(who)));

export const differ = (one: Person, other: Person): void =>
  edit(
    "different people",
    pairsOf(one),
    pairsOf(other),
    words().projectDiffer(nameOf(one), nameOf(other)),
  );
