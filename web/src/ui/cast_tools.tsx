// Search, sort, filter, and the size of pictures, of the cast.
import { KINDS, SORTS } from "../model/filter";
import { pictureSize } from "../state/view";
import { words } from "../words";
import { filter, NO_FILTER, shown, sort, sortAgain } from "./cast_list";
import { Button } from "./kit";
import { Count, Search, Select, Sizes } from "./list_tools";

const Least = () => {
  const t = words();
  return (
    <label class="cast-least" title={t.castLeast}>
      <span aria-hidden="true">≥</span>
      <input
        type="number"
        min="0"
        step="1"
        inputMode="decimal"
        placeholder="0"
        aria-label={t.castLeast}
        value={filter.value.least_s || ""}
        onInput={(event) => {
          filter.value = { ...filter.value, least_s: Number(event.currentTarget.value) || 0 };
        }}
      />
      <span aria-hidden="true">s</span>
    </label>
  );
};

export const Tools = ({ search }: { search: { current: HTMLInputElement | null } }) => {
  const t = words();
  const { main, all, isSorted, hidden } = shown.value;
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
        names={{
          time: t.castByTime,
          first: t.castByFirst,
          count: t.castByCount,
          confidence: t.castByConfidence,
          name: t.castByName,
        }}
        chosen={sort.value}
        choose={sortAgain}
      />
      <Select
        label={t.castShow}
        choices={KINDS}
        names={{
          all: t.castAll,
          named: t.castNamed,
          unnamed: t.castUnnamed,
          hidden: t.castHidden,
          doubtful: t.castDoubtful,
        }}
        chosen={filter.value.kind}
        choose={(kind) => (filter.value = { ...filter.value, kind })}
      />
      <Least />
      <Sizes chosen={pictureSize.value} choose={(size) => (pictureSize.value = size)} />
      <Count listed={main} all={all} />
      {hidden > 0 && filter.value.kind !== "hidden" && (
        <Button
          kind="plain"
          onClick={() => {
            filter.value = { ...NO_FILTER, kind: "hidden" };
          }}
        >
          {t.castHiddenCount(hidden)}
        </Button>
      )}
      {!isSorted && (
        <Button kind="plain" class="cast-again" onClick={() => sortAgain()}>
          {t.castAgain}
        </Button>
      )}
    </div>
  );
};
