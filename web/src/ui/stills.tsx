// Stills: the best pictures of the chosen people, or a contact sheet of them.
import * as state from "../state/stills";
import { words } from "../words";
import { number } from "../words/format";
import { Button } from "./kit";
import { MakingPart, NumberField } from "./making";

export const StillsPart = ({ isReady }: { isReady: boolean }) => {
  const w = words();
  const isBad = state.bestCount.value === null;
  const { least, most } = state.BEST;
  const isOff = !isReady || state.stills.isAsking.value || isBad;
  return (
    <MakingPart
      of={state.stills}
      title={w.stillsTitle}
      what={w.stillsWhat}
      making={w.stillsMaking}
      cancelled={w.stillsCancelled}
      ready={({ name }) => w.stillsReady(name)}
      download={({ name }) => w.stillsDownload(name)}
      acts={
        <>
          <Button disabled={isOff} onClick={() => void state.begin("pictures")}>
            {w.stillsMake}
          </Button>
          {state.stills.job.value?.sheet && (
            <Button disabled={isOff} onClick={() => void state.begin("sheet")}>
              {w.stillsSheet}
            </Button>
          )}
        </>
      }
    >
      <NumberField
        label={w.stillsBest}
        text={state.best}
        bad={isBad ? w.stillsBad(number(least), number(most)) : null}
      />
      <label>
        <input
          type="checkbox"
          checked={state.isCropped.value}
          onChange={(event) => (state.isCropped.value = event.currentTarget.checked)}
        />
        {w.stillsCrop}
      </label>
      {state.stills.job.value?.sheet && (
        <label>
          {w.stillsPaper}
          <select
            value={state.paper.value}
            onChange={(event) => (state.paper.value = event.currentTarget.value as state.Paper)}
          >
            {state.PAPERS.map((paper) => (
              <option key={paper} value={paper}>
                {w.stillsPaperName(paper)}
              </option>
            ))}
          </select>
        </label>
      )}
    </MakingPart>
  );
};
