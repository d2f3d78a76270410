// Shows the page of a film: first what one looks at first, in the next frame the whole.
import { render } from "preact";
import { isPainted } from "../state/view";
import { App } from "./app";

const HIDDEN_MS = 200; // a page that is not looked at draws no frame

export const start = async (root: Element): Promise<void> => {
  render(<App />, root);
  await new Promise<void>((done) => {
    requestAnimationFrame(() => setTimeout(done));
    setTimeout(done, HIDDEN_MS);
  });
  isPainted.value = true;
  if (document.readyState === "loading")
    await new Promise((done) => addEventListener("DOMContentLoaded", done, { once: true }));
};
