/** Keys and tokens in texts that came from outside: known ones in every form that a URL, a header or JSON gives them, others by their look. */
import { formsOf, KEY_PREFIXED, KEY_UUID } from '../security/key-forms.ts'

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
