// Search, sort, filter, and the size of pictures.
import { signal } from "@preact/signals";
import type { PictureSize } from "../../state/view";
import { Count, Search, Select, Sizes } from "../../ui/list_tools";
import { words } from "../../words";
import { KINDS, SORTS } from "../model";
import { filter, shown, sort } from "../shown";
import { project } from "../state";

export const SIZES: Record<PictureSize, number> = { S: 64, M: 104, L: 160 };
export const size = signal<PictureSize>("M");

export const Tools = ({ search }: { search: { current: HTMLInputElement | null } }) => {
  const t = words();
  const { main, all } = shown.value;
  const films = (project.value?.seen.films ?? []).filter((film) => film.state === "done");
  const names = Object.fromEntries(films.map((film) => [String(film.id), film.name]));
  return (
    <div class="cast-tools" role="search" aria-label={t.castTools}>
      <Search
        field={search}
        text={filter.value.text}
        onText={(text) => (filter.value = { ...filter.value, text })}
      />
      <Select
        label={t.castSort}
        choices={SORTS}
        names={{ time: t.castByTime, films: t.projectByFilms, name: t.castByName }}
        chosen={sort.value}
        choose={(by) => (sort.value = by)}
      />
      <Select
        label={t.castShow}
        choices={KINDS}
        names={{
          all: t.castAll,
          named: t.castNamed,
          unnamed: t.castUnnamed,
          several: t.projectInSeveral,
          hidden: t.castHidden,
        }}
        chosen={filter.value.kind}
        choose={(kind) => (filter.value = { ...filter.value, kind })}
      />
      <Select
        label={t.projectInFilm}
        choices={["0", ...films.map((film) => String(film.id))]}
        names={{ "0": t.projectAllFilms, ...names }}
        chosen={String(filter.value.film)}
        choose={(film) => (filter.value = { ...filter.value, film: Number(film) })}
      />
      <Sizes chosen={size.value} choose={(chosen) => (size.value = chosen)} />
      <Count listed={main} all={all} />
    </div>
  );
};
