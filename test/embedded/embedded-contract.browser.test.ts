/** The embedded model against the contract of a language model. */
import { afterAll } from 'vitest'
import { testLanguageModel } from '../contracts/language-model.ts'
import { openEmbedded } from './open-embedded.ts'

const model = openEmbedded({ temperature: 0 })
afterAll(() => model.close())

testLanguageModel('embeddedModel', {
  create: () => model,
  prompt: 'goal: put the pet towel away ; plan: find out about pet ; see: you hold towel , places basket safe shelf ; think:',
  exceptions: {
    exactText: 'It answers by its weights; nothing makes it say a given text.',
    stop: 'The same: its own test stops answers that it does give.',
    responseSchema: 'It knows some hundred words and no JSON; its own test checks the warning.',
    tools: 'It writes plain sentences only; its own test checks the warning.',
  },
})
