/** `reprise`: agents that learn from their own successes, in the browser. */
export { createAgent, type Agent, type AgentStats, type EpisodeOptions } from './agent/create-agent.ts'
export type { AgentOptions } from './agent/options.ts'
export type { BatchOptions, EpisodeOutcome } from './agent/batch.ts'
export { chatPrompts, type ChatPromptOptions } from './agent/prompts/chat-prompts.ts'
export { reactPolicy, type ReactPolicyOptions } from './agent/react-policy.ts'

export { openMemory, type OpenMemoryOptions } from './presets/open-memory.ts'
export { deleteMemory } from './memory/delete-memory.ts'
export type {
  Abortable,
  EpisodeListing,
  EpisodeListOptions,
  EpisodePage,
  ExportHeader,
  ExportTrailer,
  ImportOptions,
  ImportProgress,
  ImportResult,
  ImportSource,
  ListOptions,
  ListPage,
  MemoryEvent,
  MemoryStats,
  OpenMemory,
  StorageStats,
  TrajectoryListing,
  TrajectoryStatus,
} from './memory/open-memory.ts'
export type { IndexState } from './memory/index/vector-index.ts'
export type { ShownSummary } from './memory/ledger.ts'
export type { FeedbackEntry } from './memory/store/trajectory-store.ts'

export { hashEmbedder } from './embedding/hash-embedder.ts'
export { transformersEmbedder, type TransformersEmbedderOptions } from './presets/embedders.ts'
export type { EmbeddingProgress, TransformersEmbedder } from './embedding/transformers-embedder.ts'
export type { Hosting } from './presets/hosting.ts'

export { toolEnvironment, type ToolEnvironmentOptions, type ToolRun, type ToolState } from './environments/tool-environment.ts'
export type { Tool } from './environments/tool.ts'

export { createFence, type Fence } from './security/fence.ts'
export { inspect, mapUntrusted } from './security/untrusted.ts'

export type { Budget, Price, PriceTable, Totals } from './core/budget.ts'
export type { Checkpoint } from './core/checkpoint.ts'
export { isRepriseError, RepriseError, type ErrorCode } from './core/errors.ts'
export type { Embedder, EmbedderLink } from './core/embedder.ts'
export type { Approval, ApprovalRequest, Effect, Environment, StepContext, StepResult } from './core/environment.ts'
export type { AgentEvent, EndReason } from './core/events.ts'
export type { Awaitable, JsonObject, JsonSchema, JsonValue } from './core/json.ts'
export type {
  Curation,
  EpisodeRecord,
  FeedbackSignal,
  FeedbackSource,
  Memory,
  MemoryQuery,
  RecordResult,
  RetrieveOptions,
  Shown,
} from './core/memory.ts'
export type { GenerateRequest, Generation, LanguageModel, Message, ModelCall, ToolCall, ToolSpec, Usage } from './core/model.ts'
export type { Decision, Policy, Prompt, PromptFormat, Situation } from './core/policy.ts'
export type { Exemplar, Field, Phase, Provenance, Step, Trajectory, TrajectoryInput } from './core/trajectory.ts'
export type { Untrusted } from './core/untrusted.ts'
