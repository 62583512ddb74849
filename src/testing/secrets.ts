/** Keys and tokens in texts that are about to be written to a file. */
import { formsOf, KEY_PREFIXED, KEY_UUID } from '../security/key-forms.ts'

/** `value` with `[key]` in the place of each of `secrets`, and of whatever looks like a key, in every text and every name of a field. */
export function withoutSecrets<T>(value: T, secrets: readonly string[] = []): T {
  const known = secrets.flatMap(formsOf)
  const clean = (part: unknown): unknown => {
    if (typeof part === 'string') return redacted(part, known)
    if (Array.isArray(part)) return part.map(clean)
    if (typeof part !== 'object' || part === null) return part
    return Object.fromEntries(Object.entries(part).map(([key, inner]) => [redacted(key, known), clean(inner)]))
  }
  return clean(value) as T
}

function redacted(text: string, secrets: readonly string[]): string {
  let clean = text
  for (const secret of secrets) clean = clean.split(secret).join('[key]')
  return clean
    .replaceAll(KEYS, '[key]')
    .replaceAll(KEY_PREFIXED, '[key]')
    .replaceAll(KEY_UUID, '$1[key]')
    .replaceAll(/\b(Bearer|Basic) +(?!\[key\])[\w+/=.~-]{16,}/gi, '$1 [key]')
}

/**
 * The forms in which providers write keys: OpenAI, Anthropic and their like (`sk-…`), Google, Groq, Hugging Face, GitHub, Slack, AWS,
 * and JSON Web Tokens.
 */
const KEYS =
  /\bsk-[\w-]{16,}|\bAIza[\w-]{30,}|\b(?:gsk|hf|gh[opsur]|github_pat|r8|AIzaSy|ya29)[_.-][\w-]{16,}|\bxox[abprs]-[\w-]{10,}|\bAKIA[A-Z\d]{16}\b|\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*/g
