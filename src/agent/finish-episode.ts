/** The end of an episode: its success is verified, and the memory told. */
import { RepriseError } from '../core/errors.ts'
import type { EndReason } from '../core/events.ts'
import type { RecordResult } from '../core/memory.ts'
import type { Trajectory } from '../core/trajectory.ts'
import { abortable } from '../util/abort.ts'
import { blame, cleanDraft, type EpisodeSetup, type EpisodeState, type Events } from './episode-state.ts'

export async function* finish({ setup, draft: written, shown, environment }: EpisodeState, end: EndReason): Events<Trajectory> {
  const { totals } = setup.accounts[0]
  const draft = environment.redacts ? cleanDraft(written, environment.clean) : written
  if (setup.mode === 'run') {
    yield { type: 'episode-end', trajectory: draft, stored: false, pruned: [], reason: end, ...totals() }
    return draft
  }
  const accepted = draft.success && (await isAccepted(setup, draft))
  const rejected = draft.success && !accepted
  // The host's word stands in the place of the agent's own, and against the environment's.
  if (rejected || (accepted && setup.verify && draft.provenance.rewardSource === 'agent')) draft.provenance.rewardSource = 'verifier'
  if (rejected) Object.assign(draft, { success: false, reward: 0 })
  const episode = { trajectory: draft, shown, store: accepted, curation: setup.curation }
  // Not raced against the signal: whether an aborted write was stored is for the memory to say.
  const record = (): Promise<RecordResult> => setup.memory.record(episode, { signal: setup.signal })
  const { stored, pruned, quarantined } = await blame('memory-blocked', "The memory's record", record)
  const waits = quarantined ? { quarantined } : {}
  yield { type: 'episode-end', trajectory: draft, stored, ...waits, pruned, reason: rejected ? 'rejected' : end, ...totals() }
  return draft
}

async function isAccepted({ verify, signal }: EpisodeSetup, trajectory: Trajectory): Promise<boolean> {
  const verdict: unknown = await abortable(
    blame('environment-failed', 'verify', () => (verify ? verify(trajectory) : true)),
    signal,
  )
  if (typeof verdict === 'boolean') return verdict
  throw new RepriseError('invalid-options', `verify returned ${typeof verdict} instead of true or false. Nothing was stored.`)
}
