/** Languages that people are answered in. */
export type Language = "ru" | "en";
/** One text in each language. */
export type Texts = { readonly ru: string; readonly en: string };

export const DEFAULT_LANGUAGE: Language = "en";

/** The language of `Accept-Language` (RFC 9110, 12.5.4) that we have and that is liked best; the first one wins a tie. */
export function languageOf(header: string | undefined): Language {
  if (header === undefined) return DEFAULT_LANGUAGE;
  let best: Language = DEFAULT_LANGUAGE;
  let bestQuality = 0;
  for (const part of header.slice(0, 200).split(",")) {
    const [range = "", ...parameters] = part.trim().toLowerCase().split(";");
    const quality = qualityOf(parameters);
    const language = range === "*" ? DEFAULT_LANGUAGE : range.split("-")[0];
    if ((language === "ru" || language === "en") && quality > bestQuality) {
      best = language;
      bestQuality = quality;
    }
  }
  return best;
}

function qualityOf(parameters: readonly string[]): number {
  const weight = parameters.map((parameter) => parameter.trim()).find((parameter) => parameter.startsWith("q="));
  if (weight === undefined) return 1;
  const quality = Number(weight.slice(2));
  return quality >= 0 && quality <= 1 ? quality : 0;
}
