/** A model of transformers.js on WASM against the contract of a language model. */
import { afterAll } from 'vitest'
import { testLanguageModel } from '../contracts/language-model.ts'
import { structured } from '../../src/llm/structured/structured.ts'
import { embedded, PROMPT } from './local-models.ts'

const model = embedded()
afterAll(() => model.unload())

testLanguageModel('transformersModel', {
  create: () => structured(model),
  prompt: PROMPT,
  exceptions: {
    exactText: 'It answers by its weights; nothing makes it say a given text.',
    stop: 'The same: its own test stops an answer that it does give.',
    responseSchema: 'The model of these tests knows some hundred words and no JSON; the wrapper that asks for it has tests of its own.',
    tools: 'The same.',
  },
})
