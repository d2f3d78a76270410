// Cutting a track where the face becomes another person's, and joining two.
import { Group } from "../model/people";
import { cutting, joining } from "../model/corrections";
import { boxes } from "../state/boxes";
import { closeDialog, openDialog } from "../state/dialog";
import { act, data, film, people, whoOf } from "../state/store";
import { words } from "../words";
import { nameOf } from "../words/person";
import { nextKey } from "./ask";
import { Button, Dialog, Face } from "./kit";
import "./tracks.css";

export const cutTrack = (key: string, tc: string): void =>
  act(cutting(key, tc), words().actToCut(tc));

/** Other tracks of the shot that no frame shows together with this one, the nearest first. */
const joinable = (track: number): number[] => {
  const { start_pts, end_pts, shot } = data.tracks;
  const gap = (other: number) =>
    Math.max(start_pts[other]! - end_pts[track]!, start_pts[track]! - end_pts[other]!);
  return film.tracksOfShot
    .get(shot[track]!)!
    .filter(
      (other) =>
        other !== track && (boxes.value ? boxes.value.areApart(track, other) : gap(other) >= 0),
    )
    .sort((a, b) => gap(a) - gap(b));
};

const JoinDialog = ({ track }: { track: number }) => {
  const w = words();
  const { start_tc, end_tc } = data.tracks;
  const found = joinable(track);
  const join = (other: number) => {
    closeDialog();
    act(joining({ film, people: people.value }, [track, other]), w.actToJoined);
  };
  return (
    <Dialog title={w.joinTitle} onClose={closeDialog}>
      {!found.length && <p>{w.joinNone}</p>}
      <ul class="join-list">
        {found.map((other) => (
          <li key={other}>
            <Button class="join-track" onClick={() => join(other)}>
              <Face chip={new Group(film, [other]).portraits(1)[0] ?? -1} alt="" px={48} />
              {w.joinRow(nameOf(whoOf(other)), start_tc[other]!, end_tc[other]!)}
            </Button>
          </li>
        ))}
      </ul>
    </Dialog>
  );
};

export const chooseJoin = (track: number): void =>
  openDialog(<JoinDialog key={nextKey()} track={track} />);
