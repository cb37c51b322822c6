import { userInfo } from "node:os";
import type { StoredMission } from "#domains/missions/index.ts";
import {
  changeMissionState,
  draftMissions,
  makeForecast,
  planMissions,
  type StateRequest,
} from "#flows/missions/index.ts";
import { defineCommand, failure } from "../command.ts";
import { ASSUMPTION_OPTIONS, forecastText, statedOf } from "./mission-forecast.ts";
import { BY, COMMENT, draftedText, fileOf, refusedOf, withHome } from "./published-files.ts";

export const missionPlanCommand = defineCommand({
  name: "mission plan",
  summary: "Check a file of missions and show what taking it would change",
  usage: "mission plan FILE",
  example: "dolka mission plan examples/demo/missions.yaml",
  options: {},
  async run(context, { positionals }) {
    await withHome(context, async (deps) => {
      const planned = await planMissions(deps, {
        file: fileOf(positionals, "one file of missions, such as missions.yaml"),
        who: "",
        comment: "",
      });
      if (!planned.ok) throw refusedOf("mission", planned.failure);
      context.result(planned.value, draftedText(planned.value));
    });
  },
});

export const missionApplyCommand = defineCommand({
  name: "mission apply",
  summary: "Take the missions of a file as drafts, each with a forecast of its cost",
  usage: "mission apply FILE [--by NAME] [--comment TEXT]",
  example: "dolka mission apply examples/demo/missions.yaml --by anna",
  options: { by: BY, comment: COMMENT },
  async run(context, { positionals, values }) {
    await withHome(context, async (deps) => {
      const who = values.by ?? userInfo().username;
      const drafted = await draftMissions(deps, {
        file: fileOf(positionals, "one file of missions, such as missions.yaml"),
        who,
        comment: values.comment,
      });
      if (!drafted.ok) throw refusedOf("mission", drafted.failure);
      const forecasts: StoredMission[] = [];
      for (const { id, change } of drafted.value) {
        if (change === "unchanged") continue;
        const made = await makeForecast(deps, { mission: id, who });
        if (!made.ok) throw refusedOf("mission", made.failure);
        forecasts.push(made.value);
      }
      context.result(
        { drafted: drafted.value, forecasts: forecasts.map(({ id, forecast }) => ({ mission: id, forecast })) },
        [draftedText(drafted.value), ...forecasts.map(forecastText)].join("\n"),
      );
    });
  },
});

export const missionForecastCommand = defineCommand({
  name: "mission forecast",
  summary: "Forecast a draft again, with assumptions of your own",
  usage: "mission forecast MISSION [--won LOW,EXPECTED,HIGH] [--natural …] [--spend …] [--ready …] [--audience …]",
  example: "dolka mission forecast kubyshka-card --won 1%,3%,6% --by anna",
  options: { by: BY, ...ASSUMPTION_OPTIONS },
  async run(context, { positionals, values }) {
    const [mission, ...rest] = positionals;
    if (mission === undefined || rest.length > 0) throw failure.badUsage("Name one mission.");
    const assumptions = statedOf(values);
    await withHome(context, async (deps) => {
      const made = await makeForecast(deps, { mission, who: values.by ?? userInfo().username, assumptions });
      if (!made.ok) throw refusedOf("mission", made.failure);
      context.result({ mission, forecast: made.value.forecast }, forecastText(made.value));
    });
  },
});

export const missionApproveCommand = stateCommand("approve", "Approve a draft that somebody else wrote: it goes live");
export const missionPauseCommand = stateCommand("pause", "Pause a mission: what happens meanwhile does not count");
export const missionResumeCommand = stateCommand("resume", "Let a paused mission go on");
export const missionEndCommand = stateCommand("end", "End a mission for good; what was won stays");

function stateCommand(action: StateRequest["action"], summary: string) {
  return defineCommand({
    name: `mission ${action}`,
    summary,
    usage: `mission ${action} MISSION [--by NAME] [--comment TEXT]`,
    example: `dolka mission ${action} card --by boris`,
    options: { by: BY, comment: COMMENT },
    async run(context, { positionals, values }) {
      const [mission, ...rest] = positionals;
      if (mission === undefined || rest.length > 0) throw failure.badUsage("Name one mission.");
      await withHome(context, async (deps) => {
        const who = values.by ?? userInfo().username;
        const changed = await changeMissionState(deps, { mission, action, who, comment: values.comment });
        if (!changed.ok) throw refusedOf("mission", changed.failure);
        const { id, state, revision, forecast } = changed.value;
        const text = `Mission ${id}: ${state}.`;
        // Whoever approves it sees what it was made live on.
        if (action !== "approve") return context.result({ id, state, revision }, text);
        context.result({ id, state, revision, forecast }, `${text}\n${forecastText(changed.value)}`);
      });
    },
  });
}
