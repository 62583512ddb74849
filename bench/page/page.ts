/** Reads pages of growing size with this library and with a peer, in turn, and reports to the runner. */
import { PageController } from '@page-agent/page-controller'
import { createPageViewer } from '../../src/environments/page/see/page-viewer.ts'
import { createRedactor } from '../../src/security/redaction.ts'
import { makePage } from './make-page.ts'

export interface Sample {
  elements: number
  who: 'reprise' | 'page-agent' | 'page-agent, whole page'
  /** Milliseconds of the page's thread: medians. */
  busyMs: number
  /** The longest piece of it without a pause: the slowest of all. */
  longestMs: number
  /** From the call to the text. */
  wallMs: number
  characters: number
}

declare global {
  function benchConfig(): Promise<{ sizes: number[]; runs: number }>
  function benchKeep(sample: Sample): Promise<void>
}

const { signal } = new AbortController()

interface Reader {
  who: Sample['who']
  read(): Promise<{ busyMs: number; longestMs: number; text: string }>
}

function readers(stage: HTMLElement): Reader[] {
  const viewer = createPageViewer({ root: stage, maxCharacters: 7000, redactor: createRedactor() })
  const peer = (who: Sample['who'], config: ConstructorParameters<typeof PageController>[0]): Reader => {
    const controller = new PageController(config)
    return {
      who,
      // It reads without a pause.
      read: async () => {
        const begun = performance.now()
        const { header, content, footer } = await controller.getBrowserState()
        const busyMs = performance.now() - begun
        await controller.cleanUpHighlights()
        return { busyMs, longestMs: busyMs, text: `${header}${content}${footer}` }
      },
    }
  }
  return [
    {
      who: 'reprise',
      read: async () => {
        const { text, busyMs, longestSliceMs } = await viewer.view({ signal })
        return { busyMs, longestMs: longestSliceMs, text }
      },
    },
    peer('page-agent', {}),
    peer('page-agent, whole page', { viewportExpansion: -1 }),
  ]
}

/** A reader that takes very long is read fewer times, three at least. */
const MOST_MS = 10_000

async function measure(stage: HTMLElement, elements: number, runs: number): Promise<void> {
  const made = makePage(stage, elements)
  for (const { who, read } of readers(stage)) {
    const samples: { busyMs: number; longestMs: number; wallMs: number }[] = []
    let characters = 0
    const start = performance.now()
    for (let run = -1; run < runs; run++) {
      if (samples.length >= 3 && performance.now() - start > MOST_MS) break
      // Something is new each time, as after an action; the layout is clean, as after a frame.
      stage.querySelector('.badge')?.replaceChildren(`run ${run}`)
      await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 30)))
      const begun = performance.now()
      const { text, ...times } = await read()
      if (run >= 0) samples.push({ ...times, wallMs: performance.now() - begun })
      characters = text.length
    }
    const longestMs = Math.max(...samples.map((sample) => sample.longestMs))
    await benchKeep({ elements: made, who, characters, longestMs, busyMs: median(samples, 'busyMs'), wallMs: median(samples, 'wallMs') })
  }
}

function median<K extends string>(samples: readonly Record<K, number>[], key: K): number {
  return samples.map((sample) => sample[key]).toSorted((a, b) => a - b)[samples.length >> 1] ?? NaN
}

const stage = document.querySelector<HTMLElement>('#stage')
const { sizes, runs } = await benchConfig()
if (stage) for (const size of sizes) await measure(stage, size, runs)
document.title = 'finished'
