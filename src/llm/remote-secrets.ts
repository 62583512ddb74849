/** Keys and tokens in texts that came from outside: known ones in every form that a URL, a header or JSON gives them, others by their look. */

/** `text` without any of `secrets`, whole or only begun, and without anything else that looks like a key. */
export function redact(text: string, secrets: Iterable<string>): string {
  let clean = text
  for (const secret of secrets) for (const form of formsOf(secret)) clean = withoutSecret(clean, form)
  return clean
    .replaceAll(/\b(Bearer|Basic)\s+(?!\[key\])\S+/gi, '$1 [key]')
    .replaceAll(/([?&](?:api_?|access_?)?(?:key|token)=)(?!\[key\])[^&\s"']+/gi, '$1[key]')
    .replaceAll(/\b(sk-|gsk_|AIza|ya29\.)[\w*.-]+/g, '[key]')
    .replaceAll(KEY_PREFIXED, '[key]')
    .replaceAll(KEY_UUID, '$1[key]')
}

/**
 * For keys that nobody told: whatever is long and random goes, ids of requests too. Names of models have hyphens, and what is part of
 * `name`, which the host chose, stays.
 */
export function redactUnknown(text: string, name = ''): string {
  return redact(text, []).replaceAll(RANDOM, (run) => (name.includes(run) ? run : '[key]'))
}

/** `secret` as it is and as it is written in URLs, headers and JSON, the longest first; nothing for what is too short to be a key. */
export function formsOf(secret: string): string[] {
  if (secret.length < 4) return []
  const forms = new Set([secret, encodeURIComponent(secret.toWellFormed()), JSON.stringify(secret).slice(1, -1)])
  if (/^[\0-\xff]*$/.test(secret)) forms.add(btoa(secret).replace(/=+$/, ''))
  return [...forms].sort((a, b) => b.length - a.length)
}

/** Keys that begin as some vendors' do. Names of models may begin so, too, but hold no long run of letters and digits. */
export const KEY_PREFIXED: RegExp = /\b(?:xai|pplx|nvapi|csk|api-key)[_-](?=[\w-]*\d)(?=[\w-]*\w{12})[\w*.-]{16,}/gi

/** A UUID where a key is spoken of, with what stands before it as the first group. */
export const KEY_UUID: RegExp =
  /((?:key|token|secret|credential|authoriz|password)\w*[^\n]{0,40}?)\b[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}\b/gi

const RANDOM = /\b[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}\b|(?<!\w)(?=\w*\d)(?=\w*[a-z])\w{24,}/gi

function withoutSecret(text: string, secret: string): string {
  const clean = text.split(secret).join('[key]')
  if (secret.length < 8) return clean
  // Servers like to repeat the start of a key: 'Incorrect API key provided: sk-ab***yz'.
  return clean
    .split(/(\s+)/)
    .map((word) => (word.includes(secret.slice(0, 6)) ? '[key]' : word))
    .join('')
}
