/** Exports to import from. */
import type { Trajectory } from '../../../src/core/trajectory.ts'
import { exportLines } from '../../../src/memory/transfer/export-lines.ts'
import { createExporter } from '../../../src/memory/transfer/export-part.ts'
import { openMemoryStore } from '../../../src/memory/store/memory-store.ts'
import type { TrajectoryStore } from '../../../src/memory/store/trajectory-store.ts'
import { collect } from '../../support/collect.ts'

export async function storeOf(trajectories: readonly Trajectory[]): Promise<TrajectoryStore> {
  const store = openMemoryStore()
  await store.write(async (writer) => {
    for (const [i, trajectory] of trajectories.entries())
      await writer.put('trajectories', {
        id: trajectory.id,
        seq: i * 2,
        status: 'active',
        bytes: JSON.stringify(trajectory).length,
        trajectory,
      })
  })
  return store
}

export async function exported(trajectories: readonly Trajectory[]): Promise<string[]> {
  const { exportPart } = createExporter({
    store: await storeOf(trajectories),
    embedderId: 'test-embedder',
    onDamaged: (id, error) => {
      throw new Error(`${id} is damaged`, { cause: error })
    },
  })
  return collect(exportLines((cursor) => exportPart(cursor), undefined))
}

/** What a trajectory is after an import. */
export function imported(trajectory: Trajectory): Trajectory {
  return { ...trajectory, provenance: { ...trajectory.provenance, rewardSource: 'import' } }
}
