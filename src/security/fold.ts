/**
 * Words as people read them, so that no spelling trick hides one: letters of other scripts that look the same, full-width and
 * mathematical letters, invisible characters, accents, letters set apart. Only for comparing with words that were folded as well.
 */

/** Lower case, without accents, alike letters as one; everything that is no letter or digit is a single blank. */
export function foldText(text: string): string {
  const plain = text
    .normalize('NFKC')
    .replace(/\p{Default_Ignorable_Code_Point}/gu, '')
    .toLowerCase()
  const letters = plain
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .replace(LOOK_ALIKE, (letter) => CONFUSABLES.get(letter) ?? letter)
  return letters
    .normalize('NFC')
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
}

/** The words of a text, folded; `D e l e t e` is one word, and so is `삭 제`. */
export function foldWords(text: string): string[] {
  const joined = foldText(text).replace(SET_APART, (letters) => letters.replaceAll(' ', ''))
  return joined === '' ? [] : joined.split(' ')
}

/** Three letters by themselves or more; of Korean, whose words are short, two. */
const SET_APART = /(?<![\p{L}\p{N}])(?:\p{Script=Hangul}(?: \p{Script=Hangul}(?![\p{L}\p{N}]))+|\p{L}(?: \p{L}(?![\p{L}\p{N}])){2,})/gu

/** Pairs of what is written and what it looks like, after lower case. Words of these scripts are folded with it, so they still match. */
const PAIRS =
  'аa вb еe ѐe ёe кk мm нh оo рp сc тt уy хx ѕs іi јj һh ԁd ԛq ԝw ɡg ɑa αa βb εe ηn ιi κk νv οo ρp τt υu χx γy ϲc օo ոn հh սu ցg ıi łl øo đd ħh ŧt ƅb ɩi ɪi ʏy ᴀa ʙb ᴄc ᴅd ᴇe ꜰf ɢg ʜh ᴊj ᴋk ʟl ᴍm ɴn ᴏo ᴘp ʀr ꜱs ᴛt ᴜu ᴠv ᴡw ᴢz ßs ℮e'

const CONFUSABLES: ReadonlyMap<string, string> = new Map(PAIRS.split(' ').map((pair) => [pair.slice(0, -1), pair.slice(-1)] as const))
const LOOK_ALIKE = new RegExp(`[${[...CONFUSABLES.keys()].join('')}]`, 'gu')
