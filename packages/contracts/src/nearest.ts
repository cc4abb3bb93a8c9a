/** The candidate that `word` was most likely meant to be, or undefined where none is close. */
export function nearestTo(word: string, candidates: readonly string[]): string | undefined {
  let best: string | undefined;
  let bestDistance = Math.max(1, Math.floor(word.length / 3)) + 1;
  for (const candidate of candidates) {
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase());
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** A sentence for a key that is not known, with the nearest known one and the whole list, where there is one. */
export function unknownKeySentence(key: string, known: readonly string[]): string {
  const nearest = nearestTo(key.slice(0, 200), known);
  const hint = nearest === undefined ? "" : `, did you mean ${JSON.stringify(nearest)}?`;
  const list = known.length === 0 ? "" : ` (known: ${known.join(", ")})`;
  return `unknown key${hint}${list}`;
}

/** Levenshtein's distance, a row at a time. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const substitution = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(substitution, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
