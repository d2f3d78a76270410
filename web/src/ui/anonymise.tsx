// An anonymised film: whom to hide and how, a preview in the player, and what is to be checked.
import * as state from "../state/anonymise";
import { whom } from "../state/exporting";
import { film } from "../state/store";
import { goTo } from "../state/view";
import { words } from "../words";
import { spoken } from "../words/format";
import { Button } from "./kit";
import { MakingPart } from "./making";
import "./anonymise.css";

const Whose = () => {
  const w = words();
  if (!whom.value) return <p>{w.hideEverybody}</p>;
  return (
    <>
      {[false, true].map((isOthers) => (
        <label key={String(isOthers)}>
          <input
            type="radio"
            name="hidden"
            checked={state.isOthers.value === isOthers}
            onChange={() => (state.isOthers.value = isOthers)}
          />
          {isOthers ? w.hideOthers : w.hideThem}
        </label>
      ))}
    </>
  );
};

const Checks = ({ checks }: { checks: readonly state.Check[] }) => {
  const w = words();
  if (!checks.length) return null;
  return (
    <>
      <h3 id="hide-checks">{w.hideCheck}</h3>
      <ul class="hide-checks" aria-labelledby="hide-checks" tabIndex={0}>
        {checks.map((check, i) => (
          <li key={i}>
            <Button kind="plain" onClick={() => goTo(Math.round(film.pts(check.start_s)))}>
              {spoken(check.start_s)}
            </Button>{" "}
            {[check.person, w.hideWhy(check.why)].filter(Boolean).join(": ")}
          </li>
        ))}
      </ul>
    </>
  );
};

export const AnonymisePart = ({ isReady }: { isReady: boolean }) => {
  const w = words();
  const made = state.anonymised.job.value;
  return (
    <MakingPart
      of={state.anonymised}
      title={w.hideTitle}
      what={w.hideWhat}
      making={w.hideMaking}
      cancelled={w.hideCancelled}
      ready={({ frames }) => w.hideReady(frames)}
      download={() => w.hideDownload}
      acts={
        <Button
          disabled={!isReady || state.anonymised.isAsking.value}
          onClick={() => void state.begin()}
        >
          {w.hideMake}
        </Button>
      }
    >
      <Whose />
      <label>
        {w.hideStyle}
        <select
          value={state.style.value}
          onChange={(event) => (state.style.value = event.currentTarget.value as state.Style)}
        >
          {state.STYLES.map((style) => (
            <option key={style} value={style}>
              {w.hideStyles(style)}
            </option>
          ))}
        </select>
      </label>
      <label>
        <input
          type="checkbox"
          checked={state.isPreviewed.value}
          onChange={(event) => (state.isPreviewed.value = event.currentTarget.checked)}
        />
        {w.hidePreview}
      </label>
      {made?.state === "done" && <Checks checks={made.checks} />}
    </MakingPart>
  );
};
