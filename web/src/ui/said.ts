// After each change of the corrections, a short message with a way back.
import { effect, untracked } from "@preact/signals";
import { OF_TRACKS, type Edit } from "../model/data";
import { lastChange, regrouped, retracked, said, undo, type Change } from "../state/store";
import { say } from "../state/toast";
import { language, words } from "../words";

/** What a correction did: as it was said, or by its note, which is English, or in general. */
export const whatOf = (edit: Edit): string =>
  said.get(edit) ?? ((language.value === "en" && edit.note) || words().did(edit.action));

const tell = ({ kind }: Pick<Change, "kind">, what: string): void => {
  const w = words();
  if (kind === "done") say(what, { name: w.undo, run: undo });
  else say(`${kind === "undone" ? w.undoneWord : w.redoneWord}: ${what}`);
};

effect(() => {
  const change = lastChange.value;
  const first = change?.edits[0];
  if (!change || !first || OF_TRACKS.has(first.action)) return; // said once the page is loaded anew
  untracked(() => tell(change, whatOf(first)));
});

const tracks = retracked();
if (tracks) tell(tracks, tracks.text ?? whatOf(tracks.edit));
const change = regrouped();
if (change) say(words().regrouped({ ...change, fresh: change.new }));
