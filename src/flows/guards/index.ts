export { type BlockDeps, type BlockRequest, type BlockSubject, block, lift } from "./block.ts";
export { type AlertDecisionRequest, type AlertFailure, decideAlert } from "./decide-alert.ts";
export { parseAlertId, renderAlert, renderBlock } from "./render.ts";
export { resume, type StopFailure, type StopRequest, type SwitchDeps, stop } from "./switch.ts";
