/** What keys look like in texts: known ones in every form in which they are sent, unknown ones by how they begin or by what stands around. */

/** `secret` as it is and as it is written in URLs, headers and JSON, the longest first; nothing for what is too short to be a key. */
export function formsOf(secret: string): string[] {
  if (secret.length < 4) return []
  const forms = new Set([secret, encodeURIComponent(secret.toWellFormed()), JSON.stringify(secret).slice(1, -1)])
  if (/^[\0-\xff]*$/.test(secret)) forms.add(btoa(secret).replace(/=+$/, ''))
  return [...forms].sort((a, b) => b.length - a.length)
}

/** Keys that begin as some vendors' do. Names of models may begin so, too, but hold no long run of letters and digits. */
export const KEY_PREFIXED: RegExp = /\b(?:xai|pplx|nvapi|csk|api-key)[_-](?=[\w-]{0,200}\d)(?=[\w-]{0,200}\w{12})[\w*.-]{16,}/gi

/** A UUID where a key is spoken of, with what stands before it as the first group. */
export const KEY_UUID: RegExp =
  /((?:key|token|secret|credential|authoriz|password)\w{0,12}[^\n]{0,40}?)\b[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}\b/gi
