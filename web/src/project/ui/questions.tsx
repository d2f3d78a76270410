// "Are these the same person?": people of different films, the most useful question first. Keys answer
// only what is on screen.
import { computed, signal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { useAnswers } from "../../ui/answering";
import { Button } from "../../ui/kit";
import "../../ui/questions.css";
import { words } from "../../words";
import { inChance } from "../../words/chance";
import { percent, spoken } from "../../words/format";
import { confirm, differ, join, takeOut } from "../actions";
import { keyOf, type Pair, type Person, type Question } from "../model";
import { nameOf } from "../said";
import { project, saving } from "../state";
import { placeOf } from "./person";
import { Looks } from "./picture";

const MOST = 4; // faces of each side
const PX = 72;

const idOf = ({ a, b }: Question): string => `${keyOf(a)} ${keyOf(b)}`;
const skipped = signal<ReadonlySet<string>>(new Set());
const answered = signal(0);
const isFolded = signal(false);

const all = computed(() =>
  (project.value?.seen.questions ?? []).filter(
    ({ a, b }) => project.value?.whose(a) && project.value.whose(b),
  ),
);
const left = computed(() => all.value.filter((one) => !skipped.value.has(idOf(one))));
const wasAsked = computed(() => all.value.length > 0 || answered.value > 0);

const sidesOf = ({ a, b }: Question): [Person, Person] => [
  project.value!.whose(a)!,
  project.value!.whose(b)!,
];
const give = (isSame: boolean): void => {
  const asked = left.value[0];
  if (!asked || saving.value !== "saved") return; // what is not saved yet may change the question
  const [one, other] = sidesOf(asked);
  answered.value += 1;
  if (one === other)
    if (isSame) confirm(one, asked.a, asked.b);
    else takeOut(one, asked.b);
  else if (isSame) join(one, other);
  else differ(one, other);
};
const skip = (): void => {
  const asked = left.value[0];
  if (asked) skipped.value = new Set([...skipped.value, idOf(asked)]);
};

const Side = ({ pair, who }: { pair: Pair; who: Person }) => {
  const t = words();
  const others = who.films.length - 1;
  return (
    <div class="questions-side project-side">
      <Looks of={pair} name={nameOf(who)} px={PX} most={MOST} withTimes />
      <p class="questions-caption">
        <b>{nameOf(who)}</b>
        <span class="soft">
          <a href={placeOf(pair)}>{project.value?.films.get(pair[0])?.name}</a>
          {others > 0 && ` ${t.projectAndOthers(others)}`} · {spoken(who.time_s)}
        </span>
      </p>
    </div>
  );
};

const inWords = (probability: number): string =>
  `${inChance(probability)} (${percent(probability)})`;

const Asked = ({ asked }: { asked: Question }) => {
  const t = words();
  const root = useRef<HTMLDivElement>(null);
  useAnswers(root, { y: () => give(true), n: () => give(false), s: skip });
  const [one, other] = sidesOf(asked);
  const gain_s = left.value.reduce((sum, each) => sum + each.gain_s, 0);
  return (
    <div class="questions project-questions" ref={root} role="region" aria-label={t.questionsName}>
      <div class="questions-top">
        <h2 id="questions-title">
          {t.questionsSame} <span class="soft">{inWords(asked.probability)}</span>
        </h2>
        <Button kind="plain" onClick={() => (isFolded.value = true)}>
          {t.questionsStop}
        </Button>
      </div>
      <div class="questions-body" key={idOf(asked)} data-question={idOf(asked)}>
        <Side pair={asked.a} who={one} />
        <Side pair={asked.b} who={other} />
      </div>
      <div class="questions-acts" role="group" aria-labelledby="questions-title">
        <Button kind="lead" hint="y" onClick={() => give(true)}>
          {t.projectSame}
        </Button>
        <Button hint="n" onClick={() => give(false)}>
          {t.projectDifferent}
        </Button>
        <Button hint="s" onClick={skip}>
          {t.projectNotSure}
        </Button>
        <span class="questions-end soft" role="status">
          {t.projectLeft(answered.value, left.value.length, spoken(gain_s))}
        </span>
      </div>
    </div>
  );
};

export const Questions = () => {
  const t = words();
  if (!wasAsked.value) return null; // no strip where there was never a question
  const asked = left.value[0];
  if (asked && !isFolded.value) return <Asked asked={asked} />;
  return (
    <div class="questions folded" role="region" aria-label={t.questionsName}>
      {asked ? (
        <Button onClick={() => (isFolded.value = false)}>
          {t.questionsOpen(left.value.length)}
        </Button>
      ) : all.value.length ? (
        <Button kind="plain" onClick={() => (skipped.value = new Set())}>
          {t.questionsSkipped(all.value.length)}
        </Button>
      ) : (
        <span class="soft">{t.projectAllAnswered}</span>
      )}
    </div>
  );
};
