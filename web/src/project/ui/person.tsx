// A person opened in place: the films with their faces, and what can be corrected.
import { useSignal } from "@preact/signals";
import { words } from "../../words";
import { percent, spoken } from "../../words/format";
import { Button } from "../../ui/kit";
import { askName, hideOrShow, joinWith, takeOut } from "../actions";
import { keyOf, type Member, type Pair, type Person } from "../model";
import { nameOf } from "../said";
import { openId } from "../shown";
import { project } from "../state";
import { findFace } from "./find";
import { Looks } from "./picture";

const MOST = 50; // films until all are asked for
const PX = 64;

/** Where a person of a film is, in the film's own page, perhaps at a time. */
export const placeOf = ([film, person]: Pair, time_s: number | null = null): string =>
  `film/${film}/#${person}${time_s === null ? "" : `@${time_s}`}`;

const Sure = ({ member }: { member: Member }) => {
  const t = words();
  if (!member.word) return null;
  const named = {
    confirmed: t.projectConfirmedWord,
    certain: t.castCertain,
    likely: t.castLikely,
    doubtful: t.castDoubtfulWord,
  };
  const why =
    member.word === "confirmed"
      ? t.projectConfirmedWhy
      : t.projectChance(percent(member.chance ?? 0));
  return (
    <span class={`project-word ${member.word}`} title={why}>
      {named[member.word]}
    </span>
  );
};

const InFilm = ({ who, member }: { who: Person; member: Member }) => {
  const t = words();
  const film = project.value?.films.get(member.film)?.name ?? "";
  return (
    <li class="project-member">
      <div class="project-where">
        <a href={placeOf(member.pair)} title={t.projectOpenThere}>
          {film}
        </a>
        <p class="soft">
          {spoken(member.time_s)} <Sure member={member} />
        </p>
      </div>
      <Looks
        of={member.pair}
        name={nameOf(who)}
        px={PX}
        onFind={(row, tc) => findFace(member.pair, row, tc)}
      />
      {who.members.length > 1 && (
        <Button
          title={t.projectNotSameWhy(film, nameOf(who))}
          aria-label={t.projectNotSameIn(film)}
          onClick={() => takeOut(who, member.pair)}
        >
          {t.projectNotSame}
        </Button>
      )}
    </li>
  );
};

export const OpenPerson = ({ who }: { who: Person }) => {
  const t = words();
  const isAll = useSignal(false);
  const { length } = who.members;
  const shown = isAll.value ? who.members : who.members.slice(0, MOST);
  const close = () => {
    openId.value = "";
    document.querySelector<HTMLElement>(`#${who.id} .cast-open`)?.focus();
  };
  return (
    <section
      class={`person project-person c${who.colour}`}
      aria-label={nameOf(who)}
      data-id={who.id}
    >
      <div class="project-head">
        <h2>
          <button
            type="button"
            class="person-name"
            title={`${t.personRename} (e)`}
            onClick={(event) => askName(who, event.currentTarget)}
          >
            {nameOf(who)}
          </button>
        </h2>
        <p class="soft">
          {spoken(who.time_s)} ·{" "}
          {t.projectInFilms(who.films.length, project.value?.films.size ?? 0)}
        </p>
        <div class="person-acts">
          <Button hint="e" onClick={(event) => askName(who, event.currentTarget)}>
            {t.personRename}
          </Button>
          <Button hint="m" onClick={(event) => void joinWith(who, event.currentTarget)}>
            {t.projectJoinWith}
          </Button>
          <Button hint="h" onClick={() => hideOrShow(who)}>
            {who.hidden ? t.castShowAgain : t.personHide}
          </Button>
          <Button hint="Esc" onClick={close}>
            {t.close}
          </Button>
        </div>
      </div>
      <ul class="project-members">
        {shown.map((member) => (
          <InFilm key={keyOf(member.pair)} who={who} member={member} />
        ))}
      </ul>
      {shown.length < length && (
        <Button onClick={() => (isAll.value = true)}>{t.projectMore(length - shown.length)}</Button>
      )}
    </section>
  );
};
