export function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}

export function count(value: number): string {
  return Math.round(value).toLocaleString("en-US");
}

export function percent(share: number, digits = 1): string {
  return `${(share * 100).toFixed(digits)} %`;
}

/** +3.2 or −3.2, in bits. */
export function bits(value: number): string {
  const rounded = Math.abs(value) < 0.05 ? 0 : value;
  return `${rounded < 0 ? "−" : "+"}${Math.abs(rounded).toFixed(1)}`;
}

export function share(value: number): string {
  return value >= 0.001 ? value.toFixed(3) : value.toExponential(1);
}
