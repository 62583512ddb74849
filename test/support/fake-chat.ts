/** A server that speaks the wire format of chat completions, within a page of a test: what it answers is decided by the prompt. */
import type { Page } from 'playwright'

/** What was asked for, as the built-in prompts have it. */
export interface Asked {
  phase: 'plan' | 'reason' | 'act'
  /** What the agent sees now, between the marks of its fence. */
  observation: string
  /** The whole message of the user. */
  prompt: string
}

/** Answers `POST …/chat/completions`, streamed or whole, until the page is closed. */
export async function answerChats(page: Page, answer: (asked: Asked) => string): Promise<void> {
  await page.route('**/chat/completions', async (route) => {
    const { messages, stream } = route.request().postDataJSON() as { messages: { role: string; content: unknown }[]; stream?: boolean }
    const text = (...roles: string[]): string => textOf(messages.find(({ role }) => roles.includes(role))?.content)
    const prompt = text('user')
    const content = answer({ phase: phaseOf(text('system', 'developer')), observation: observationOf(prompt), prompt })
    const usage = { prompt_tokens: Math.ceil(prompt.length / 4), completion_tokens: Math.ceil(content.length / 4), total_tokens: 0 }
    const base = { id: 'chat-1', created: 0, model: 'fake' }
    const whole = {
      ...base,
      object: 'chat.completion',
      choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }],
      usage,
    }
    const part = {
      ...base,
      object: 'chat.completion.chunk',
      choices: [{ index: 0, delta: { role: 'assistant', content }, finish_reason: 'stop' }],
      usage,
    }
    await route.fulfill(
      stream === true
        ? { contentType: 'text/event-stream', body: `data: ${JSON.stringify(part)}\n\ndata: [DONE]\n\n` }
        : { contentType: 'application/json', body: JSON.stringify(whole) },
    )
  })
}

function phaseOf(system: string): Asked['phase'] {
  if (system.includes('short plan')) return 'plan'
  return system.includes('one or two sentences') ? 'reason' : 'act'
}

function observationOf(prompt: string): string {
  return /What you see now:\n<data-\w+ kind="observation">\n([\s\S]*?)\n<\/data-/.exec(prompt)?.[1] ?? ''
}

function textOf(content: unknown): string {
  if (typeof content === 'string') return content
  return Array.isArray(content) ? content.map((part: { text?: string }) => part.text ?? '').join('') : ''
}
