/** Looks for what must not be there, in all the forms that a text is likely to take on its way. */

/** Where it was found; empty where it is nowhere. */
export function grep(secret: string, texts: readonly { where: string; text: string }[]): string[] {
  const forms = formsOf(secret)
  return [...new Set(texts.filter(({ text }) => forms.some((form) => holds(text, form))).map(({ where }) => where))]
}

export function formsOf(secret: string): string[] {
  const bytes = new TextEncoder().encode(secret)
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
  const json = JSON.stringify(secret).slice(1, -1)
  const grouped = /^\d{16}$/.test(secret) ? [' ', '-', '.', '%20', '+'].map((gap) => secret.replaceAll(/\d{4}(?=\d)/g, `$&${gap}`)) : []
  const base64 = [0, 1, 2].map((before) => inBase64(secret, before))
  return [
    ...new Set([secret, encodeURIComponent(secret), json, hex, Array.from(secret).toReversed().join(''), ...base64, ...grouped]),
  ].filter((form) => form.length > 3)
}

function inBase64(text: string, before: number): string {
  const binary = Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join('')
  return btoa('\0'.repeat(before) + binary).slice(Math.ceil((before * 8) / 6), Math.floor(((before + binary.length) * 8) / 6))
}

/** A number is one only where no digit stands beside it. */
function holds(text: string, form: string): boolean {
  for (let at = text.indexOf(form); at !== -1; at = text.indexOf(form, at + 1)) {
    const beside = `${text[at - 1] ?? ''}${text[at + form.length] ?? ''}`
    if (!/^\d+$/.test(form) || !/\d/.test(beside)) return true
  }
  return false
}
