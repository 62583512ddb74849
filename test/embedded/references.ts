/** What the shipped weights answer, as plain numpy computed it, in words. */
import references from '../../src/embedded/model/references.json'
import tokenizerFile from '../../src/embedded/model/tokenizer.json'
import { SPARE_WORDS } from '../../src/embedded/tokenizer.ts'

export interface TextReference {
  prompt: string
  /** Without the `;` that ends it. */
  output: string
  /** Of the prompt, the start token included. */
  tokens: number
}

const words = Object.keys(tokenizerFile.model.vocab)
const unspeakable = new Set(['<unk>', ...SPARE_WORDS])
const text = (tokens: readonly number[]): string => tokens.map((token) => words[token]).join(' ')

/** Those whose words stand for themselves; prompts with borrowed tokens cannot be said in words. */
export const textReferences: readonly TextReference[] = references
  .filter(
    ({ ids, output }) => words[output.at(-1) ?? 0] === ';' && ![...ids, ...output].some((token) => unspeakable.has(words[token] ?? '')),
  )
  .map(({ ids, output }) => ({ prompt: text(ids.slice(1)), output: text(output.slice(0, -1)), tokens: ids.length }))
