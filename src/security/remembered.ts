/** Remembers what was made of long texts: the examples and the history of an episode come again with each decision. */

export interface Remembered {
  (text: string): string
  /** To be called when the same text would become another one. */
  forget(): void
}

/** @param characters of all texts that are kept, before and after; those that were asked for longest ago go first. */
export function remembered(make: (text: string) => string, characters = 8_000_000): Remembered {
  const made = new Map<string, string>()
  let held = 0
  const drop = (text: string): void => {
    const after = made.get(text)
    if (after !== undefined && made.delete(text)) held -= text.length + after.length
  }
  const keep = (text: string, after: string): void => {
    made.set(text, after)
    held += text.length + after.length
    for (const oldest of made.keys()) {
      if (held <= characters) return
      drop(oldest)
    }
  }
  const get = (text: string): string => {
    if (text.length < SHORT) return make(text)
    const known = made.get(text)
    const after = known ?? make(text)
    if (known !== undefined) drop(text)
    keep(text, after)
    return after
  }
  return Object.assign(get, {
    forget() {
      made.clear()
      held = 0
    },
  })
}

/** Made again as fast as it is looked up. */
const SHORT = 32
