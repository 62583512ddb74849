/** Whom `remoteModel` knows, as plain data: where they are, how they take the key, what they can do and what they refuse. */
import type { Capabilities } from '../core/model.ts'

/** In whose language a server is spoken to. Each is a part of its own, loaded on demand. */
export type WireFormat = 'openai' | 'openai-compatible' | 'anthropic' | 'google'

/** The settings that a model may refuse and that an answer can do without. */
export type OptionalSetting = 'temperature' | 'seed' | 'stop'

/** Where a server differs from the others of its wire format. */
export interface RemoteQuirks {
  /** Sent with each request. */
  headers?: Readonly<Record<string, string>>
  /** Stop texts that it takes; at the others the answer is cut here. Any number by default. */
  stopLimit?: number
  /** Whether it takes stop texts of white space alone (default true). */
  blankStops?: boolean
  /** It takes system messages at the beginning alone. */
  systemFirst?: boolean
  /** What it calls `seed`. */
  seedName?: string
  /** Whether it may be asked, by `stream_options`, for the usage of a stream (default true). */
  streamOptions?: boolean
  /** It tells the price of an answer in US dollars. */
  tellsCost?: boolean
  /** Settings that it refuses always; what else a model refuses is found out when it does. */
  refuses?: readonly OptionalSetting[]
}

/** A server, or a kind of server. */
export interface RemotePreset {
  wire: WireFormat
  /** Absent where it must be given. */
  baseURL?: string
  /** Whether that address wants a key. */
  needsKey: boolean
  /** What its models do by themselves; absent is what only some of them do. */
  capabilities: Readonly<Capabilities>
  /** Models that differ from that, by a regular expression on their name; the first that fits counts. */
  exceptions?: readonly { models: string; capabilities: Readonly<Capabilities> }[]
  quirks?: RemoteQuirks
}

/** By the name before the slash: `remoteModel('ollama/qwen3')`. No request holds `tool_choice`, which LM Studio refuses as an object. */
export const remotePresets: Readonly<Record<string, RemotePreset>> = {
  openai: {
    wire: 'openai',
    baseURL: 'https://api.openai.com/v1',
    needsKey: true,
    capabilities: { schema: true, tools: true },
    exceptions: [{ models: '^(gpt-3\\.5|gpt-4$|gpt-4-|gpt-4o-2024-05)', capabilities: { tools: true } }],
    quirks: { stopLimit: 4 },
  },
  anthropic: {
    wire: 'anthropic',
    baseURL: 'https://api.anthropic.com/v1',
    needsKey: true,
    capabilities: { schema: true, tools: true },
    exceptions: [{ models: '^claude-(2|3|instant|(opus|sonnet)-4(-0|-2025\\d+)?$)', capabilities: { tools: true } }],
    quirks: { headers: { 'anthropic-dangerous-direct-browser-access': 'true' }, blankStops: false, systemFirst: true },
  },
  google: {
    wire: 'google',
    baseURL: 'https://generativelanguage.googleapis.com/v1beta',
    needsKey: true,
    capabilities: { schema: true, tools: true },
    exceptions: [{ models: '^gemma-', capabilities: {} }],
    quirks: { stopLimit: 5, systemFirst: true },
  },
  openrouter: {
    wire: 'openai-compatible',
    baseURL: 'https://openrouter.ai/api/v1',
    needsKey: true,
    capabilities: {},
    quirks: { stopLimit: 4, tellsCost: true },
  },
  groq: {
    wire: 'openai-compatible',
    baseURL: 'https://api.groq.com/openai/v1',
    needsKey: true,
    capabilities: { tools: true },
    quirks: { stopLimit: 4 },
  },
  mistral: {
    wire: 'openai-compatible',
    baseURL: 'https://api.mistral.ai/v1',
    needsKey: true,
    capabilities: { schema: true, tools: true, seed: true },
    quirks: { seedName: 'random_seed', streamOptions: false },
  },
  deepseek: {
    wire: 'openai-compatible',
    baseURL: 'https://api.deepseek.com/v1',
    needsKey: true,
    capabilities: { tools: true },
    quirks: { stopLimit: 16, refuses: ['seed'] },
  },
  ollama: {
    wire: 'openai-compatible',
    baseURL: 'http://localhost:11434/v1',
    needsKey: false,
    capabilities: { schema: true, seed: true, offline: true },
  },
  lmstudio: {
    wire: 'openai-compatible',
    baseURL: 'http://localhost:1234/v1',
    needsKey: false,
    capabilities: { schema: true, tools: true, seed: true, offline: true },
  },
  llamacpp: {
    wire: 'openai-compatible',
    baseURL: 'http://localhost:8080/v1',
    needsKey: false,
    capabilities: { schema: true, seed: true, offline: true },
  },
  vllm: {
    wire: 'openai-compatible',
    baseURL: 'http://localhost:8000/v1',
    needsKey: false,
    capabilities: { schema: true, seed: true, offline: true },
  },
  'openai-compatible': { wire: 'openai-compatible', needsKey: false, capabilities: { schema: true, tools: true } },
}
