// What the server makes in the background: options, progress, download.
import { useEffect, useId } from "preact/hooks";
import type { ComponentChildren } from "preact";
import type { Signal } from "@preact/signals";
import type { Job, Making } from "../state/making";
import { words } from "../words";
import { percent, spoken } from "../words/format";
import { Button } from "./kit";
import "./making.css";

interface FieldProps {
  label: string;
  unit?: string;
  text: Signal<string>;
  /** Said while the text is no number that fits. */
  bad: string | null;
}
export const NumberField = ({ label, unit, text, bad }: FieldProps) => {
  const id = useId();
  return (
    <>
      <label>
        {label}
        <input
          class="making-number"
          type="text"
          inputMode="decimal"
          value={text.value}
          aria-invalid={bad !== null}
          aria-describedby={bad === null ? undefined : id}
          onInput={(event) => (text.value = event.currentTarget.value)}
        />
        {unit}
      </label>
      {bad !== null && (
        <p id={id} class="making-bad">
          {bad}
        </p>
      )}
    </>
  );
};

const Progress = <T extends Job>({ of, title }: { of: Making<T>; title: string }) => {
  const w = words();
  const { done, left_s } = of.job.value ?? { done: 0, left_s: null };
  return (
    <div class="making-progress">
      <progress value={done} max={1} aria-label={title} />
      <span>
        {percent(done)}
        {left_s !== null && `, ${w.timeLeft(spoken(left_s))}`}
      </span>
      <Button disabled={of.isAsking.value} onClick={() => void of.cancel()}>
        {w.makingCancel}
      </Button>
    </div>
  );
};

interface PartProps<T extends Job> {
  of: Making<T>;
  title: string;
  what: string;
  /** Names the progress. */
  making: string;
  cancelled: string;
  ready: (job: T) => string;
  download: (job: T) => string;
  /** Buttons that begin. */
  acts: ComponentChildren;
  /** Options. */
  children: ComponentChildren;
}
export const MakingPart = <T extends Job>({ of, title, what, ...part }: PartProps<T>) => {
  useEffect(() => void of.watch(), [of]);
  const job = of.job.value;
  const isMaking = job?.state === "making";
  const isDone = job?.state === "done";
  const fault = of.fault.value || (job?.error ?? "");
  const said = isMaking
    ? part.making
    : isDone
      ? part.ready(job)
      : of.wasCancelled.value
        ? part.cancelled
        : "";
  return (
    <fieldset class="making">
      <legend>{title}</legend>
      <p class="soft">{what}</p>
      {part.children}
      {isMaking ? (
        <Progress of={of} title={part.making} />
      ) : (
        <p class="export-acts">
          {part.acts}
          {isDone && (
            <a class="button lead" href={of.file} download={job.name}>
              {part.download(job)}
            </a>
          )}
        </p>
      )}
      <p role="status">{said}</p>
      {fault && <p role="alert">{fault}</p>}
    </fieldset>
  );
};
