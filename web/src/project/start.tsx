// Shows the page of a project; whoever is named in the address, as #person-3, is open, and a face of a
// person of a film, as #find/1/person-3/120, is looked for.
import { render } from "preact";
import { openId } from "./shown";
import { begin, project } from "./state";
import { App, type About } from "./ui/app";
import { findFace } from "./ui/find";

const fromAddress = (): void => {
  const id = location.hash.slice(1);
  const face = /^find\/(\d+)\/([a-z]+-\d+)\/(\d+)$/.exec(id);
  if (face) findFace([Number(face[1]), face[2]!], Number(face[3]));
  if (project.value?.byId.has(id)) openId.value = id;
};

export const start = async (root: Element, about: About): Promise<void> => {
  render(<App {...about} />, root);
  await begin();
  fromAddress();
  addEventListener("hashchange", fromAddress);
};
