// Faces that belong to nobody, by reason; those that are no faces last and folded.
import { useMemo } from "preact/hooks";
import { data, film, people } from "../state/store";
import { words } from "../words";
import { number } from "../words/format";
import { evidenceOf } from "./face_dialog";
import { cellOf, Faces, type Cell } from "./faces";
import "./unknown.css";

const cellsOf = (tracks: readonly number[], name: string): Cell[] => {
  const { quality } = data.chips;
  return tracks.map((track) => {
    const able = film.chipsOf[track]!.filter((chip) => film.isShown(chip));
    const chip = able.reduce((a, b) => (a < 0 || quality[b]! > quality[a]! ? b : a), -1);
    return { ...cellOf(chip, [track], name), tip: evidenceOf(track), more: able.length - 1 };
  });
};

const Reason = ({
  code,
  title,
  why,
  advice,
  tracks,
}: {
  code: string;
  title: string;
  why: string;
  advice: string;
  tracks: number[];
}) => {
  const t = words();
  const cells = useMemo(() => cellsOf(tracks, t.unknown), [tracks.join(), t]);
  const head = (
    <>
      {title} <span class="soft">{number(tracks.length)}</span>
    </>
  );
  const body = (
    <>
      <p>{why}</p>
      <p class="soft">{advice}</p>
      <Faces cells={cells} label={title} />
    </>
  );
  return code === "not a face" ? (
    <details class="unknown-reason" data-reason={code}>
      <summary>
        <h2>{head}</h2>
      </summary>
      {body}
    </details>
  ) : (
    <section class="unknown-reason" data-reason={code}>
      <h2>{head}</h2>
      {body}
    </section>
  );
};

export const Unknown = () => {
  const t = words();
  const { unknown } = people.value;
  const isLast = (code: string) => Number(code === "not a face");
  const reasons = data.reasons
    .filter(([code]) => unknown.has(code))
    .sort(([a], [b]) => isLast(a) - isLast(b));
  return (
    <section class="unknown" aria-label={t.unknown} tabIndex={-1}>
      <p class="soft">{unknown.size ? t.unknownWhy : t.unknownNone}</p>
      {reasons.map(([code, title, why, advice]) => (
        <Reason
          key={code}
          code={code}
          title={title}
          why={why}
          advice={advice}
          tracks={unknown.get(code)!}
        />
      ))}
    </section>
  );
};
