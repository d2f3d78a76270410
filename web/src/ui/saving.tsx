// Whether the corrections are saved, in words; on a page from disk, the file to download.
import { effect } from "@preact/signals";
import { downloaded, fileOfEdits, isLive, problem, saving, unsent } from "../state/store";
import { say } from "../state/toast";
import { words } from "../words";
import { Button } from "./kit";
import { save } from "./save";

/** Pictures that were asked for while the server was away are asked for again. */
let wasAway = false;
effect(() => {
  const isAway = saving.value === "away";
  if (wasAway && !isAway && saving.value !== "stopped")
    for (const picture of document.querySelectorAll<HTMLImageElement>("img[src]"))
      if (picture.complete && !picture.naturalWidth) picture.setAttribute("src", picture.src);
  wasAway = isAway;
});

const problemInWords = (): string => {
  const w = words();
  switch (problem.value?.kind) {
    case "elsewhere":
      return w.changedElsewhere;
    case "moved":
      return w.reviewMoved(unsent.value);
    case "refused":
      return w.notSaved(problem.value.said);
    case "tables":
      return w.tablesNotWritten(problem.value.said);
    default:
      return "";
  }
};
const inWords = (): string => {
  const w = words();
  switch (saving.value) {
    case "saved":
      return problemInWords() || w.saved;
    case "unsaved":
      return w.unsaved(unsent.value);
    case "sending":
      return w.sending;
    case "tables":
      return w.updatingTables;
    case "away":
      return w.serverAway(unsent.value);
    case "regrouping":
      return w.regrouping;
    case "stopped":
      return problemInWords();
  }
};

export const Saving = () => (
  <>
    <span
      id="status"
      class={`shell-status ${saving.value === "stopped" || saving.value === "away" ? "is-bad" : "soft"}`}
      role="status"
    >
      {inWords()}
    </span>
    {!isLive && (
      <Button
        kind="lead"
        disabled={!unsent.value}
        onClick={() => {
          save("edits.json", new Blob([fileOfEdits()], { type: "application/json" }));
          downloaded();
          say(words().downloadHow);
        }}
      >
        {words().downloadEdits}
      </Button>
    )}
  </>
);
