// Exports: whom, which part of the film, and as what.
import { useEffect, useState } from "preact/hooks";
import * as exporting from "../state/exporting";
import { data, film, isLive, visible } from "../state/store";
import { inPoint, outPoint } from "../state/view";
import { words } from "../words";
import { spoken } from "../words/format";
import { AnonymisePart } from "./anonymise";
import { Button } from "./kit";
import { ReelPart } from "./reel";
import { save } from "./save";
import { StillsPart } from "./stills";
import "./export.css";

const choose = (label: number, on: boolean) => {
  const next = new Set(exporting.whom.value);
  if (on) next.add(label);
  else next.delete(label);
  exporting.whom.value = next;
};

const Whom = () => {
  const w = words();
  const some = exporting.whom.value;
  return (
    <fieldset>
      <legend>{w.exportWhom}</legend>
      <label>
        <input
          type="radio"
          name="whom"
          checked={!some}
          onChange={() => (exporting.whom.value = null)}
        />
        {w.exportAll}
      </label>
      <label>
        <input
          type="radio"
          name="whom"
          checked={!!some}
          onChange={() => (exporting.whom.value = new Set())}
        />
        {w.exportChosen}
      </label>
      {some && (
        <ul class="export-people" tabIndex={0} aria-label={w.exportChosen}>
          {visible.value.map((who) => (
            <li key={who.label}>
              <label>
                <input
                  type="checkbox"
                  checked={some.has(who.label)}
                  onChange={(event) => choose(who.label, event.currentTarget.checked)}
                />
                {who.given ?? w.person(who.number)}
              </label>
            </li>
          ))}
        </ul>
      )}
      <label>
        <input
          type="checkbox"
          checked={exporting.isTogether.value}
          disabled={exporting.chosen.value.length < 2}
          onChange={(event) => (exporting.isTogether.value = event.currentTarget.checked)}
        />
        {w.exportTogether}
      </label>
    </fieldset>
  );
};

const Span = () => {
  const w = words();
  const at = (pts: number) => spoken(film.seconds(pts));
  const from = at(inPoint.value ?? data.start_pts);
  const to = outPoint.value === null ? spoken(data.length_s) : at(outPoint.value);
  const isPart = exporting.isPart.value && exporting.hasMarks.value;
  return (
    <fieldset>
      <legend>{w.exportSpan}</legend>
      <label>
        <input
          type="radio"
          name="span"
          checked={!isPart}
          onChange={() => (exporting.isPart.value = false)}
        />
        {w.exportWhole}
      </label>
      <label>
        <input
          type="radio"
          name="span"
          checked={isPart}
          disabled={!exporting.hasMarks.value}
          onChange={() => (exporting.isPart.value = true)}
        />
        {exporting.hasMarks.value ? w.exportMarked(from, to) : w.exportNoMarks}
      </label>
    </fieldset>
  );
};

interface FormatProps {
  format: exporting.Format;
  disabled: boolean;
  onClick: () => void;
}
/** For which program, and what it gets: titles read "program: what". */
const FormatButton = ({ format: { title, suffix }, ...rest }: FormatProps) => {
  const [program = "", what] = title.split(": ");
  return (
    <Button class="export-format" {...rest}>
      <b>{program.charAt(0).toUpperCase() + program.slice(1)}</b>{" "}
      <span class="soft">{[what, suffix].filter(Boolean).join(" · ")}</span>
    </Button>
  );
};

const Files = ({ isReady }: { isReady: boolean }) => {
  const w = words();
  const [state, say] = useState("");
  const formats = exporting.formats.value;
  if (!formats) return exporting.fault.value ? null : <p class="soft">{w.exportLoading}</p>;
  if (!formats.length) return <p>{w.exportNone}</p>;
  const run = async (format: exporting.Format) => {
    say(w.exportMaking(format.title));
    const made = await exporting.exportAs(format);
    if (made) save(made.name, made.file);
    say(made ? w.exportSaved(made.name) : "");
  };
  return (
    <fieldset>
      <legend>{w.exportFormats}</legend>
      <p class="export-formats">
        {formats.map((format) => (
          <FormatButton
            key={format.name}
            format={format}
            disabled={!isReady}
            onClick={() => void run(format)}
          />
        ))}
      </p>
      <p role="status">{state}</p>
    </fieldset>
  );
};

/** Links to the tables that lie beside a page on disk. */
const Tables = () => {
  const w = words();
  const files = data.about?.files ?? [];
  if (!files.length) return null;
  return (
    <>
      <h3>{w.exportTables}</h3>
      <ul>
        {files.map((file) => (
          <li key={file}>
            <a href={file}>{file}</a> <span class="soft">{w.exportTable(file)}</span>
          </li>
        ))}
      </ul>
    </>
  );
};

export const Export = () => {
  const w = words();
  useEffect(() => void exporting.begin(), []);
  const isReady = exporting.chosen.value.length > 0;
  return (
    <div class="export">
      <h2>{w.exportTitle}</h2>
      {isLive ? (
        <>
          <Whom />
          <Span />
          {!isReady && <p class="soft">{w.exportNobody}</p>}
          <Files isReady={isReady} />
          <ReelPart isReady={isReady} />
          <StillsPart isReady={isReady} />
          <AnonymisePart isReady={isReady} />
          {exporting.fault.value && <p role="alert">{exporting.fault.value}</p>}
        </>
      ) : (
        <>
          <p>{w.exportDisk}</p>
          <Tables />
        </>
      )}
    </div>
  );
};
