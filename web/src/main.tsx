// One page for a film and for a project; its data say which. What a page does not need is not run.
import "./base.css";
import type { About } from "./project/ui/app";

const root = document.getElementById("app")!;
const show = async (): Promise<void> => {
  if (document.documentElement.dataset["mode"] === "project") {
    const about = JSON.parse(document.getElementById("data")!.textContent) as About;
    const { start } = await import("./project/start");
    await start(root, about);
  } else {
    const { start } = await import("./ui/start");
    await start(root);
  }
  document.documentElement.dataset["ready"] = "";
};
void show();
