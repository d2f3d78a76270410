// People and corrections of a project in words.
import { words } from "../words";
import type { Change, Person, Project } from "./model";

/** A person's name, or "Person 3". */
export const nameOf = (who: Person): string => who.given ?? words().person(who.number);

/** What a correction does, by the names that people have now. */
export const inWords = ({ action, who, others, name }: Change, now: Project): string => {
  const t = words();
  const named = (ids: readonly string[]) =>
    ids
      .flatMap((id) => now.byId.get(id) ?? [])
      .map(nameOf)
      .join(", ") || t.projectSomebody;
  const [first, second] = [named(who), named(others)];
  switch (action) {
    case "name":
      return name ? t.projectIsNamed(first, name) : t.projectHasNoName(first);
    case "hide":
      return t.projectIsHidden(first);
    case "show":
      return t.projectIsShown(first);
    case "different people":
      return t.projectDiffer(first, second);
    case "same person":
      return first === second ? t.projectIsOne(first) : t.projectAreOne(first, second);
  }
};
