// People of films who may be two: they are split in the film's own page.
import { computed } from "@preact/signals";
import { words } from "../../words";
import { keyOf } from "../model";
import { nameOf } from "../said";
import { project } from "../state";
import { placeOf } from "./person";
import { Shot } from "./picture";

const PX = 64;
const MOST_FACES = 3;

export const doubts = computed(() =>
  (project.value?.seen.impure ?? []).flatMap((one) => {
    const who = project.value?.whose(one.member);
    const other = project.value?.byId.get(one.to);
    return who && other ? [{ ...one, who, other }] : [];
  }),
);

export const Doubts = () => {
  const t = words();
  return (
    <section class="project-list" aria-label={t.projectTabDoubts}>
      <p class="soft">{doubts.value.length ? t.projectDoubtsWhat : t.projectDoubtsNone}</p>
      <ul class="project-doubts">
        {doubts.value.map(({ member, rows, who, other }) => {
          const film = project.value?.films.get(member[0])?.name ?? "";
          return (
            <li key={`${keyOf(member)} ${other.id}`}>
              <span class="project-faces">
                {rows.slice(0, MOST_FACES).map((row) => (
                  <Shot key={row} film={member[0]} row={row} px={PX} />
                ))}
              </span>
              <span class="soft" aria-hidden="true">
                ≈
              </span>
              <Shot film={other.best.film} row={other.best.cover} px={PX} />
              <p>{t.projectDoubt(nameOf(who), film, nameOf(other))}</p>
              <a class="button" href={placeOf(member)}>
                {t.projectOpenNamed(film)}
              </a>
            </li>
          );
        })}
      </ul>
    </section>
  );
};
