/** The library's own runtime. */
import { openTransformer } from '../../src/embedded/runtime/transformer.ts'
import { measure, type Config, type Input, type Runtime } from './measure.ts'

void measure(open)

async function open({ weights, config }: Input): Promise<{ runtime: Runtime; config: Config }> {
  const [bytes, json] = await Promise.all([fetch(weights).then((file) => file.arrayBuffer()), fetch(config).then((file) => file.json())])
  return { runtime: openTransformer(new Uint8Array(bytes)), config: json as Config }
}
