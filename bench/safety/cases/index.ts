/** All cases, kind by kind. */
import type { AttackCase } from './attack-case.ts'
import { EXFILTRATION } from './exfiltration.ts'
import { FAKE_APPROVALS } from './fake-approvals.ts'
import { FAKE_MESSAGES } from './fake-messages.ts'
import { FENCE_BREAKOUT } from './fence-breakout.ts'
import { FRIENDLY_LABELS } from './friendly-labels.ts'
import { HIDDEN_TEXT } from './hidden-text.ts'
import { NAMES_AND_PATHS } from './names-and-paths.ts'
import { POISONED_MEMORIES } from './poisoned-memories.ts'
import { SECRETS } from './secrets.ts'
import { TOOL_RESULTS } from './tool-results.ts'
import { VAULT_SECRETS } from './vault-secrets.ts'

export const CASES: readonly AttackCase[] = [
  ...HIDDEN_TEXT,
  ...FENCE_BREAKOUT,
  ...FAKE_MESSAGES,
  ...FAKE_APPROVALS,
  ...EXFILTRATION,
  ...SECRETS,
  ...VAULT_SECRETS,
  ...FRIENDLY_LABELS,
  ...POISONED_MEMORIES,
  ...TOOL_RESULTS,
  ...NAMES_AND_PATHS,
]
