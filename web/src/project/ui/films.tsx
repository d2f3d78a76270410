// The films of the project: how far they are, why one failed, and the way into each.
import { words } from "../../words";
import { spoken } from "../../words/format";
import type { Film } from "../model";
import { project } from "../state";
import { More, useSteps } from "./steps";

const Row = ({ film }: { film: Film }) => {
  const t = words();
  const isDone = film.state === "done";
  const state = film.state === "done" ? t.people(film.people) : t.projectState(film.state);
  return (
    <li>
      <b>{film.name}</b>
      <span class="soft">{film.length_s > 0 && spoken(film.length_s)}</span>
      <span class={isDone ? "soft" : "project-state"}>{state}</span>
      {isDone && (
        <a class="button" href={`film/${film.id}/`} aria-label={t.projectOpenNamed(film.name)}>
          {t.projectOpen}
        </a>
      )}
      {film.error && <p class="project-why">{film.error}</p>}
    </li>
  );
};

export const Films = () => {
  const films = project.value?.seen.films ?? [];
  const { most, more } = useSteps("films", films.length);
  const done = films.filter((film) => film.state === "done").length;
  return (
    <section class="project-list" aria-label={words().projectTabFilms}>
      {done < films.length && <p>{words().projectDone(done, films.length)}</p>}
      {!films.length && <p>{words().projectNoFilms}</p>}
      <ol class="project-films">
        {films.slice(0, most).map((film) => (
          <Row key={film.id} film={film} />
        ))}
      </ol>
      {most < films.length && <More left={films.length - most} more={more} />}
    </section>
  );
};
