/**
 * Text that others wrote, as a person should see it before consenting to something: what is invisible or reorders its surroundings is
 * spelled out, long blanks are counted, and no text is endless.
 */
import { shorten } from '../security/fence.ts'

/** Format and control characters, fillers that look like nothing, variation selectors, private use, lone surrogates. */
const UNSEEN = /[\p{Cf}\p{Cc}\p{Co}\p{Cs}\p{Zl}\p{Zp}\p{Variation_Selector}\p{Default_Ignorable_Code_Point}\u2800]/u
const UNSEEN_RUN = new RegExp(`(${UNSEEN.source})\\1*`, 'gu')

/** Joiners within words that need them and the selectors and joiners of an emoji belong to the text. */
const NEEDED =
  /(?<=\p{Emoji})\ufe0f|(?<=[\p{Extended_Pictographic}\p{Emoji_Modifier}\ufe0f])\u200d(?=\p{Extended_Pictographic})|(?<=[\p{Script=Arabic}\p{Script=Devanagari}\p{Script=Bengali}\p{Script=Malayalam}\p{Script=Sinhala}\p{Script=Kannada}\p{Script=Telugu}\p{M}])[\u200c\u200d](?=[\p{Script=Arabic}\p{Script=Devanagari}\p{Script=Bengali}\p{Script=Malayalam}\p{Script=Sinhala}\p{Script=Kannada}\p{Script=Telugu}])/gu

/** @param most characters of the text that are shown, of its beginning and its end; spelled-out characters may make it longer. */
export function legible(text: string, most: number): string {
  const plain = shorten(text, most).replaceAll(/\r\n?/g, '\n')
  const kept = new Set([...plain.matchAll(NEEDED)].map((match) => match.index))
  return plain
    .replaceAll(UNSEEN_RUN, (run: string, one: string, at: number) =>
      one === '\n' || (run === one && kept.has(at)) ? run : spelled(run, one),
    )
    .replaceAll(/\n(?:[^\S\n]*\n){2,}/g, (run) => `\n⟨${run.split('\n').length - 1} line breaks⟩\n`)
    .replaceAll(/[^\S\n]{9,}/gu, (run) => ` ⟨${run.length} spaces⟩ `)
    .replaceAll(/(\p{M}{4})\p{M}+/gu, '$1⟨…⟩')
}

function spelled(run: string, one: string): string {
  if (one === '\t') return run
  const code = `U+${(one.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`
  const times = run.length / one.length
  return times === 1 ? `⟨${code}⟩` : `⟨${code} ×${times}⟩`
}
