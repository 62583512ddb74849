/** Conversations as chat templates take them: one system message at most and first, then user and assistant in turns, user last. */
import type { Message } from '../core/message.ts'

export interface TidyMessages {
  messages: Message[]
  /** What was changed so that the sense may differ. */
  warnings: readonly string[]
}

/** Joins what has the same role by blank lines. A conversation that ends with the model's own words is continued by `Go on.` */
export function tidyMessages(messages: readonly Message[]): TidyMessages {
  const system = messages.filter(({ role }) => role === 'system').map(({ content }) => content)
  const turns: Message[] = []
  for (const { role, content } of messages) {
    if (role === 'system') continue
    const last = turns.at(-1)
    if (last?.role === role) turns[turns.length - 1] = { role, content: `${last.content}\n\n${content}` }
    else turns.push({ role, content })
  }
  const warnings = turns.at(-1)?.role === 'assistant' ? ['The conversation ended with the model itself: it was told to go on.'] : []
  if (turns.at(-1)?.role !== 'user')
    turns.push({ role: 'user', content: turns.length === 0 ? system.splice(0).join('\n\n') || 'Go on.' : 'Go on.' })
  return { messages: [...(system.length > 0 ? [{ role: 'system' as const, content: system.join('\n\n') }] : []), ...turns], warnings }
}
