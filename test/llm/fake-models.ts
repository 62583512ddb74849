/** Models of the fake WebLLM engine, as tests of several files use them. */
import { createWebLLM, type WebLLMOptions } from '../../src/llm/web-llm.ts'
import type { LocalModel } from '../../src/llm/worker-model.ts'
import type { FakePlan } from './fake-web-llm.ts'

/** A worker with the fake engine, which keeps to `plan` beside what its model's record says. */
export const fakeWorker = (plan: FakePlan = {}): Worker =>
  new Worker(new URL('./fake-web-llm.worker.ts', import.meta.url), { type: 'module', name: JSON.stringify(plan) })

/** A model whose first workers keep to `plans`, one each, and whose later ones have no faults. */
export function fakeModel(
  fake: FakePlan,
  { plans = [], ...options }: Partial<WebLLMOptions> & { plans?: FakePlan[] } = {},
): LocalModel & { workers: Worker[] } {
  const workers: Worker[] = []
  const model = createWebLLM('fake-q4f32', {
    appConfig: { model_list: [{ model_id: 'fake-q4f32', model: '/fake', model_lib: '/fake.wasm', overrides: { fake } }] },
    createWorker: () => {
      const worker = fakeWorker(plans[workers.length])
      workers.push(worker)
      return worker
    },
    ...options,
  })
  return { ...model, workers }
}
