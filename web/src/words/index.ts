// All texts of the page, by language. A language is one file; English states the shape.
import { signal } from "@preact/signals";
import { de } from "./de";
import { en } from "./en";
import { es } from "./es";

export type { Words } from "./en";
export const LANGUAGES = { en, de, es } as const;
export type Language = keyof typeof LANGUAGES;

const preferred = (): Language => {
  const codes = typeof navigator === "undefined" ? [] : navigator.languages;
  for (const code of codes) {
    const short = code.slice(0, 2);
    if (short in LANGUAGES) return short as Language;
  }
  return "en";
};
export const language = signal<Language>(preferred());
/** The texts in the reader's language; read inside a component so that it follows a change. */
export const words = () => LANGUAGES[language.value];
