import type { Person } from "../model/people";
import { words } from "./index";

/** A person's name, or "Person 3"; null is somebody unknown. */
export const nameOf = (who: Person | null): string =>
  who ? (who.given ?? words().person(who.number)) : words().unknown;
