/** Ids that need no secure context, unlike `crypto.randomUUID`. */

/** 20 characters: 9 of time (ids sort by when they were made), 11 random. */
export function newId(now: number = Date.now(), fill: (bytes: Uint8Array<ArrayBuffer>) => unknown = randomFill): string {
  const bytes = new Uint8Array(11)
  fill(bytes)
  return now.toString(36).padStart(9, '0') + Array.from(bytes, (byte) => (byte % 36).toString(36)).join('')
}

function randomFill(bytes: Uint8Array<ArrayBuffer>): void {
  crypto.getRandomValues(bytes)
}
