import type { Language } from "./language.ts";
import type { ProblemKind } from "./problem.ts";
import { problemExample } from "./problem-document.ts";
import { PROBLEM_PAGES, type ProblemRegistry } from "./problem-registry.ts";

type Branding = { readonly title: string; readonly mark: string };

const WORDS = {
  ru: { all: "Все ошибки", what: "Что делать", example: "Пример ответа", details: "Поля", api: "Описание API" },
  en: { all: "All problems", what: "What to do", example: "An answer", details: "Members", api: "API" },
};

/** The page behind a problem's `type`; undefined for a code that there is not. */
export function problemPage(
  problems: ProblemRegistry,
  branding: Branding,
  code: string,
  language: Language,
): string | undefined {
  const kind = problems.kinds.get(code);
  if (kind === undefined) return undefined;
  const words = WORDS[language];
  const example = JSON.stringify(problemExample(problems, code, language), null, 2);
  return layout(
    branding,
    language,
    kind.title[language],
    `<p class="status">${kind.status} <code>${escapeHtml(code)}</code></p>
<h1>${escapeHtml(kind.title[language])}</h1>
<p class="lead">${escapeHtml(kind.detail[language](kind.example as never))}</p>
<h2>${words.what}</h2>
<p>${escapeHtml(kind.remedy[language])}</p>
${memberList(kind, words.details)}
<h2>${words.example}</h2>
<pre>${escapeHtml(example)}</pre>
<p><a href="${PROBLEM_PAGES.slice(0, -1)}">${words.all}</a></p>`,
  );
}

/** All problems by status. */
export function problemList(problems: ProblemRegistry, branding: Branding, language: Language): string {
  const rows = [...problems.kinds]
    .sort(([, a], [, b]) => a.status - b.status)
    .map(
      ([code, kind]) =>
        `<tr><td>${kind.status}</td><td><a href="${PROBLEM_PAGES}${code}"><code>${escapeHtml(code)}</code></a></td><td>${escapeHtml(kind.title[language])}</td></tr>`,
    );
  const { all } = WORDS[language];
  return layout(branding, language, all, `<h1>${all}</h1>\n<table>\n${rows.join("\n")}\n</table>`);
}

function memberList(kind: ProblemKind, heading: string): string {
  const members = Object.entries(kind.details.properties as Record<string, { type?: string; description?: string }>);
  if (members.length === 0) return "";
  const items = members.map(
    ([name, { type = "", description = "" }]) =>
      `<li><code>${escapeHtml(name)}</code> ${escapeHtml(type)}${description === "" ? "" : `: ${escapeHtml(description)}`}</li>`,
  );
  return `<h2>${heading}</h2>\n<ul>\n${items.join("\n")}\n</ul>`;
}

function layout(branding: Branding, language: Language, title: string, content: string): string {
  return `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)} · ${escapeHtml(branding.title)}</title>
<link rel="icon" type="image/svg+xml" href="data:image/svg+xml,${encodeURIComponent(branding.mark)}">
<style>${CSS}</style>
</head>
<body>
<header><a href="/docs">${branding.mark}<span>${escapeHtml(branding.title)}</span></a></header>
<main>
${content}
</main>
</body>
</html>
`;
}

function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}

const CSS = `
:root { color-scheme: light dark; --ground: #fbfaf8; --text: #1e1b18; --second: #6b645c; --line: #e7e2da; --accent: #c24a06; --surface: #fff; }
@media (prefers-color-scheme: dark) { :root { --ground: #171513; --text: #f3efe9; --second: #a59c91; --line: #37322c; --accent: #ff7f32; --surface: #201d1a; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--text); font: 17px/1.5 Inter, "Golos Text", system-ui, sans-serif; }
header { border-bottom: 1px solid var(--line); padding: 12px 20px; }
header a { display: inline-flex; gap: 8px; align-items: center; color: inherit; text-decoration: none; font-weight: 600; }
header svg { width: 28px; height: 28px; }
main { max-width: 44em; margin: 0 auto; padding: 28px 20px 60px; }
h1 { font-size: 28px; line-height: 1.2; margin: 4px 0 12px; }
h2 { font-size: 20px; margin: 32px 0 8px; }
.status { color: var(--second); margin: 0; }
.lead { font-size: 20px; }
a { color: var(--accent); }
code, pre { font: 15px/1.5 ui-monospace, "SF Mono", Menlo, Consolas, monospace; }
pre { background: var(--surface); border: 1px solid var(--line); border-radius: 8px; padding: 16px; overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
td { border-bottom: 1px solid var(--line); padding: 8px 12px 8px 0; vertical-align: top; font-variant-numeric: tabular-nums; }
`;
