/**
 * An embedder reached from another worker. The page only makes the introduction: the linked side sends it one end of a
 * channel, which the page hands on to the worker that embeds (or serves itself, for an embedder that lives there).
 * Texts and vectors then cross no page. When that worker dies, the next call asks for an introduction to a fresh one.
 */
import type { Embedder, EmbedderLink } from '../core/embedder.ts'
import { RepriseError } from '../core/errors.ts'
import { abortable, throwIfAborted } from '../util/abort.ts'
import { connect, type WorkerClient } from '../util/worker-rpc/client.ts'
import { serve, type CallContext } from '../util/worker-rpc/serve.ts'
import { hashEmbedder } from './hash-embedder.ts'

/** What a page offers on the port of a link. */
type IntroductionApi = { open(input: { port: MessagePort }, context: CallContext): Promise<void> }

/** What is served on an introduced port. */
type EmbedApi = { embed(texts: readonly string[], context: CallContext): Promise<Float32Array[]> }

export interface LinkedEmbedderOptions {
  /** Of the embedder that the link leads to. */
  id: string
  dimensions: number
  link: EmbedderLink
}

/**
 * The embedder behind a link. A hash embedder runs in place; one behind a port is asked for its worker at the first call.
 * Errors: those of the embedder; `worker-lost` when the thread it lives in dies (the next call reaches its successor);
 * `invalid-options` where page and worker come from different versions.
 */
export function linkedEmbedder({ id, dimensions, link }: LinkedEmbedderOptions): Embedder {
  if (link.kind === 'port') return portEmbedder({ id, dimensions, port: link.port })
  const embedder = hashEmbedder({ dimensions: link.dimensions })
  if (embedder.id === id && dimensions === link.dimensions) return embedder
  throw new RepriseError(
    'invalid-options',
    `The page's embedder is ${id}, this worker has ${embedder.id}: serve both from one version of the library.`,
  )
}

/** Lets a worker reach, through `port`, an embedder that lives in this thread. */
export function serveEmbedder(embedder: Embedder, port: MessagePort): void {
  const api: EmbedApi = { embed: (texts, { signal }) => embedder.embed(texts, { signal }) }
  serveIntroductions(port, async (introduced) => serve(api, introduced))
}

/** Answers on `port` by handing each channel's end that arrives to `introduce`. */
export function serveIntroductions(port: MessagePort, introduce: (port: MessagePort) => Promise<void>): void {
  const api: IntroductionApi = { open: ({ port: introduced }) => introduce(introduced) }
  serve(api, port)
}

function portEmbedder({ id, dimensions, port }: { id: string; dimensions: number; port: MessagePort }): Embedder {
  const page = connect<IntroductionApi>(port, { name: 'page of the embedder', fallback: 'embedder-failed' })
  let current: Promise<WorkerClient<EmbedApi>> | undefined

  const introduced = (): Promise<WorkerClient<EmbedApi>> => {
    if (current) return current
    const forget = (): void => void (current === opening && (current = undefined))
    const opening = open(page)
    current = opening
    opening.then((client) => client.lost.then(forget), forget)
    return opening
  }

  return {
    id,
    dimensions,
    async embed(texts, { signal } = {}) {
      throwIfAborted(signal)
      if (texts.length === 0) return []
      const client = await abortable(introduced(), signal)
      return client.call('embed', texts, { signal })
    },
    close() {
      const error = new RepriseError('embedder-failed', 'The link to the embedder was closed.')
      page.close(error)
      current?.then(
        (client) => client.close(error),
        () => {},
      )
    },
  }
}

async function open(page: WorkerClient<IntroductionApi>): Promise<WorkerClient<EmbedApi>> {
  const { port1, port2 } = new MessageChannel()
  try {
    await page.call('open', { port: port2 }, { transfer: [port2] })
    return connect<EmbedApi>(port1, { name: 'embedding worker', fallback: 'embedder-failed' })
  } catch (error) {
    port1.close()
    throw error
  }
}
