"use strict";
// ---- what the page knows of the project. The server has the truth: each correction is answered
// with the whole project as it is then.
globalThis.cv = { data: { mode: "live" }, shown: () => true };
(() => {
  const POLL_MS = 3000; // how often the page asks whether the project has changed
  const project = (cv.project = {
    seen: null,
    films: new Map(),
    people: [],
    byId: new Map(),
    byMember: new Map(),
    stopped: "",
    busy: 0,
    listeners: [],
  });
  const notify = (what) => {
    for (const listener of project.listeners) listener(what);
  };
  cv.memberKey = ([film, person]) => `${film}/${person}`;

  const read = (row) => {
    const [film, person, time, cover, word, chance] = row;
    return { film, person, time, cover, word, chance, pair: [film, person] };
  };
  const derive = (one) => {
    const members = one.members.map(read);
    const time = members.reduce((sum, member) => sum + member.time, 0);
    const films = [...new Set(members.map((member) => member.film))];
    const best = members.reduce((a, b) => (b.time > a.time ? b : a), members[0]);
    const number = Number(one.id.split("-").pop()) || 1;
    return { ...one, members, time, films, best, number, cover: `${best.film}/${best.cover}` };
  };
  const take = (seen) => {
    project.seen = seen;
    project.films = new Map(seen.films.map((film) => [film.id, film]));
    const before = project.byId;
    project.people = seen.people.map((one) => {
      const old = before.get(one.id);
      const text = JSON.stringify(one);
      return old?.text === text ? old : Object.assign(derive(one), { text });
    });
    project.byId = new Map(project.people.map((who) => [who.id, who]));
    project.byMember = new Map(
      project.people.flatMap((who) => who.members.map((one) => [cv.memberKey(one.pair), who])),
    );
    const longest = project.people.flatMap((who) => who.members.map((one) => one.time));
    project.longest = longest.reduce((a, b) => Math.max(a, b), 0);
    project.apart = new Set(seen.together.map(([a, b]) => `${a} ${b}`));
  };
  cv.seenTogether = (a, b) =>
    project.apart.has(`${a.id} ${b.id}`) || project.apart.has(`${b.id} ${a.id}`);

  // ---- the server
  const stop = (words) => {
    project.stopped = words;
    notify({ kind: "stopped" });
  };
  const content = () => JSON.stringify({ ...project.seen, count: 0 });
  cv.load = async (kind = "loaded") => {
    try {
      const before = content();
      take(await cv.get("cast"));
      notify({ kind: kind === "elsewhere" && content() === before ? "same" : kind });
    } catch (error) {
      stop(error.status ? error.message : cv.GONE);
    }
  };
  const failed = async (error) => {
    if (error.status === 409) {
      await cv.load("elsewhere");
      notify({ kind: "refused", note: `Not saved: ${error.message}` });
    } else if (error.status) notify({ kind: "refused", note: `Not saved: ${error.message}` });
    else stop(cv.GONE);
  };
  let queue = Promise.resolve();
  // Send a change; the page shows it once the server has saved it.
  const send = (path, body, note) => {
    if (project.stopped) return queue;
    project.busy += 1;
    notify({ kind: "sent" });
    queue = queue.then(async () => {
      try {
        const answer = await cv.post(path, { ...body, count: project.seen.count });
        project.busy -= 1;
        take(answer);
        notify({ kind: path, note });
      } catch (error) {
        project.busy -= 1;
        await failed(error);
      }
    });
    return queue;
  };
  const pairs = (who) => who.members.map((one) => one.pair);
  const edit = (action, who, others, note, name = "") =>
    send("edit", { edit: { action, who, others, name } }, note);

  // ---- corrections
  cv.name = (who, name) =>
    edit("name", pairs(who), [], name ? `${who.name} is now ${name}` : `${who.name} has no name`, name);
  cv.join = (who, other) =>
    edit("same person", pairs(who), pairs(other), `Joined ${other.name} and ${who.name}`);
  cv.differ = (who, others, note) => edit("different people", who, others, note);
  cv.hide = (who) =>
    who.hidden
      ? edit("show", pairs(who), [], `${who.name} is shown again`)
      : edit("hide", pairs(who), [], `Hid ${who.name}`);
  cv.takeOut = (who, pair) => {
    const rest = pairs(who).filter((other) => cv.memberKey(other) !== cv.memberKey(pair));
    const film = project.films.get(pair[0]).name;
    return edit("different people", rest, [pair], `Took ${film} out of ${who.name}`);
  };
  cv.confirmSame = (who, a, b) => edit("same person", [a], [b], `Confirmed ${who.name}`);
  cv.undo = () => project.seen?.undo && send("undo", {}, `Undone: ${project.seen.undo}`);
  cv.redo = () => project.seen?.redo && send("redo", {}, `Redone: ${project.seen.redo}`);

  // ---- changes made elsewhere: in a film's page, by another program
  const look = async () => {
    if (document.hidden || project.busy || project.stopped || !project.seen) return;
    try {
      const { count } = await cv.get("state");
      if (count !== project.seen.count && !project.busy) await cv.load("elsewhere");
    } catch (error) {
      if (!error.status) stop(cv.GONE);
    }
  };
  setInterval(look, POLL_MS);
  addEventListener("pageshow", (event) => event.persisted && look());
  document.addEventListener("visibilitychange", look);
  addEventListener("beforeunload", (event) => {
    if (project.busy && !project.stopped) event.preventDefault();
  });
})();
