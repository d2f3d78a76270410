// A reel: one video of where the chosen people are on screen.
import * as state from "../state/reel";
import { words } from "../words";
import { number, spoken } from "../words/format";
import { Button } from "./kit";
import { MakingPart, NumberField } from "./making";

export const ReelPart = ({ isReady }: { isReady: boolean }) => {
  const w = words();
  const isBad = state.handlesSeconds.value === null;
  const { least, most } = state.HANDLES_S;
  return (
    <MakingPart
      of={state.reel}
      title={w.reelTitle}
      what={w.reelWhat}
      making={w.reelMaking}
      cancelled={w.reelCancelled}
      ready={({ cuts, length_s }) => w.reelReady(cuts, spoken(length_s))}
      download={() => w.reelDownload}
      acts={
        <Button
          disabled={!isReady || state.reel.isAsking.value || isBad}
          onClick={() => void state.begin()}
        >
          {w.reelMake}
        </Button>
      }
    >
      <NumberField
        label={w.reelHandles}
        unit={w.reelSeconds}
        text={state.handles}
        bad={isBad ? w.reelBad(number(least), number(most)) : null}
      />
    </MakingPart>
  );
};
