/** The WebLLM adapter, with an engine that has no model, against the contract of a language model. */
import { testLanguageModel } from '../contracts/language-model.ts'
import { structured } from '../../src/llm/structured/structured.ts'
import { fakeModel } from './fake-models.ts'

testLanguageModel('webLLM', {
  create: ({ text, toolCalls = [] }) => {
    const calls = toolCalls.map(({ name, input }) => ({ tool: name, input: JSON.parse(input) as unknown }))
    return structured(fakeModel({ answer: toolCalls.length > 0 ? JSON.stringify({ calls }) : text }))
  },
})
