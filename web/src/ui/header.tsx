// The head of the page: the film, what can be undone, whether all is saved, and the panels to choose from.
import { useLayoutEffect } from "preact/hooks";
import { onKeys } from "../state/keys";
import {
  canRedo,
  canUndo,
  data,
  edits,
  isLive,
  redo,
  regroup,
  saving,
  sinceGrouping,
  toUndo,
  undo,
  undone,
  visible,
} from "../state/store";
import { words } from "../words";
import { Hints } from "./hints";
import { openGrouping } from "./grouping";
import { Button } from "./kit";
import "./layout.css";
import { LanguageChoice, ThemeChoice } from "./preferences";
import { whatOf } from "./said";
import { Saving } from "./saving";
import "./shell.css";
import { openShortcuts, ShortcutsButton } from "./shortcuts";
import { ToastBox } from "./toastbox";

const Back = () => {
  const w = words();
  const last = toUndo.value;
  const next = undone.value.at(-1);
  const title = (what: string, edit = last) => (edit ? `${what}: ${whatOf(edit)}` : what);
  return (
    <>
      <Button
        disabled={!canUndo.value}
        onClick={undo}
        title={title(w.undo)}
        hint="Ctrl+Z"
        aria-keyshortcuts="Control+Z"
      >
        {w.undo}
      </Button>
      <Button
        disabled={!canRedo.value}
        onClick={redo}
        title={title(w.redo, next)}
        hint="Ctrl+Shift+Z"
        aria-keyshortcuts="Control+Shift+Z"
      >
        {w.redo}
      </Button>
      {isLive && (
        <Button
          disabled={!edits.value.length || sinceGrouping.value <= 0 || busy.includes(saving.value)}
          onClick={regroup}
          title={w.regroupWhy(Math.max(0, sinceGrouping.value))}
        >
          {w.regroup}
        </Button>
      )}
      {isLive && (
        <Button disabled={busy.includes(saving.value)} onClick={openGrouping}>
          {w.thresholdOpen}
        </Button>
      )}
    </>
  );
};
const busy = ["stopped", "regrouping", "away"];

const Notes = () => {
  const all = [...(data.about?.warnings ?? []), ...data.edit_notes];
  if (!all.length) return null;
  return (
    <details class="shell-notes">
      <summary>{words().notes(all.length)}</summary>
      <ul>
        {all.map((note) => (
          <li key={note}>{note}</li>
        ))}
      </ul>
    </details>
  );
};

export const Header = () => {
  const w = words();
  useLayoutEffect(
    () =>
      onKeys({
        "Ctrl+z": undo,
        "Ctrl+Shift+z": redo,
        "Ctrl+y": redo,
        "?": () => openShortcuts(words().shortcutList()),
      }),
    [],
  );
  return (
    <>
      <header class="shell">
        {data.about?.project && (
          <a class="button plain" href="../../">
            <span aria-hidden="true">← </span>
            {data.about.project}
          </a>
        )}
        <h1 title={data.title}>{data.title}</h1>
        <p class="shell-facts soft">
          {w.people(visible.value.filter((who) => !who.background).length)}
          {(data.about?.facts ?? []).map((fact) => ` · ${fact}`)}
        </p>
        <Notes />
        <span class="shell-gap" />
        <Saving />
        <Back />
        <LanguageChoice />
        <ThemeChoice />
        <ShortcutsButton list={w.shortcutList()} />
      </header>
      <Hints />
      <ToastBox />
    </>
  );
};
