/**
 * A text world as a page: a status line, a field for what to do, a button. The embedded model, which knows nothing of pages, plays it
 * through `pageEnvironment`: what it sees is read from the snapshot, what it does is typed and clicked.
 */
import { createAgent, hashEmbedder, openMemory, type Environment, type StepResult } from '../../../src/index.ts'
import { createTextWorld, deriveSeed, embeddedModel, TEXT_WORLD_STEPS } from '../../../src/presets/embedded.ts'
import { pageEnvironment } from '../../../src/presets/page.ts'

declare global {
  interface Window {
    playWorld(options: {
      seed: number
      train: number
      test: number
      k: number
    }): Promise<{ outcomes: boolean[]; pageText: boolean; source?: string }>
  }
}

const SIGNAL = new AbortController().signal

/** The world behind the page, as a host's own code: it answers the form. */
function worldPage(world: Environment): { root: HTMLElement; begin(goal: string): Promise<void>; over(): StepResult | undefined } {
  const root = document.createElement('section')
  const [status, form, field, button] = [
    document.createElement('p'),
    document.createElement('form'),
    document.createElement('input'),
    document.createElement('button'),
  ]
  status.setAttribute('role', 'status')
  field.setAttribute('aria-label', 'What to do')
  button.textContent = 'Do it'
  form.append(field, button)
  root.append(status, form)
  document.querySelector('main')?.replaceChildren(root)
  let over: StepResult | undefined
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    void Promise.resolve(world.step(field.value, { signal: SIGNAL, approve: () => Promise.resolve(false) })).then((result) => {
      status.textContent = result.observation
      over = result.done ? result : undefined
    })
  })
  return {
    root,
    begin: async (goal) => {
      over = undefined
      status.textContent = await world.reset(goal, { signal: SIGNAL })
    },
    over: () => over,
  }
}

/** The page in the world's own words, for a model that knows no others. */
function inWords(world: Environment): Environment {
  const { root, begin, over } = worldPage(world)
  const page = pageEnvironment({
    root,
    keep: false,
    prepare: begin,
    settle: { quietMs: 30 },
    effects: [{ selector: 'form, button', effect: 'fill' }],
    goalCheck: () => ({ done: over() !== undefined, success: over()?.success ?? false }),
  })
  let seen = ''
  const ref = (name: string): string => new RegExp(`\\[(e\\d+)\\] [a-z]+ "${name}"`).exec(seen)?.[1] ?? ''
  const status = (): string => [...seen.matchAll(/^status: "([^"]*)"/gm)].at(-1)?.[1] ?? seen
  return {
    async reset(goal, context) {
      seen = await page.reset(goal, context)
      return status()
    },
    async step(action, context) {
      seen = (await page.step(JSON.stringify({ tool: 'type', input: { ref: ref('What to do'), text: action } }), context)).observation
      const result = await page.step(JSON.stringify({ tool: 'click', input: { ref: ref('Do it') } }), context)
      seen = result.observation
      return { ...result, observation: status() }
    },
    source: () => page.source?.() ?? '',
  }
}

window.playWorld = async ({ seed, train, test, k }) => {
  const world = createTextWorld({ seed })
  const [model, memory] = [embeddedModel({ seed }), await openMemory({ name: `world-${seed}-${k}`, embedder: hashEmbedder() })]
  const agent = createAgent({ model, memory, k, maxSteps: TEXT_WORLD_STEPS })
  const goals = world.goals(train + test, { seed })
  const outcomes: boolean[] = []
  let provenance
  for (const [i, goal] of goals.entries()) {
    const environment = inWords(world.environment({ seed: deriveSeed(seed, i) }))
    const { success, ...rest } = i < train ? await agent.train(environment, goal) : await agent.run(environment, goal)
    if (i >= train) outcomes.push(success)
    provenance = rest.provenance
  }
  await memory.close()
  model.close()
  return { outcomes, pageText: provenance?.pageText ?? false, ...(provenance?.source !== undefined && { source: provenance.source }) }
}
