// Who appears with whom: a table of seconds on screen together.
import { signal } from "@preact/signals";
import type { Person } from "../model/people";
import { shared, type Shared } from "../model/together";
import { film, visible } from "../state/store";
import { goTo } from "../state/view";
import { words } from "../words";
import { number, spoken } from "../words/format";
import { Button, Face } from "./kit";
import "./together.css";

const MOST = 12;
const showsAll = signal(false);

const called = (who: Person) => who.given ?? words().person(who.number);

const Cell = ({ a, b, found, most }: { a: Person; b: Person; found: Shared; most: number }) => {
  if (found.first === null) return <td class="soft">–</td>;
  const { first } = found;
  const time_s = found.ticks * film.tick_s;
  const text = words().togetherPair(called(a), called(b), spoken(time_s));
  return (
    <td>
      <button
        type="button"
        title={text}
        aria-label={text}
        style={{ "--share": `${Math.round(6 + 34 * (found.ticks / most))}%` }}
        onClick={() => goTo(first)}
      >
        {number(time_s, time_s < 9.95 ? 1 : 0)}
      </button>
    </td>
  );
};

export const Together = () => {
  const w = words();
  const all = visible.value;
  if (all.length < 2) return <p class="together soft">{w.togetherFew(all.length)}</p>;
  const some = showsAll.value ? all : all.slice(0, MOST);
  const times = some.map((a) =>
    some.map((b) => (a === b ? { ticks: 0, first: null } : shared(a.appearances, b.appearances))),
  );
  const most = Math.max(1, ...times.flat().map(({ ticks }) => ticks));
  return (
    <div class="together">
      <h2>{w.togetherTitle}</h2>
      <p class="soft">{w.togetherWhat}</p>
      <div class="together-scroll" tabIndex={0} role="region" aria-label={w.togetherTitle}>
        <table>
          <thead>
            <tr>
              <td />
              {some.map((who) => (
                <th key={who.label} scope="col" title={called(who)}>
                  <Face chip={who.cover} alt={called(who)} px={32} />
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {some.map((a, i) => (
              <tr key={a.label}>
                <th scope="row">{called(a)}</th>
                {some.map((b, j) =>
                  a === b ? (
                    <td key={b.label} class="together-self" />
                  ) : (
                    <Cell key={b.label} a={a} b={b} found={times[i]![j]!} most={most} />
                  ),
                )}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {all.length > some.length && (
        <Button onClick={() => (showsAll.value = true)}>{w.togetherMore(all.length)}</Button>
      )}
    </div>
  );
};
