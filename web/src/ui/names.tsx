// Typing a name beside what it names, with the names known already as suggestions.
import { fits, newNames, tidy } from "../model/likeness";
import type { Person } from "../model/people";
import { data, people } from "../state/store";
import { words } from "../words";
import { Combobox } from "./combobox";

const MOST = 8; // suggestions at once

/** Names of this and of other films that fit, the likeliest for this person first. */
export const suggestions = (who: Person, typed: string): string[] => {
  const own = people.value.people.flatMap((other) =>
    other.given !== null && other !== who ? [other.given] : [],
  );
  const fresh = newNames(people.value, data.names, data.candidates[who.label] ?? []);
  return [...new Set([...fresh, ...own.sort((a, b) => a.localeCompare(b))])]
    .filter((name) => fits(name, typed) && name !== typed)
    .slice(0, MOST);
};

export const NameBox = ({
  who,
  anchor,
  done,
}: {
  who: Person;
  anchor: Element;
  done: (name: string) => void;
}) => {
  const accept = (name: string) => {
    const kept = tidy(name);
    if (kept !== (who.given ?? "")) done(kept);
  };
  const label = words().actNameOfWhom(who.given ?? words().person(who.number));
  return (
    <Combobox<string>
      label={label}
      anchor={anchor}
      fieldLabel={label}
      placeholder={words().person(who.number)}
      listLabel={words().actNameSuggestions}
      value={who.given ?? ""}
      offers={(typed, isTyped) => suggestions(who, isTyped ? typed : "")}
      keyOf={(name) => name}
      row={(name) => <span class="choose-name">{name}</span>}
      onTake={accept}
      onText={accept}
    />
  );
};
