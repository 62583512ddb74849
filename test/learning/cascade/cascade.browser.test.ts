/** The cascade as a page has it: both embedded models in their workers, the memory in its own, and what it makes of held-out worlds. */
import { afterAll, expect, test } from 'vitest'
import { createTextWorld } from '../../../src/embedded/index.ts'
import { createAgent, hashEmbedder, openMemory } from '../../../src/index.ts'
import { cascadePolicy, compareCascade, type Deferral } from '../../../src/presets/learning.ts'
import { embeddedModel } from '../../../src/presets/embedded.ts'
import { storedIn } from '../../../bench/learning/demonstrations.ts'
import { ROWS, worldAt } from '../../../bench/learning/rows.ts'

const student = embeddedModel({ size: 'small', seed: 1 })
const teacher = embeddedModel({ seed: 1 })
const row = ROWS.find(({ name }) => name === 'exemplars/invented/retrieved-3') ?? (ROWS[0] as (typeof ROWS)[number])

afterAll(() => {
  student.close()
  teacher.close()
})

test('an agent whose student is small and whose teacher is the default model reaches its goals in a world that neither was trained on', async () => {
  const memory = await openMemory({ name: `cascade-${crypto.randomUUID()}`, embedder: hashEmbedder(), storage: 'memory' })
  const at = worldAt(row, 3)
  for (const trajectory of storedIn(at, row.stored)) await memory.add(trajectory)
  const world = createTextWorld(at)
  const goals = world.goals(8, { seed: 5 })
  const deferrals: Deferral[] = []
  const cascade = {
    student,
    teacher,
    sampled: ['plan', 'step'] as const,
    parallel: true,
    seed: 3,
    onDeferral: (deferral: Deferral) => deferrals.push(deferral),
  }
  const options = { memory, maxSteps: world.stepBudget }

  const { rows, arms, markdown } = await compareCascade({
    cascade,
    agent: options,
    goals,
    createEnvironment: (_goal, index) => world.environment({ seed: index }),
    arms: ['student', 'student with exemplars', 'cascade', 'teacher with exemplars'],
    against: 'teacher with exemplars',
    prices: {
      asOf: '2026-11-20',
      models: { [student.id]: { input: 0.1, output: 0.1 }, [teacher.id]: { input: 1, output: 1 } },
    },
  })
  console.log(markdown)
  const [alone, , cascaded] = rows
  expect(cascaded?.success.value).toBeGreaterThan(alone?.success.value ?? 1)
  expect(cascaded?.success.value).toBeGreaterThanOrEqual(0.5)
  expect(cascaded?.relativeCost).toBeLessThan(1)
  // A plan is one decision, a step two.
  const byTeacher = arms[2]?.episodes.flatMap(({ decisions }) => decisions).filter((model) => model === teacher.id)
  expect(deferrals.length).toBeGreaterThan(0)
  expect(byTeacher).toHaveLength(deferrals.reduce((sum, { phase }) => sum + (phase === 'plan' ? 1 : 2), 0))
  expect(deferrals.every(({ samples }) => new Set(samples).size > 1)).toBe(true)

  const trained = await createAgent({ ...options, policy: cascadePolicy({ student, teacher, seed: 4 }) }).train(
    world.environment({ seed: 9 }),
    goals[0] ?? '',
  )
  expect(trained.steps.every(({ metadata }) => metadata?.['model'] === student.id || metadata?.['model'] === teacher.id)).toBe(true)
  expect(await memory.has(trained.id)).toBe(trained.success)
  await memory.close()
})
