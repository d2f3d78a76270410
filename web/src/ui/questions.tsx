// The strip of questions: what one look can answer, and how much is left. It answers only what is on
// screen.
import { computed, signal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { Group, Person } from "../model/people";
import {
  answers,
  isLikelyYes,
  LIKELY,
  plan,
  sidesOf,
  type Card,
  type Question,
  type Sides,
} from "../model/questions";
import { data, edits, film, people, whoOf } from "../state/store";
import { goTo, isPicking } from "../state/view";
import { words } from "../words";
import { percent } from "../words/format";
import { notAFace, perform } from "./actions";
import { nameOf } from "../words/person";
import { useAnswers } from "./answering";
import { Button, Face } from "./kit";
import "./questions.css";

const PX = 72;
const skipped = signal<ReadonlySet<string>>(new Set());
const least = signal(LIKELY);
const isFolded = signal(false);
/** Questions whose answer is not the likely one. */
const turned = signal<ReadonlySet<string>>(new Set());

const now = () => ({ film, people: people.value });
const all = computed(() => plan(now(), edits.value, skipped.value, least.value));
const card = computed<Card | undefined>(() => all.value.cards[0]);
/** Those rejected on the card that is shown: at first those that are unlikely the same. */
const noes = computed(
  () =>
    new Set(
      card.value?.questions
        .filter((question) => isLikelyYes(question) === turned.value.has(question.key))
        .map(({ key }) => key),
    ),
);

const titleOf = (group: Group, track: number): string => {
  if (group instanceof Person) return nameOf(group);
  const who = whoOf(track);
  return who ? nameOf(who) : words().questionsUnknownAt(data.tracks.start_tc[track]!);
};
const secondTitle = ({ second, b }: Sides, { doubt }: Question): string =>
  doubt ? words().questionsFaceAt(data.tracks.start_tc[b]!) : titleOf(second, b);

// ---- answering
const give = (yes: boolean): void => {
  const asked = card.value;
  if (!asked || (yes && asked.who && noes.value.size === asked.questions.length)) return;
  const no = yes
    ? asked.who
      ? noes.value
      : new Set<string>()
    : new Set(asked.questions.map(({ key }) => key));
  perform(answers(now(), asked, no), words().questionsAnswered(asked.questions.length));
};
const skip = (): void => {
  const keys = card.value?.questions.map(({ key }) => key) ?? [];
  skipped.value = new Set([...skipped.value, ...keys]);
};
const turn = (key: string): void => {
  const next = new Set(turned.value);
  if (!next.delete(key)) next.add(key);
  turned.value = next;
};

// ---- pictures
const Look = ({ chip, name }: { chip: number; name: string }) => (
  <button
    type="button"
    class="questions-look"
    aria-label={words().actFaceAt(name, data.chips.tc[chip]!)}
    title={data.chips.tc[chip]}
    onClick={() => goTo(data.chips.pts[chip]!)}
  >
    <Face chip={chip} alt="" px={PX} />
  </button>
);
const picturesOf = (group: Group, count: number) => {
  const found = group.portraits(count);
  return found.length ? found : group.chips.slice(0, 1);
};
const Side = ({
  group,
  name,
  count,
  stays,
}: {
  group: Group;
  name: string;
  count: number;
  stays: boolean;
}) => (
  <div class={stays ? "questions-side stays" : "questions-side"}>
    <ul class="questions-faces">
      {picturesOf(group, count).map((chip) => (
        <li key={chip}>
          <Look chip={chip} name={name} />
        </li>
      ))}
    </ul>
    <p class="questions-caption">
      <b>{name}</b>
      <span class="soft">{words().faces(group.faces)}</span>
      {!stays && (
        <Button kind="plain" onClick={() => notAFace(group.tracks)}>
          {words().questionsNotAFace}
        </Button>
      )}
    </p>
  </div>
);

const Pair = ({ question }: { question: Question }) => {
  const sides = sidesOf(now(), question);
  return (
    <>
      <Side group={sides.first} name={titleOf(sides.first, sides.a)} count={2} stays />
      <Side group={sides.second} name={secondTitle(sides, question)} count={2} stays={false} />
    </>
  );
};

const Member = ({ question, who }: { question: Question; who: string }) => {
  const sides = sidesOf(now(), question);
  const name = secondTitle(sides, question);
  const [chip] = picturesOf(sides.second, 1);
  const no = noes.value.has(question.key);
  return (
    <li class={no ? "rejected" : ""}>
      {chip === undefined ? (
        <Face chip={-1} alt={name} px={PX} />
      ) : (
        <Look chip={chip} name={name} />
      )}
      <button
        type="button"
        class="questions-no"
        aria-pressed={no}
        aria-label={`${words().questionsReject(who)}: ${name}`}
        title={words().questionsReject(who)}
        onClick={() => turn(question.key)}
      >
        {no ? "✕" : "✓"}
      </button>
      <p class="questions-caption soft">{words().faces(sides.second.faces)}</p>
    </li>
  );
};

const Several = ({ who, questions }: { who: Person; questions: readonly Question[] }) => (
  <>
    <Side group={who} name={nameOf(who)} count={1} stays />
    <div class="questions-side">
      <ul class="questions-faces">
        {questions.map((question) => (
          <Member key={question.key} question={question} who={nameOf(who)} />
        ))}
      </ul>
    </div>
  </>
);

// ---- the strip
const titleOfCard = ({ who, questions: [first, ...more] }: Card): string => {
  if (who && first)
    return [first, ...more].every(isLikelyYes)
      ? words().questionsAll(more.length + 1, nameOf(who))
      : words().questionsWhich(more.length + 1, nameOf(who));
  if (!first?.doubt) return words().questionsSame;
  return words().questionsAlso(titleOf(new Group(film, [first.a]), first.a));
};

const Asked = ({ asked }: { asked: Card }) => {
  const root = useRef<HTMLDivElement>(null);
  useAnswers(root, { y: () => give(true), n: () => give(false), s: skip }, () => !isPicking.value);
  const no = noes.value.size;
  const yes = asked.questions.length - no;
  const plain = asked.who === null;
  const { cards, then } = all.value;
  return (
    <div class="questions" ref={root} role="region" aria-label={words().questionsName}>
      <div class="questions-top">
        <h2 id="questions-title">{titleOfCard(asked)}</h2>
        <Button kind="plain" onClick={() => (isFolded.value = true)}>
          {words().questionsStop}
        </Button>
      </div>
      <div class="questions-body" key={asked.key} data-question={asked.key}>
        {asked.who ? (
          <Several who={asked.who} questions={asked.questions} />
        ) : (
          <Pair question={asked.questions[0]!} />
        )}
      </div>
      <div class="questions-acts" role="group" aria-labelledby="questions-title">
        <Button
          kind={yes || plain ? "lead" : "plain"}
          hint="y"
          disabled={!yes && !plain}
          onClick={() => give(true)}
        >
          {plain
            ? words().questionsYes
            : no && yes
              ? words().questionsConfirmSome(yes, no)
              : words().questionsConfirm}
        </Button>
        <Button
          {...(yes || plain ? {} : { kind: "lead" as const })}
          hint="n"
          onClick={() => give(false)}
        >
          {plain ? words().questionsNo : words().questionsNone}
        </Button>
        <Button hint="s" onClick={skip}>
          {words().questionsSkip}
        </Button>
        <span class="questions-end soft" title={words().questionsEndTip}>
          {words().questionsEnd(cards.length, percent(Math.floor(then * 100) / 100))}
        </span>
      </div>
    </div>
  );
};

const Folded = () => (
  <div class="questions folded" role="region" aria-label={words().questionsName}>
    <Button onClick={() => (isFolded.value = false)}>
      {words().questionsOpen(all.value.cards.length)}
    </Button>
  </div>
);

const Ended = ({ unlikely, share }: { unlikely: number; share: number }) => (
  <div class="questions folded" role="region" aria-label={words().questionsName}>
    <span class="soft" title={words().questionsEndTip}>
      {words().questionsDone(percent(Math.floor(share * 100) / 100))}
    </span>
    {unlikely > 0 && (
      <Button kind="plain" onClick={() => (least.value = 0)}>
        {words().questionsUnlikely(unlikely)}
      </Button>
    )}
    {skipped.value.size > 0 && (
      <Button kind="plain" onClick={() => (skipped.value = new Set())}>
        {words().questionsSkipped(skipped.value.size)}
      </Button>
    )}
  </div>
);

export const Questions = () => {
  if (!data.questions.length) return null; // no strip where there was never a question
  const asked = card.value;
  if (!asked) return <Ended unlikely={all.value.unlikely} share={all.value.now} />;
  return isFolded.value ? <Folded /> : <Asked asked={asked} />;
};
