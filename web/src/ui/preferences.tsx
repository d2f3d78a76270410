// The reader's language and theme.
import { effect, signal } from "@preact/signals";
import { recall, remember } from "../state/kept";
import { language, LANGUAGES, words, type Language } from "../words";

const THEMES = ["auto", "light", "dark"] as const;
type Theme = (typeof THEMES)[number];

const stored = recall("language");
if (stored && stored in LANGUAGES) language.value = stored as Language;
const theme = signal<Theme>(THEMES.find((each) => each === recall("theme")) ?? "auto");

effect(() => {
  document.documentElement.lang = language.value;
});
effect(() => {
  if (theme.value === "auto") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme.value;
});

export const LanguageChoice = () => (
  <select
    class="shell-choice"
    aria-label={words().languageChoice}
    value={language.value}
    onChange={({ currentTarget: { value } }) => {
      language.value = value as Language;
      remember("language", value);
    }}
  >
    {Object.entries(LANGUAGES).map(([code, texts]) => (
      <option key={code} value={code} lang={code}>
        {texts.language}
      </option>
    ))}
  </select>
);

export const ThemeChoice = () => (
  <select
    class="shell-choice"
    aria-label={words().theme}
    value={theme.value}
    onChange={({ currentTarget: { value } }) => {
      theme.value = value as Theme;
      remember("theme", value);
    }}
  >
    {THEMES.map((each) => (
      <option key={each} value={each}>
        {words().themeName(each)}
      </option>
    ))}
  </select>
);
