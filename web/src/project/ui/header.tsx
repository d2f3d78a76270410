// The head of the page: the project, what can be undone, whether all is saved, and the panels.
import { useLayoutEffect } from "preact/hooks";
import { onKeys } from "../../state/keys";
import { Button } from "../../ui/kit";
import "../../ui/layout.css";
import { LanguageChoice, ThemeChoice } from "../../ui/preferences";
import "../../ui/shell.css";
import { openShortcuts, ShortcutsButton } from "../../ui/shortcuts";
import { ToastBox } from "../../ui/toastbox";
import { words } from "../../words";
import { spoken } from "../../words/format";
import type { Change } from "../model";
import { inWords } from "../said";
import { canRedo, canUndo, problem, project, redo, saving, undo, waiting } from "../state";

const facts = (): string => {
  const t = words();
  if (!project.value) return "";
  const { seen, people } = project.value;
  const length_s = seen.films.reduce((sum, film) => sum + film.length_s, 0);
  const shown = people.filter((who) => !who.hidden && !who.background);
  return [
    t.projectFilms(seen.films.length),
    length_s && spoken(length_s),
    t.people(shown.length),
    t.projectNamed(shown.filter((who) => who.given !== null).length),
    t.projectSeveral(shown.filter((who) => who.films.length > 1).length),
  ]
    .filter(Boolean)
    .join(" · ");
};

const status = (): string => {
  const t = words();
  switch (saving.value) {
    case "loading":
      return t.projectLoading;
    case "saved":
      return problem.value || t.saved;
    case "sending":
      return t.sending;
    case "away":
      return t.serverAway(waiting.value);
    case "stopped":
      return problem.value;
  }
};

const Back = () => {
  const t = words();
  const now = project.value;
  const title = (what: string, change: Change | null | undefined) =>
    now && change ? `${what}: ${inWords(change, now)}` : what;
  return (
    <>
      <Button
        disabled={!canUndo.value}
        onClick={undo}
        title={title(t.undo, now?.seen.undo)}
        hint="Ctrl+Z"
        aria-keyshortcuts="Control+Z"
      >
        {t.undo}
      </Button>
      <Button
        disabled={!canRedo.value}
        onClick={redo}
        title={title(t.redo, now?.seen.redo)}
        hint="Ctrl+Shift+Z"
        aria-keyshortcuts="Control+Shift+Z"
      >
        {t.redo}
      </Button>
    </>
  );
};

export const Header = ({ title, kind }: { title: string; kind: "season" | "archive" }) => {
  const t = words();
  useLayoutEffect(
    () =>
      onKeys({
        "Ctrl+z": undo,
        "Ctrl+Shift+z": redo,
        "Ctrl+y": redo,
        "?": () => openShortcuts(words().projectShortcuts()),
      }),
    [],
  );
  const isBad = saving.value === "away" || saving.value === "stopped" || problem.value !== "";
  return (
    <>
      <header class="shell">
        <h1 title={title}>{title}</h1>
        <p class="shell-facts soft">
          {t.projectKind(kind)}
          {project.value && ` · ${facts()}`}
        </p>
        <span class="shell-gap" />
        <span id="status" class={`shell-status ${isBad ? "is-bad" : "soft"}`} role="status">
          {status()}
        </span>
        <Back />
        <LanguageChoice />
        <ThemeChoice />
        <ShortcutsButton list={t.projectShortcuts()} />
      </header>
      <ToastBox />
    </>
  );
};
