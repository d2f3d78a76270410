// Another threshold: what it would change, live; kept only when it is applied.
import { useEffect, useRef, useState } from "preact/hooks";
import { difference, type Difference } from "../model/regrouping";
import { closeDialog, openDialog } from "../state/dialog";
import { get, ServerError } from "../state/server";
import { applyThreshold, data, people } from "../state/store";
import { words } from "../words";
import { number } from "../words/format";
import { Button, Dialog } from "./kit";
import "./grouping.css";

interface Range {
  now: number;
  least: number;
  most: number;
  default: number;
}
const STEP = 0.01;
const PAUSE_MS = 150;
const PLACES = 2;

const Grouping = () => {
  const w = words();
  const [range, setRange] = useState<Range | null>(null);
  const [value, setValue] = useState(0);
  const [found, setFound] = useState<Difference | null>(null);
  const [fault, setFault] = useState("");
  const waiting = useRef<{ timer?: ReturnType<typeof setTimeout>; asked?: AbortController }>({});
  const note = (error: unknown) => {
    if (error instanceof DOMException && error.name === "AbortError") return;
    if (error instanceof ServerError && error.status === 409) return; // a newer one is asked for
    setFault(error instanceof ServerError ? error.message : String(error));
  };

  useEffect(() => {
    get<Range>("thresholds")
      .then((answer) => {
        setRange(answer);
        setValue(answer.now);
      })
      .catch(note);
    return () => {
      clearTimeout(waiting.current.timer);
      waiting.current.asked?.abort();
    };
  }, []);

  const choose = (threshold: number) => {
    setValue(threshold);
    setFound(null);
    setFault("");
    clearTimeout(waiting.current.timer);
    waiting.current.asked?.abort();
    waiting.current.timer = setTimeout(() => {
      const asked = new AbortController();
      waiting.current.asked = asked;
      get<{ labels: number[] }>(`preview?threshold=${threshold.toFixed(PLACES)}`, asked.signal)
        .then(({ labels }) =>
          setFound(difference(people.value.state.labels, labels, data.tracks.faces)),
        )
        .catch(note);
    }, PAUSE_MS);
  };
  const apply = () => {
    closeDialog();
    applyThreshold(Number(value.toFixed(PLACES)));
  };

  return (
    <Dialog
      title={w.thresholdTitle}
      onClose={closeDialog}
      class="grouping"
      actions={
        <Button kind="lead" disabled={!found} onClick={apply}>
          {w.thresholdApply}
        </Button>
      }
    >
      <p class="soft">{w.thresholdWhat}</p>
      {range && (
        <label class="grouping-range">
          <span>{w.thresholdStrict}</span>
          <input
            type="range"
            min={range.least.toFixed(PLACES)}
            max={range.most.toFixed(PLACES)}
            step={STEP}
            value={value}
            aria-label={w.thresholdTitle}
            aria-valuetext={number(value, PLACES)}
            onInput={(event) => choose(event.currentTarget.valueAsNumber)}
          />
          <span>{w.thresholdLoose}</span>
          <span>{number(value, PLACES)}</span>
        </label>
      )}
      <p role="status">
        {found ? w.thresholdChange(found) : range && value !== range.now ? w.thresholdAsking : ""}
      </p>
      {fault && <p role="alert">{fault}</p>}
    </Dialog>
  );
};

export const openGrouping = (): void => openDialog(<Grouping />);
