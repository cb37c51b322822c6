export { type LinkedFiles, type LinkFilesFailure, linkFiles } from "./link-files.ts";
export { linkPage } from "./link-page.ts";
export { reportText } from "./report-text.ts";
export { writePairs } from "./write-pairs.ts";
