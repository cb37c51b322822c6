import type { ReportedPair } from "../report.ts";
import { bits, escapeHtml } from "./format.ts";

const WIDTH = 200;
const ROW = 18;

const DECISIONS = { merge: "✓ sure", review: "? to review", apart: "✕ no match" } as const;

/** Sample pairs, each with its values side by side and the waterfall of its weight. */
export function pairsSection(pairs: readonly ReportedPair[]): string {
  if (pairs.length === 0) return `<section><h2>Pairs</h2><p>No pair of records is alike enough to show.</p></section>`;
  return `<section><h2>Pairs, from the surest to the least sure</h2>
<p>A waterfall starts at what two random records weigh and adds field after field; above zero a match is more likely than not.</p>
${pairs.map(card).join("")}</section>`;
}

function card(pair: ReportedPair): string {
  const rows = pair.values.map(({ field, left, right }) => {
    const differs = left !== right && left !== "" && right !== "" ? ' class="differs"' : "";
    return `<tr${differs}><th scope="row">${escapeHtml(field)}</th><td>${value(left)}</td><td>${value(right)}</td></tr>`;
  });
  return `<article class="pair">
<header><strong class="${pair.decision}">${DECISIONS[pair.decision]}</strong><span>${pair.linked ? "in one cluster" : "in two clusters"} · probability ${probability(pair.probability)} · ${bits(pair.weight)} bits</span></header>
<div class="columns"><div class="scroll"><table><thead><tr><th></th><th>${escapeHtml(pair.left)}</th><th>${escapeHtml(pair.right)}</th></tr></thead><tbody>${rows.join("")}</tbody></table></div>
<div class="scroll">${waterfall(pair)}</div></div></article>`;
}

function value(text: string): string {
  return text === "" ? '<span class="missing">–</span>' : escapeHtml(text);
}

function probability(p: number): string {
  return p > 0.9999 ? "> 0.9999" : p.toFixed(4);
}

function waterfall({ steps, weight }: ReportedPair): string {
  let at = 0;
  const spans = steps.map(({ label, bits: step }) => {
    const from = at;
    at += step;
    return { label, step, from, to: at };
  });
  const all = [0, ...spans.map(({ to }) => to)];
  const [low, high] = [Math.min(...all), Math.max(...all)];
  const scale = (bit: number) => 2 + ((bit - low) / Math.max(1e-9, high - low)) * (WIDTH - 4);
  const rows = spans.map(({ label, step, from, to }) => {
    const [left, right] = [Math.min(from, to), Math.max(from, to)].map(scale) as [number, number];
    return row(label, bits(step), step < 0 ? "against" : "for", left, right, scale(0));
  });
  const [left, right] = [Math.min(0, weight), Math.max(0, weight)].map(scale) as [number, number];
  rows.push(row("total", bits(weight), "total", left, right, scale(0)));
  return `<table class="waterfall"><tbody>${rows.join("")}</tbody></table>`;
}

function row(label: string, text: string, kind: string, left: number, right: number, zero: number): string {
  const bar = `<svg viewBox="0 0 ${WIDTH} ${ROW}" width="${WIDTH}" height="${ROW}" aria-hidden="true"><line class="axis" x1="${zero.toFixed(1)}" x2="${zero.toFixed(1)}" y1="0" y2="${ROW}"/><rect class="${kind}" x="${left.toFixed(1)}" y="4" width="${Math.max(1.5, right - left).toFixed(1)}" height="${ROW - 8}" rx="2"/></svg>`;
  return `<tr${kind === "total" ? ' class="sum"' : ""}><td>${escapeHtml(label)}</td><td>${bar}</td><td class="number">${text}</td></tr>`;
}
