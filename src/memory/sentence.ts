/** What was thrown, as a sentence within a message: it ends with one full stop, however many it had. */
export function sentence(thrown: unknown): string {
  return `${String(thrown).replace(/[\s.]+$/, '')}.`
}
