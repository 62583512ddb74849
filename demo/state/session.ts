/** World, memory, embedder and model of the current settings. A change of settings closes one session and opens another. */
import {
  createAgent,
  hashEmbedder,
  isRepriseError,
  openMemory,
  transformersEmbedder,
  type Agent,
  type Embedder,
  type LanguageModel,
  type OpenMemory,
} from 'reprise'
import { createTextWorld, embeddedModel, type TextWorld } from 'reprise/embedded'
import { remoteModel } from 'reprise/models'
import { openRunLog, type RunLog } from './run-log.ts'
import { memoryName, type ModelKind, type RemoteSettings, type Settings } from './settings.ts'

export interface Session {
  readonly settings: Settings
  readonly world: TextWorld
  readonly memory: OpenMemory
  readonly log: RunLog
  /** The remote model, where one is chosen: the embedded ones know no pages. */
  readonly chatModel: LanguageModel | null
  /** Why nothing is kept after a reload, where that is so. */
  readonly volatile: string | null
  /** Downloads what model and embedder need and starts them, which the first episode would do otherwise. */
  load(signal: AbortSignal): Promise<void>
  /** The agent with its memory, or one that acts without (`k` = 0). */
  agent(use: 'with memory' | 'without memory'): Agent
  close(): Promise<void>
}

export interface Loading {
  what: string
  loaded: number
  /** 0 where nobody knows it. */
  total: number
  /** What comes with it, uncounted; empty where nothing does. */
  beside: string
}

export interface SessionOptions {
  settings: Settings
  /** For a remote model; kept in this closure and nowhere else. */
  key: string
  /** Makes the embedded model's answers repeatable. */
  draw: number | undefined
  onLoading: (loading: Loading) => void
}

/** Exemplars per decision: four for the embedded models, the library's default for others. */
const EXEMPLARS: Record<ModelKind, number> = { embedded: 4, 'embedded-small': 4, remote: 3 }

/** What a chat model has to be told; the embedded one knows its world. */
const GUIDANCE =
  'You act in a small text world whose conventions are hidden and never change. Three right actions solve a goal and six actions are ' +
  'allowed. Plan and reason in one short sentence that names the rules you rely on. As action say exactly one of the possible actions.'

/** Errors: those of `openMemory`, except that a refused IndexedDB leads to a memory that lasts until the reload. */
export async function openSession({ settings, key, draw, onLoading }: SessionOptions): Promise<Session> {
  const embedder = embedderOf(settings, onLoading)
  const { memory, volatile } = await openSomeMemory(memoryName(settings), embedder)
  const world = createTextWorld({ seed: settings.world, keys: 3, first: 6, second: 5 })
  const model = settings.model === 'remote' ? remoteModelOf(settings.remote, key) : embeddedModelOf(settings.model, draw, onLoading)
  const guidance = settings.model === 'remote' ? { guidance: GUIDANCE } : {}
  // No pruning: the rules of this world never change, and with everything kept each run shows one mechanism alone.
  const common = { model, memory, maxSteps: world.stepBudget, curation: false as const, ...guidance }
  const agents = {
    'with memory': createAgent({ ...common, k: EXEMPLARS[settings.model] }),
    'without memory': createAgent({ ...common, k: 0 }),
  }
  return {
    settings,
    world,
    memory,
    log: openRunLog(memoryName(settings)),
    chatModel: settings.model === 'remote' ? model : null,
    volatile,
    load: async (signal) => {
      await model.load?.({ signal })
      if (settings.embedder === 'minilm') await embedder.embed(['warm up'], { signal })
    },
    agent: (use) => agents[use],
    close: async () => {
      await memory.close()
      model.close?.()
      embedder.close?.()
    },
  }
}

type AnyModel = LanguageModel & { load?(options: { signal: AbortSignal }): Promise<void>; close?(): void }

function embeddedModelOf(kind: ModelKind, draw: number | undefined, onLoading: SessionOptions['onLoading']): AnyModel {
  return embeddedModel({
    size: kind === 'embedded-small' ? 'small' : 'default',
    ...(draw !== undefined && { seed: draw }),
    onProgress: ({ loaded, total }) => onLoading({ what: 'embedded model', loaded, total, beside: '' }),
  })
}

function remoteModelOf({ name, baseURL }: RemoteSettings, key: string): AnyModel {
  const access = key ? { apiKey: key, dangerouslyAllowBrowser: true } : {}
  return baseURL ? remoteModel(`openai-compatible/${name}`, { ...access, baseURL }) : remoteModel(`openai/${name}`, access)
}

function embedderOf({ embedder }: Settings, onLoading: SessionOptions['onLoading']): Embedder {
  if (embedder === 'hash') return hashEmbedder()
  return transformersEmbedder({
    onProgress: ({ loaded, total }) =>
      onLoading({ what: 'MiniLM embedder', loaded, total: total ?? 0, beside: ' and its runtime (27 MB), once; the browser keeps both' }),
  })
}

/** Kept in this browser, or where it gives no storage until the reload: `volatile` then says why. Errors: those of `openMemory` else. */
export async function openSomeMemory(name: string, embedder: Embedder): Promise<{ memory: OpenMemory; volatile: string | null }> {
  try {
    return { memory: await openMemory({ name, embedder }), volatile: null }
  } catch (error) {
    if (!isRepriseError(error, 'memory-blocked')) throw error
    return { memory: await openMemory({ name, embedder, storage: 'memory' }), volatile: error.message }
  }
}
